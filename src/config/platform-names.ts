import { bucketNameOf, catalogDatabaseOf, logGroupOf, type NameParts, nameOf } from './naming.ts';
import type { RotationStrategy } from './platform-settings.ts';

/** The stacks of a platform, one per life cycle, in the order they come into being. */
export const LIFE_CYCLES = ['network', 'storage', 'registry', 'database', 'api', 'pipeline', 'ops'] as const;
export type LifeCycle = (typeof LIFE_CYCLES)[number];

export type PlatformNames = ReturnType<typeof platformNames>;

/**
 * Every name that something outside a stack needs: the stacks give their resources these names, and the AWS
 * adapters find the resources by them. Throws a Failure when project and environment make one too long.
 */
export function platformNames(parts: NameParts & { readonly account: string }) {
  const cluster = nameOf(parts, 'database cluster', 'database');
  const proxy = nameOf(parts, 'database proxy', 'proxy');
  const api = nameOf(parts, 'function', 'shop-api');
  // Two programs of AWS: when the strategy changes, the one is made while the other is still there.
  const rotationFunctions: Readonly<Record<RotationStrategy, string>> = {
    'single-user': nameOf(parts, 'function', 'etl-reader-rotation'),
    'alternating-users': nameOf(parts, 'function', 'etl-reader-turns'),
  };
  return {
    stack: (life: LifeCycle) => nameOf(parts, 'stack', life),
    vpc: nameOf(parts, 'vpc', 'vpc'),
    bastion: nameOf(parts, 'instance', 'bastion'),
    dataKeyAlias: `alias/${nameOf(parts, 'key alias', 'data')}`,
    etlBucket: bucketNameOf(parts, 'etl-output'),
    resultsBucket: bucketNameOf(parts, 'athena-results'),
    scriptsBucket: bucketNameOf(parts, 'glue-scripts'),
    accessLogsBucket: bucketNameOf(parts, 'access-logs'),
    repository: nameOf(parts, 'repository', 'shop-api'),
    cluster,
    proxy,
    readerSecret: nameOf(parts, 'secret', 'etl-reader-login'),
    rotationFunction: (strategy: RotationStrategy) => rotationFunctions[strategy],
    shopApi: api,
    shopLoginPolicy: nameOf(parts, 'policy', 'shop-api-login'),
    httpApi: nameOf(parts, 'api', 'shop-api'),
    sourceDatabase: catalogDatabaseOf(parts, 'source'),
    rawDatabase: catalogDatabaseOf(parts, 'raw'),
    lakeDatabase: catalogDatabaseOf(parts, 'lake'),
    connection: nameOf(parts, 'connection', 'aurora'),
    databaseCrawler: nameOf(parts, 'crawler', 'aurora'),
    landingCrawler: nameOf(parts, 'crawler', 'landing'),
    job: nameOf(parts, 'job', 'daily'),
    scheduleGroup: nameOf(parts, 'schedule group', 'schedules'),
    schedule: nameOf(parts, 'schedule', 'daily'),
    deadLetters: nameOf(parts, 'queue', 'dead-letters'),
    workgroup: nameOf(parts, 'workgroup', 'workgroup'),
    alarmTopic: nameOf(parts, 'topic', 'alarms'),
    budget: nameOf(parts, 'budget', 'month'),
    dashboard: nameOf(parts, 'dashboard', 'platform'),
    backupVault: nameOf(parts, 'backup vault', 'backups'),
    /** CloudWatch's folder of the platform's own metrics. */
    metricNamespace: nameOf(parts, 'alarm', 'platform'),
    logs: {
      flow: logGroupOf(parts, '/aws/vpc', 'flow'),
      database: (kind: DatabaseLog) => `/aws/rds/cluster/${cluster}/${kind}`,
      proxy: `/aws/rds/proxy/${proxy}`,
      api: `/aws/lambda/${api}`,
      apiAccess: logGroupOf(parts, '/aws/vendedlogs/apis', 'shop-api'),
      rotation: (strategy: RotationStrategy) => `/aws/lambda/${rotationFunctions[strategy]}`,
      job: logGroupOf(parts, '/aws-glue/jobs', 'daily'),
      events: logGroupOf(parts, '/aws/events', 'runs'),
    },
  };
}

export type DatabaseLog = 'audit' | 'error' | 'general' | 'slowquery';
