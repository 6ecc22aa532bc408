import type { PlatformNames } from '../src/config/platform-names.ts';
import type { PlatformSettings } from '../src/config/platform-settings.ts';

export interface PolicyScope {
  readonly settings: Pick<PlatformSettings, 'account' | 'region' | 'environment' | 'project' | 'database'>;
  readonly names: PlatformNames;
}

export type Arns = ReturnType<typeof arnsOf>;

/** ARNs by the naming rule. The people's policies name resources so, because they outlive any one of them. */
export function arnsOf({ settings, names }: PolicyScope) {
  const { account, region, environment, project } = settings;
  const here = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  const bucket = (name: string) => `arn:aws:s3:::${name}`;
  const own = `${environment}-${project}`;
  return {
    account,
    region,
    bastionName: names.bastion,
    workgroup: here('athena', `workgroup/${names.workgroup}`),
    catalog: here('glue', 'catalog'),
    catalogDatabases: here('glue', `database/${own.replaceAll('-', '_')}_*`),
    catalogTables: here('glue', `table/${own.replaceAll('-', '_')}_*/*`),
    lakeDatabase: here('glue', `database/${names.lakeDatabase}`),
    lakeTables: here('glue', `table/${names.lakeDatabase}/*`),
    etlBucket: bucket(names.etlBucket),
    resultsBucket: bucket(names.resultsBucket),
    scriptsBucket: bucket(names.scriptsBucket),
    buckets: [names.etlBucket, names.resultsBucket, names.scriptsBucket, names.accessLogsBucket].map(bucket),
    keys: here('kms', 'key/*'),
    keyAlias: names.dataKeyAlias,
    job: here('glue', `job/${names.job}`),
    crawlers: here('glue', `crawler/${own}-*`),
    schedule: here('scheduler', `schedule/${names.scheduleGroup}/${names.schedule}`),
    schedulerRole: `arn:aws:iam::${account}:role/${own}-scheduler`,
    logGroups: here('logs', `log-group:/aws*/*${own}*`),
    stacks: here('cloudformation', `stack/${own}-*/*`),
    instances: here('ec2', 'instance/*'),
    rotationFunction: here(
      'lambda',
      `function:${names.rotationFunction(settings.database.rotationStrategy)}`,
    ),
    shopApi: here('lambda', `function:${names.shopApi}`),
    connection: here('glue', `connection/${names.connection}`),
    readerSecret: here('secretsmanager', `secret:${names.readerSecret}-??????`),
    repository: here('ecr', `repository/${names.repository}`),
    budget: `arn:aws:budgets::${account}:budget/${names.budget}`,
    cluster: here('rds', `cluster:${names.cluster}`),
  };
}

/** To read and write what the platform's buckets hold, through S3 and no other way. */
export function useOfDataKey(arn: Arns) {
  return {
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [arn.keys],
    because: 'A key has no name in its ARN: the condition narrows it to the alias of this environment.',
    conditions: {
      StringEquals: { 'kms:ViaService': `s3.${arn.region}.amazonaws.com` },
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': arn.keyAlias },
    },
  };
}
