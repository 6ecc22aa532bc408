import { bucketPermissions, deployPermissions, imagePermissions } from './deploy-permissions.ts';
import { journalPermissions } from './journal-permissions.ts';
import { type Arns, arnsOf, type PolicyScope, useOfDataKey } from './permission-arns.ts';
import { sessionPermissions } from './session-permissions.ts';

export const OPERATOR_GROUPS = ['analyst', 'operator', 'deployer'] as const;
export type OperatorGroup = (typeof OPERATOR_GROUPS)[number];

/** One thing dp does on AWS: for which commands, what it calls, on what, and who may. */
export interface OperatorPermission {
  readonly commands: readonly string[];
  readonly groups: readonly OperatorGroup[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  /** Why a pattern among the resources cannot be narrower. */
  readonly because?: string;
}

export type OperatorStatement = Pick<OperatorPermission, 'actions' | 'resources' | 'conditions' | 'because'>;

/** What one group may do. */
export function operatorStatements(group: OperatorGroup, scope: PolicyScope): OperatorStatement[] {
  return operatorPermissions(scope).filter((permission) => permission.groups.includes(group));
}

/** The one table of what dp's commands need. The policies are made from it, and the tests ask it. */
export function operatorPermissions(scope: PolicyScope): OperatorPermission[] {
  const arn = arnsOf(scope);
  return [
    ...queryPermissions(arn),
    ...dataPermissions(arn),
    ...watchPermissions(arn),
    ...journalPermissions(arn),
    ...sessionPermissions(arn),
    ...accessPermissions(arn),
    ...deployPermissions(arn),
    ...imagePermissions(arn),
    ...bucketPermissions(arn),
  ];
}

function queryPermissions(arn: Arns): OperatorPermission[] {
  const groups: OperatorGroup[] = ['analyst', 'operator'];
  return [
    {
      commands: ['query'],
      groups,
      actions: [
        'athena:StartQueryExecution',
        'athena:StopQueryExecution',
        'athena:GetQueryExecution',
        'athena:GetQueryResults',
        'athena:GetWorkGroup',
        'athena:ListQueryExecutions',
        'athena:BatchGetQueryExecution',
      ],
      resources: [arn.workgroup],
    },
    {
      commands: ['query', 'catalog list', 'catalog show', 'catalog partitions', 'etl status'],
      groups,
      actions: [
        'glue:GetDatabase',
        'glue:GetDatabases',
        'glue:GetTable',
        'glue:GetTables',
        'glue:GetPartition',
        'glue:GetPartitions',
        'glue:BatchGetPartition',
      ],
      resources: [arn.catalog, arn.catalogDatabases, arn.catalogTables],
      because: 'Databases and tables of this environment, by the naming rule.',
    },
    {
      commands: ['query', 'etl status', 'etl show', 'status'],
      groups,
      actions: ['s3:GetObject', 's3:ListBucket', 's3:GetBucketLocation'],
      resources: [arn.etlBucket, `${arn.etlBucket}/*`],
      because: 'Files of the lake are named as they are written.',
    },
    {
      commands: ['query'],
      groups,
      actions: [
        's3:GetObject',
        's3:PutObject',
        's3:AbortMultipartUpload',
        's3:ListBucket',
        's3:GetBucketLocation',
      ],
      resources: [arn.resultsBucket, `${arn.resultsBucket}/results/*`],
      because: 'Athena names result files by the id of the query.',
    },
    { commands: ['query', 'etl status'], groups, ...useOfDataKey(arn) },
  ];
}

function dataPermissions(arn: Arns): OperatorPermission[] {
  const groups: OperatorGroup[] = ['operator'];
  return [
    {
      commands: ['etl run', 'etl attach', 'job list', 'job show', 'job run', 'job stop', 'job history'],
      groups,
      actions: [
        'glue:StartJobRun',
        'glue:GetJob',
        'glue:GetJobRun',
        'glue:GetJobRuns',
        'glue:BatchStopJobRun',
      ],
      resources: [arn.job],
    },
    {
      commands: ['crawler list', 'crawler show', 'crawler run', 'crawler stop', 'crawler history'],
      groups,
      actions: ['glue:StartCrawler', 'glue:StopCrawler', 'glue:GetCrawler', 'glue:ListCrawls'],
      resources: [arn.crawlers],
      because: 'Crawlers of this environment, by the naming rule.',
    },
    {
      commands: ['etl run', 'job run', 'etl rollback', 'etl reconcile', 'etl gc'],
      groups,
      actions: ['s3:PutObject', 's3:DeleteObject'],
      resources: [`${arn.etlBucket}/*`],
      because: 'Files of the lake are named as they are written.',
    },
    {
      commands: ['etl rollback', 'etl gc', 'etl reconcile'],
      groups,
      actions: [
        'glue:UpdatePartition',
        'glue:CreatePartition',
        'glue:BatchUpdatePartition',
        'glue:DeletePartition',
      ],
      resources: [arn.catalog, arn.lakeDatabase, arn.lakeTables],
      because: 'The tables of the lake come and go with their contracts.',
    },
  ];
}

function watchPermissions(arn: Arns): OperatorPermission[] {
  const groups: OperatorGroup[] = ['operator'];
  return [
    {
      commands: ['etl schedule show', 'etl schedule pause', 'etl schedule resume', 'etl schedule set'],
      groups,
      actions: ['scheduler:GetSchedule', 'scheduler:UpdateSchedule'],
      resources: [arn.schedule],
    },
    {
      commands: ['etl schedule pause', 'etl schedule resume', 'etl schedule set'],
      groups,
      actions: ['iam:PassRole'],
      resources: [arn.schedulerRole],
      conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
    },
    {
      commands: ['logs', 'etl logs', 'job logs', 'status'],
      groups,
      actions: ['logs:FilterLogEvents', 'logs:GetLogEvents', 'logs:DescribeLogStreams', 'logs:StartLiveTail'],
      resources: [arn.logGroups, `${arn.logGroups}:*`],
      because: 'Log groups of this environment, by the naming rule, with all their streams.',
    },
    {
      commands: ['status', 'doctor', 'logs'],
      groups,
      actions: [
        'cloudwatch:GetMetricData',
        'cloudwatch:DescribeAlarms',
        'rds:DescribeDBClusters',
        'rds:DescribeDBProxies',
        'rds:DescribeDBProxyTargets',
        'ec2:DescribeInstances',
        'ec2:DescribeSecurityGroups',
        'ssm:DescribeInstanceInformation',
        'logs:DescribeLogGroups',
      ],
      resources: ['*'],
      because: 'Lists and descriptions: these calls take no resource.',
      conditions: { StringEquals: { 'aws:RequestedRegion': arn.region } },
    },
    {
      commands: ['status'],
      groups,
      actions: ['budgets:ViewBudget'],
      resources: [arn.budget],
    },
    {
      commands: ['doctor'],
      groups,
      actions: ['lambda:GetFunctionConfiguration'],
      resources: [arn.shopApi],
    },
    {
      commands: ['outputs', 'doctor', 'status'],
      groups: ['operator', 'deployer'],
      actions: ['cloudformation:DescribeStacks', 'cloudformation:DescribeStackResources'],
      resources: [arn.stacks],
      because: "A stack's ARN ends with an id that AWS chooses.",
    },
  ];
}

function accessPermissions(arn: Arns): OperatorPermission[] {
  const groups: OperatorGroup[] = ['operator'];
  return [
    {
      commands: ['db tunnel', 'db shell', 'db exec'],
      groups,
      actions: ['rds-db:connect'],
      resources: [`arn:aws:rds-db:${arn.region}:${arn.account}:dbuser:cluster-*/shop_api`],
      because: "The cluster's resource id is chosen by AWS; the user is named.",
    },
    {
      commands: [
        'secrets list',
        'secrets show',
        'secrets history',
        'secrets rotate',
        'secrets rollback',
        'secrets schedule',
        'db shell',
        'db exec',
      ],
      groups,
      actions: [
        'secretsmanager:GetSecretValue',
        'secretsmanager:DescribeSecret',
        'secretsmanager:ListSecretVersionIds',
        'secretsmanager:RotateSecret',
        'secretsmanager:CancelRotateSecret',
        'secretsmanager:UpdateSecretVersionStage',
      ],
      resources: [arn.readerSecret],
      because: "Secrets Manager ends every secret's ARN with six characters of its own.",
    },
    {
      // Secrets Manager asks whoever starts a rotation, or its schedule, for this right.
      commands: ['secrets rotate', 'secrets schedule'],
      groups,
      actions: ['lambda:InvokeFunction'],
      resources: [arn.rotationFunction],
    },
    {
      commands: ['secrets list', 'secrets rotate', 'secrets rollback', 'doctor'],
      groups,
      actions: ['glue:GetConnection', 'glue:TestConnection'],
      resources: [arn.catalog, arn.connection],
    },
    {
      commands: ['api call', 'status'],
      groups,
      actions: ['execute-api:Invoke'],
      resources: [`arn:aws:execute-api:${arn.region}:${arn.account}:*/$default/*`],
      because: "The API's id is chosen by AWS; all its paths are the Shop API.",
    },
  ];
}
