import { nameRefused } from './errors.ts';

/** What kinds of things the platform names, with the longest name AWS takes for each, in characters. */
const LONGEST_NAME = {
  alarm: 255,
  api: 128,
  'backup plan': 50,
  'backup vault': 50,
  bucket: 63,
  budget: 100,
  'cluster parameter group': 255,
  connection: 255,
  crawler: 255,
  dashboard: 255,
  'database cluster': 63,
  'database proxy': 63,
  function: 64,
  instance: 255,
  job: 255,
  'key alias': 250,
  'log group': 512,
  policy: 128,
  queue: 80,
  repository: 256,
  role: 64,
  rule: 64,
  schedule: 64,
  'schedule group': 64,
  secret: 256,
  'security configuration': 255,
  'security group': 255,
  stack: 128,
  topic: 256,
  vpc: 255,
  workgroup: 128,
} as const;

export type ResourceKind = keyof typeof LONGEST_NAME;

export interface NameParts {
  /** `staging` */
  readonly environment: string;
  /** `data-pipeline-sample` */
  readonly project: string;
}

/** Lower-case words of letters and digits joined by single hyphens: what every AWS service takes. */
const PART = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Buckets are named for the whole world, so theirs end with the account: a hyphen and twelve digits. */
const ACCOUNT_SUFFIX_CHARACTERS = 13;

/** Secrets Manager adds six random characters; a name that ends so itself is found by the wrong ARN. */
const LOOKS_LIKE_SECRET_SUFFIX = /-[a-zA-Z0-9]{6}$/;

/**
 * The naming rule: `{env}-{project}-{resource}`. Throws a Failure for a name that AWS would refuse,
 * before anything is sent.
 */
export function nameOf(parts: NameParts, kind: ResourceKind, resource: string): string {
  const name = `${parts.environment}-${parts.project}-${resource}`;
  assertNameFits(name, kind, LONGEST_NAME[kind]);
  if (kind === 'secret' && LOOKS_LIKE_SECRET_SUFFIX.test(name)) {
    throw nameRefused({
      name,
      what: kind,
      reason: 'a secret whose name ends with a hyphen and six characters cannot be told from its ARN suffix',
    });
  }
  return name;
}

/** A bucket's name: the naming rule and the account, because bucket names are shared by all accounts. */
export function bucketNameOf(parts: NameParts & { account: string }, resource: string): string {
  const name = nameOf(parts, 'bucket', resource);
  assertNameFits(name, 'bucket', LONGEST_NAME.bucket - ACCOUNT_SUFFIX_CHARACTERS);
  return `${name}-${parts.account}`;
}

/** A Glue database: the same rule with underscores, because Athena's SQL needs no quotes for these. */
export function catalogDatabaseOf(parts: NameParts, layer: 'lake' | 'raw' | 'source'): string {
  return nameOf(parts, 'job', layer).replaceAll('-', '_');
}

/** `/dp/staging-data-pipeline-sample/flow` style names of log groups that AWS does not prescribe. */
export function logGroupOf(parts: NameParts, prefix: string, resource: string): string {
  const name = `${prefix}/${nameOf(parts, 'log group', resource)}`;
  assertLength(name, 'log group', LONGEST_NAME['log group']);
  return name;
}

function assertNameFits(name: string, kind: ResourceKind, charactersMax: number): void {
  if (!PART.test(name)) {
    throw nameRefused({
      name,
      what: kind,
      reason: 'names are lower-case letters, digits and single hyphens, and start with a letter',
    });
  }
  assertLength(name, kind, charactersMax);
}

function assertLength(name: string, kind: ResourceKind, charactersMax: number): void {
  if (name.length <= charactersMax) return;
  throw nameRefused({
    name,
    what: kind,
    reason: `it has ${name.length} characters and AWS takes at most ${charactersMax} here`,
  });
}
