import { z } from 'zod';
import { settingRefused, settingsRefused } from './errors.ts';
import { type Ipv4Range, parseIpv4Range, rangesOverlap } from './ipv4-range.ts';

/** Which defaults an environment starts from: the platform as it was drawn, or made fit for real customers. */
export type Preset = 'staging' | 'production';

const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const HOSTED_ZONE = /^Z[A-Z0-9]{5,31}$/;
const DOMAIN = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const DATABASE_NAME = /^[a-z][a-z0-9_]{0,62}$/;
const CLOCK_TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const PREFIX_LIST = /^pl-[0-9a-f]{8,17}$/;

/** Aurora Serverless v2 scales in half capacity units, from 0 (paused) to 256. */
const CAPACITY_UNITS_MAX = 256;
/** Aurora keeps automated backups 1 to 35 days. */
const BACKUP_DAYS_MAX = 35;
/** Athena's cut-off has a floor of 10 MB, in bytes. */
const SCAN_BYTES_MIN = 10_000_000;

const zone = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'is not an availability zone such as ap-northeast-1a');
const range = z.string().refine((text) => parseIpv4Range(text) !== undefined, {
  error: 'is not an address range such as 10.0.1.0/24 (the address must be the first of its range)',
});
const days = (max: number) => z.int('must be a whole number of days').min(1).max(max);
const capacity = z.number().min(0).max(CAPACITY_UNITS_MAX).multipleOf(0.5, 'must be a multiple of 0.5 ACU');
const clockTime = z.string().regex(CLOCK_TIME, 'must be a time of day such as 02:00');
const timeZone = z.string().refine(isTimeZone, { error: 'is not a time zone such as Asia/Tokyo' });

const networkSchema = z.strictObject({
  cidr: range.describe('Addresses of the VPC'),
  availabilityZones: z.array(zone).length(2, 'must name two availability zones'),
  publicSubnets: z.array(range).length(2, 'must be two address ranges'),
  privateSubnets: z
    .boolean()
    .describe('Put the database, the API, Glue and the bastion into subnets without internet'),
  privateSubnetRanges: z.array(range).length(2, 'must be two address ranges'),
  endpointZones: z.enum(['one', 'all']).describe('In how many zones each interface endpoint has an address'),
  s3PrefixList: z.string().regex(PREFIX_LIST, 'must look like pl-61a54008'),
  flowLogDays: z.int(),
});

const databaseSchema = z.strictObject({
  name: z.string().regex(DATABASE_NAME, 'must be lower-case letters, digits and underscores'),
  capacityMin: capacity.describe('ACU'),
  capacityMax: capacity.min(1).describe('ACU'),
  backupDays: days(BACKUP_DAYS_MAX),
  proxy: z.boolean().describe('RDS Proxy between the API and Aurora'),
  reader: z.boolean().describe('A second instance that takes over'),
  generalLog: z.boolean().describe('Log every statement; costly, and may hold personal data'),
  rotationDays: days(365),
});

const pipelineSchema = z.strictObject({
  databaseCrawler: z.enum(['hourly', 'daily', 'off']),
  jobTime: clockTime.describe('Time of day of the daily job'),
  timeZone,
  workers: z.int().min(2).max(100),
  workerType: z.enum(['G.1X', 'G.2X', 'G.4X']),
  jobTimeoutMinutes: z.int().min(10).max(2880),
  concurrentRuns: z.int().min(1).max(50),
  retryCount: z.int().min(0).max(185).describe('Times the scheduler tries again to start the job'),
  staleAfterHours: z
    .int()
    .min(25)
    .max(167)
    .describe('Hours without a good run until the data counts as stale'),
});

const querySchema = z.strictObject({
  scanBytesMax: z.int().min(SCAN_BYTES_MIN, 'must be at least 10000000 bytes'),
  resultDays: days(3650),
});

const domainSchema = z.strictObject({
  name: z.string().regex(DOMAIN, 'is not a domain name such as api.example.com'),
  zoneName: z.string().regex(DOMAIN, 'is not a domain name such as example.com'),
  hostedZoneId: z.string().regex(HOSTED_ZONE, 'is not a hosted zone id such as Z0123456789ABC'),
});

