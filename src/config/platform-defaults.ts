/** Which defaults an environment starts from: the platform as it was drawn, or made fit for real customers. */
export type Preset = 'staging' | 'production';

export const DEFAULT_REGION = 'ap-northeast-1';
export const DEFAULT_PROJECT = 'data-pipeline-sample';
export const DEFAULT_ROTATION_STRATEGY = 'single-user';

/** Production starts hardened; every other name starts as the platform was drawn. */
export function presetOf(environment: string): Preset {
  return environment === 'production' || environment === 'prod' ? 'production' : 'staging';
}

/** The settings an environment has before dp.config.json says anything. */
export function defaultsOf(of: { environment: string; preset: Preset; region: string }) {
  const hardened = of.preset === 'production';
  return {
    network: {
      cidr: '10.0.0.0/16',
      availabilityZones: zonesOf(of.region),
      publicSubnets: ['10.0.1.0/24', '10.0.2.0/24'],
      privateSubnets: hardened,
      privateSubnetRanges: ['10.0.11.0/24', '10.0.12.0/24'],
      endpointZones: hardened ? 'all' : 'one',
      flowLogDays: hardened ? 30 : 7,
    },
    bastion: { instanceType: 't3.micro' },
    database: {
      name: `${databasePrefixOf(of.environment)}_core`,
      capacityMin: 0.5,
      capacityMax: hardened ? 8 : 2,
      backupDays: hardened ? 14 : 1,
      proxy: true,
      reader: hardened,
      generalLog: true,
      rotationDays: 30,
      rotationStrategy: DEFAULT_ROTATION_STRATEGY,
    },
    pipeline: {
      databaseCrawler: 'hourly',
      jobTime: '02:00',
      timeZone: 'Asia/Tokyo',
      workers: 2,
      workerType: 'G.1X',
      jobTimeoutMinutes: 120,
      concurrentRuns: 4,
      retryCount: 2,
      staleAfterHours: 26,
    },
    query: { scanBytesMax: hardened ? 100_000_000_000 : 10_000_000_000, resultDays: 7 },
    api: {
      memoryMb: 512,
      timeoutSeconds: 15,
      requestsPerSecond: hardened ? 200 : 50,
      burst: hardened ? 400 : 100,
    },
    operations: {
      budgetUsd: hardened ? 1500 : 500,
      logDays: hardened ? 90 : 14,
      backupPlanDays: hardened ? 35 : 7,
      protect: hardened,
    },
  };
}

/** `staging` → `stg`, so that the drawn database is `stg_core`; other names keep their letters. */
function databasePrefixOf(environment: string): string {
  const short: Record<string, string> = {
    staging: 'stg',
    production: 'prd',
    prod: 'prd',
    development: 'dev',
  };
  return short[environment] ?? environment.replaceAll('-', '_');
}

/** Tokyo's zone `b` is closed to new accounts, so the pair there is `a` and `c`. */
function zonesOf(region: string): string[] {
  return region === 'ap-northeast-1' ? [`${region}a`, `${region}c`] : [`${region}a`, `${region}b`];
}

/**
 * S3's prefix list in each region: the addresses a security group must allow on the way to the gateway
 * endpoint. The ids are the same for every account of a region; `dp deploy` compares with EC2 before it starts.
 */
export const S3_PREFIX_LISTS: Readonly<Record<string, string>> = {
  'ap-northeast-1': 'pl-61a54008',
  'ap-northeast-2': 'pl-78a54011',
  'ap-southeast-1': 'pl-6fa54006',
  'ap-southeast-2': 'pl-6ca54005',
  'eu-central-1': 'pl-6ea54007',
  'eu-west-1': 'pl-6da54004',
  'us-east-1': 'pl-63a5400a',
  'us-east-2': 'pl-7ba54012',
  'us-west-2': 'pl-68a54001',
};
