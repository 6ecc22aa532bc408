import * as glue from 'aws-cdk-lib/aws-glue';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { grant } from '../grant.ts';
import { platformOf } from '../platform-stack.ts';
import type { DatabaseConnection } from './database-connection.ts';
import type { JobFiles } from './job-files.ts';

const GLUE_VERSION = '5.1';

export interface DailyJobProps {
  readonly role: iam.Role;
  readonly files: JobFiles;
  readonly connection: DatabaseConnection;
  readonly databaseSecretArn: string;
  readonly securityConfiguration: string;
}

/**
 * The PySpark job that loads a day. Which day is in its arguments, so bookmarks are off; a failed run is not
 * repeated by Glue, because the schedule and the operator decide that.
 */
export class DailyJob extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: DailyJobProps) {
    super(scope, id);
    const { names, settings } = platformOf(this);
    const { pipeline } = settings;
    this.name = names.job;
    const job = new glue.CfnJob(this, 'job', {
      name: this.name,
      description: 'Loads one day of the shop into the lake',
      role: props.role.roleArn,
      glueVersion: GLUE_VERSION,
      command: { name: 'glueetl', pythonVersion: '3', scriptLocation: props.files.script },
      workerType: pipeline.workerType,
      numberOfWorkers: pipeline.workers,
      executionProperty: { maxConcurrentRuns: pipeline.concurrentRuns },
      maxRetries: 0,
      timeout: pipeline.jobTimeoutMinutes,
      connections: { connections: [props.connection.name] },
      securityConfiguration: props.securityConfiguration,
      defaultArguments: {
        '--environment': settings.environment,
        '--database-secret-arn': props.databaseSecretArn,
        '--lake-bucket': names.etlBucket,
        '--catalog-database': names.lakeDatabase,
        '--definitions': `${props.files.root}lake/`,
        '--job-language': 'python',
        '--job-bookmark-option': 'job-bookmark-disable',
        '--enable-continuous-cloudwatch-log': 'true',
        '--continuous-log-logGroup': names.logs.job,
        ...(props.files.modules.length === 0 ? {} : { '--extra-py-files': props.files.modules.join(',') }),
      },
    });
    job.node.addDependency(props.role, props.files, props.connection);
  }

  /** Lets a role start this job, and no other. */
  grantStart(role: iam.Role): void {
    grant(role, {
      actions: ['glue:StartJobRun'],
      resources: [platformOf(this).arnOf('glue', `job/${this.name}`)],
    });
  }
}