const apiSchema = z.strictObject({
  domain: domainSchema.optional(),
  imageDigest: z.string().regex(DIGEST, 'must be sha256: and 64 hex digits').optional(),
  memoryMb: z.int().min(128).max(10240),
  timeoutSeconds: z.int().min(1).max(29),
  reservedConcurrency: z.int().min(1).max(1000).optional(),
  requestsPerSecond: z.int().min(1).max(10_000),
  burst: z.int().min(1).max(5000),
});

const operationsSchema = z.strictObject({
  alarmEmail: z.email('is not an e-mail address').optional(),
  budgetUsd: z.number().positive(),
  logDays: z.union([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731].map((n) => z.literal(n))),
  backupPlanDays: days(365),
  protect: z
    .boolean()
    .describe('Deletion and termination protection; buckets are kept when stacks are deleted'),
});

const bastionSchema = z.strictObject({
  instanceType: z.string().regex(/^[a-z0-9]+\.[a-z0-9]+$/, 'is not an instance type such as t3.micro'),
});

/** One AWS environment, complete. Everything infra/ needs to know about it, and nothing else. */
export const platformSettingsSchema = z.strictObject({
  kind: z.literal('aws'),
  preset: z.enum(['staging', 'production']),
  account: z.string().regex(ACCOUNT, 'must be the twelve digits of an AWS account, in quotes'),
  region: z.string().regex(REGION, 'is not a region such as ap-northeast-1'),
  network: networkSchema,
  bastion: bastionSchema,
  database: databaseSchema,
  pipeline: pipelineSchema,
  query: querySchema,
  api: apiSchema,
  operations: operationsSchema,
});

/** What dp.config.json says of an AWS environment: the account, and whatever differs from the preset. */
export const awsEnvironmentSchema = z.strictObject({
  kind: z.literal('aws'),
  preset: platformSettingsSchema.shape.preset.optional(),
  account: platformSettingsSchema.shape.account,
  region: platformSettingsSchema.shape.region.optional(),
  network: networkSchema.partial().optional(),
  bastion: bastionSchema.partial().optional(),
  database: databaseSchema.partial().optional(),
  pipeline: pipelineSchema.partial().optional(),
  query: querySchema.partial().optional(),
  api: apiSchema.partial().optional(),
  operations: operationsSchema.partial().optional(),
});

type SettingsAfterCheck = z.output<typeof platformSettingsSchema>;
export type AwsEnvironment = z.output<typeof awsEnvironmentSchema>;

/** The settings of one environment, with the two names that everything in it carries. */
export interface PlatformSettings extends SettingsAfterCheck {
  readonly environment: string;
  readonly project: string;
}

export const DEFAULT_REGION = 'ap-northeast-1';
export const DEFAULT_PROJECT = 'data-pipeline-sample';

/**
 * Fills an environment of dp.config.json with its preset and checks it as a whole. Throws one Failure that
 * names every setting that cannot work.
 */
export function platformSettingsOf(input: {
  readonly environment: string;
  readonly project: string;
  readonly settings: unknown;
}): PlatformSettings {
  const { environment, project } = input;
  const given = awsEnvironmentSchema.safeParse(input.settings);
  if (!given.success) throw settingsRefused(environment, problemsOf(given.error));
  const filled = fillSettings(environment, given.data);
  const checked = platformSettingsSchema.safeParse(filled);
  if (!checked.success) throw settingsRefused(environment, problemsOf(checked.error));
  assertTogether(environment, checked.data);
  return { environment, project, ...checked.data };
}

/** Production starts hardened; every other name starts as the platform was drawn. */
export function presetOf(environment: string): Preset {
  return environment === 'production' || environment === 'prod' ? 'production' : 'staging';
}

function fillSettings(environment: string, given: AwsEnvironment): unknown {
  const preset = given.preset ?? presetOf(environment);
  const region = given.region ?? DEFAULT_REGION;
  const start = defaultsOf({ environment, preset, region });
  const prefixList = given.network?.s3PrefixList ?? S3_PREFIX_LISTS[region];
  if (prefixList === undefined) throw prefixListMissing(environment, region);
  return {
    kind: 'aws',
    preset,
    account: given.account,
    region,
    network: { ...start.network, ...given.network, s3PrefixList: prefixList },
    bastion: { ...start.bastion, ...given.bastion },
    database: { ...start.database, ...given.database },
    pipeline: { ...start.pipeline, ...given.pipeline },
    query: { ...start.query, ...given.query },
    api: { ...start.api, ...given.api },
    operations: { ...start.operations, ...given.operations },
  };
}

