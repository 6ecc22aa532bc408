import { z } from 'zod';
import { settingRefused, settingsRefused } from './errors.ts';
import { parseIpv4Range } from './ipv4-range.ts';
import { DEFAULT_REGION, defaultsOf, presetOf, S3_PREFIX_LISTS } from './platform-defaults.ts';
import { problemsTogether } from './platform-rules.ts';

const ACCOUNT = /^\d{12}$/;
const ACCOUNT_WORDS = 'must be the twelve digits of an AWS account, in quotes';
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

/** The words of Secrets Manager: one user whose password changes, or two users who take turns. */
export const rotationStrategy = z
  .enum(['single-user', 'alternating-users'])
  .describe('Change the password of one user, or let two users take turns: docs/secrets.md');

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
  capacityMax: capacity.min(1, 'must be at least 1 ACU').describe('ACU'),
  backupDays: days(BACKUP_DAYS_MAX),
  proxy: z.boolean().describe('RDS Proxy between the API and Aurora'),
  reader: z.boolean().describe('A second instance that takes over'),
  generalLog: z.boolean().describe('Log every statement; costly, and may hold personal data'),
  rotationDays: days(365),
  rotationStrategy,
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
  baseImage: z
    .string()
    .regex(/@sha256:[0-9a-f]{64}$/, 'must end with @sha256: and 64 hex digits')
    .optional()
    .describe('What dp image build builds on, pinned by digest'),
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
  account: z.string(ACCOUNT_WORDS).regex(ACCOUNT, ACCOUNT_WORDS),
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
  account: platformSettingsSchema.shape.account
    .optional()
    .describe('The only account dp may touch for this environment; deploying needs it.'),
  region: platformSettingsSchema.shape.region.optional(),
  profile: z.string().optional().describe('The profile in ~/.aws/config to sign in with'),
  network: networkSchema.partial().optional(),
  bastion: bastionSchema.partial().optional(),
  database: databaseSchema.partial().optional(),
  pipeline: pipelineSchema.partial().optional(),
  query: querySchema.partial().optional(),
  api: apiSchema.partial().optional(),
  operations: operationsSchema.partial().optional(),
});

export type RotationStrategy = z.output<typeof rotationStrategy>;
export type SettingsAfterCheck = z.output<typeof platformSettingsSchema>;
export type AwsEnvironment = z.output<typeof awsEnvironmentSchema>;

/** The settings of one environment, with the two names that everything in it carries. */
export interface PlatformSettings extends SettingsAfterCheck {
  readonly environment: string;
  readonly project: string;
}

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
  const problems = problemsTogether(checked.data);
  if (problems.length > 0) throw settingsRefused(environment, problems);
  return { environment, project, ...checked.data };
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

function prefixListMissing(environment: string, region: string) {
  return settingRefused({
    path: `environments.${environment}.network.s3PrefixList`,
    reason: `it must be given for the region ${region}, whose S3 prefix list dp does not know`,
    tryThis: `aws ec2 describe-managed-prefix-lists --region ${region} --filters Name=prefix-list-name,Values=com.amazonaws.${region}.s3`,
  });
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
