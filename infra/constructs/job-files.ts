import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as deployment from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { nameOf } from '../../src/config/naming.ts';
import { acknowledge } from '../acknowledge.ts';
import { jobScriptMissing } from '../errors.ts';
import { grant } from '../grant.ts';
import { platformOf } from '../platform-stack.ts';
import { KeptLogs } from './kept-logs.ts';
import type { PrivateBucket } from './private-bucket.ts';
import { WorkloadRole } from './workload-role.ts';

const SCRIPT = 'job.py';
const HASH_CHARACTERS = 16;
const COPY_MEMORY_MB = 512;
/** Tests, caches and what only this machine's engine reads are not the job's. */
const NOT_FOR_THE_JOB = /(^|\/)(__pycache__|test|tests|\.pytest_cache|\.venv)(\/|$)|\.(pyc|ts)$/;

export interface JobFilesProps {
  readonly bucket: PrivateBucket;
  /** The folder with infra/glue and src/lake. */
  readonly packageRoot: string;
  /** Where the files are put together before they become an asset. */
  readonly stagingFolder: string;
}

/**
 * The job's script, its modules and the shared contracts and SQL, below a prefix named by their content. A new
 * version never touches the files of a run in progress, and going back is naming the old prefix.
 */
export class JobFiles extends Construct {
  /** `s3://…/releases/<hash>/` */
  readonly root: string;
  readonly script: string;
  /** The script's own modules, for `--extra-py-files`. */
  readonly modules: readonly string[];

  constructor(scope: Construct, id: string, props: JobFilesProps) {
    super(scope, id);
    const { names, settings } = platformOf(this);
    const glueFiles = filesOf(join(props.packageRoot, 'infra', 'glue'));
    if (!glueFiles.includes(SCRIPT)) throw jobScriptMissing(join(props.packageRoot, 'infra', 'glue', SCRIPT));
    const folder = stage(props, glueFiles);
    const prefix = `releases/${contentHash(folder)}`;
    this.root = `s3://${names.scriptsBucket}/${prefix}/`;
    this.script = `${this.root}glue/${SCRIPT}`;
    this.modules = glueFiles
      .filter((file) => file.endsWith('.py') && file !== SCRIPT)
      .map((file) => `${this.root}glue/${file}`);
    const { role } = new WorkloadRole(this, 'identity', { workload: 'job-files', service: 'lambda' });
    const logs = new KeptLogs(this, 'logs', {
      name: `/aws/lambda/${nameOf(settings, 'function', 'job-files')}`,
    });
    logs.grantWrite(role);
    props.bucket.grantReadWrite(role, 'releases/');
    grantBootstrapAssets(role, this);
    const copy = new deployment.BucketDeployment(this, 'copy', {
      sources: [deployment.Source.asset(folder)],
      destinationBucket: props.bucket.bucket,
      destinationKeyPrefix: prefix,
      prune: false,
      retainOnDelete: true,
      memoryLimit: COPY_MEMORY_MB,
      role: role.withoutPolicyUpdates(),
      logGroup: logs.group,
    });
    copy.node.addDependency(role);
    acknowledge(
      platformOf(this),
      'AwsSolutions-L1',
      'CDK chooses the runtime of the function that copies the job files, and moves it with its versions.',
    );
  }
}

/** The function reads the asset from the bucket that bootstrapping made. */
function grantBootstrapAssets(role: iam.Role, scope: Construct): void {
  const arn = `arn:${platformOf(scope).partition}:s3:::${bootstrapBucketOf(scope)}`;
  grant(role, {
    actions: ['s3:GetObject', 's3:ListBucket'],
    resources: [arn, `${arn}/*`],
    because:
      'The asset to copy is named by a hash that changes with its content; the bucket holds only assets.',
  });
}

function bootstrapBucketOf(scope: Construct): string {
  const { account, region } = platformOf(scope);
  return `cdk-hnb659fds-assets-${account}-${region}`;
}

function stage(props: JobFilesProps, glueFiles: readonly string[]): string {
  const from = {
    glue: join(props.packageRoot, 'infra', 'glue'),
    lake: join(props.packageRoot, 'src', 'lake'),
  };
  const copies = [
    ...glueFiles.map((file) => [join(from.glue, file), join('glue', file)] as const),
    ...filesOf(from.lake).map((file) => [join(from.lake, file), join('lake', file)] as const),
  ];
  for (const [source, target] of copies) {
    const to = join(props.stagingFolder, target);
    mkdirSync(join(to, '..'), { recursive: true });
    cpSync(source, to);
  }
  return props.stagingFolder;
}

/** The job's files below a folder, as paths with `/`, sorted. */
function filesOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((file) => !NOT_FOR_THE_JOB.test(file))
    .sort();
}

function contentHash(folder: string): string {
  const hash = createHash('sha256');
  for (const file of filesOf(folder))
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(folder, file)))
      .update('\0');
  return hash.digest('hex').slice(0, HASH_CHARACTERS);
}