function defaultsOf(of: { environment: string; preset: Preset; region: string }) {
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
const S3_PREFIX_LISTS: Readonly<Record<string, string>> = {
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

function prefixListMissing(environment: string, region: string) {
  return settingRefused({
    path: `environments.${environment}.network.s3PrefixList`,
    reason: `it must be given for the region ${region}, whose S3 prefix list dp does not know`,
    tryThis: `aws ec2 describe-managed-prefix-lists --region ${region} --filters Name=prefix-list-name,Values=com.amazonaws.${region}.s3`,
  });
}

/** What single settings cannot say: how they fit each other. */
function assertTogether(environment: string, settings: SettingsAfterCheck): void {
  const problems = [...networkProblems(settings), ...databaseProblems(settings), ...apiProblems(settings)];
  if (problems.length > 0) throw settingsRefused(environment, problems);
}

function networkProblems({ network, region }: SettingsAfterCheck): string[] {
  const problems: string[] = [];
  const outer = rangeOf(network.cidr);
  const inner = [...network.publicSubnets, ...(network.privateSubnets ? network.privateSubnetRanges : [])];
  for (const text of inner) {
    const subnet = rangeOf(text);
    if (subnet.first < outer.first || subnet.last > outer.last) {
      problems.push(`the subnet ${text} lies outside of network.cidr ${network.cidr}`);
    }
    if (subnet.prefixBits < 16 || subnet.prefixBits > 28) {
      problems.push(`the subnet ${text} is not between /16 and /28, which AWS needs`);
    }
  }
  for (const [index, one] of inner.entries()) {
    for (const other of inner.slice(index + 1)) {
      if (rangesOverlap(rangeOf(one), rangeOf(other)))
        problems.push(`the subnets ${one} and ${other} overlap`);
    }
  }
  if (outer.prefixBits < 16 || outer.prefixBits > 28) {
    problems.push(`network.cidr ${network.cidr} is not between /16 and /28, which AWS needs`);
  }
  const [first, second] = network.availabilityZones;
  if (first === second) problems.push('network.availabilityZones names the same zone twice');
  for (const name of network.availabilityZones) {
    if (name.slice(0, -1) !== region) problems.push(`the zone ${name} is not in the region ${region}`);
  }
  return problems;
}

function databaseProblems({ database, operations }: SettingsAfterCheck): string[] {
  const problems: string[] = [];
  if (database.capacityMin > database.capacityMax) {
    problems.push(
      `database.capacityMin ${database.capacityMin} ACU is more than database.capacityMax ${database.capacityMax} ACU`,
    );
  }
  if (database.proxy && database.capacityMin === 0) {
    problems.push(
      'database.capacityMin 0 lets Aurora pause, but RDS Proxy keeps a connection open so it never would',
    );
  }
  if (operations.protect && database.backupDays < 7) {
    problems.push('operations.protect needs database.backupDays of 7 or more');
  }
  return problems;
}

function apiProblems({ api }: SettingsAfterCheck): string[] {
  const problems: string[] = [];
  const domain = api.domain;
  if (
    domain !== undefined &&
    domain.name !== domain.zoneName &&
    !domain.name.endsWith(`.${domain.zoneName}`)
  ) {
    problems.push(`api.domain.name ${domain.name} is not inside api.domain.zoneName ${domain.zoneName}`);
  }
  if (api.burst < api.requestsPerSecond) {
    problems.push(`api.burst ${api.burst} is less than api.requestsPerSecond ${api.requestsPerSecond}`);
  }
  return problems;
}

function rangeOf(text: string): Ipv4Range {
  const parsed = parseIpv4Range(text);
  if (parsed === undefined) throw new Error(`bug: the range ${text} passed the schema`);
  return parsed;
}

/** `network.cidr: is not an address range…`, one per wrong setting. */
function problemsOf(error: z.ZodError): string[] {
  return error.issues.map((issue) => {
    const path = issue.path.join('.');
    if (issue.code === 'unrecognized_keys') {
      const keys = issue.keys.map((key) => (path === '' ? key : `${path}.${key}`));
      return `${keys.join(', ')} is not a setting`;
    }
    return `${path === '' ? 'the environment' : path} ${issue.message}`;
  });
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
