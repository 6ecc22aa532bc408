import { AWS_PRICES, type PriceName } from '../config/aws-prices.ts';
import type { Template, TemplateResource } from '../platform/stacks.ts';

const HOURS_PER_MONTH = 730;
const DAYS_PER_MONTH = HOURS_PER_MONTH / 24;
/** RDS Proxy on Serverless v2 is billed for at least this many capacity units, however small Aurora is. */
const PROXY_CAPACITY_MIN = 8;
/** A crawl is billed for at least ten minutes, and Glue gives it two processing units. */
const CRAWL_HOURS = 10 / 60;
const CRAWL_UNITS = 2;
const JOB_HOURS = 5 / 60;

/** What no template can tell: how much the platform is used. Change them with `dp cost --requests …`. */
export interface Usage {
  readonly databaseGb: number;
  readonly lakeGb: number;
  readonly apiRequests: number;
  readonly scannedTb: number;
  readonly logGb: number;
}

export const USUAL_USAGE: Usage = {
  databaseGb: 10,
  lakeGb: 10,
  apiRequests: 100_000,
  scannedTb: 0.05,
  logGb: 3,
};

export interface CostRow {
  readonly component: string;
  readonly detail: string;
  readonly quantity: number;
  readonly price: PriceName;
  readonly monthlyUsd: number;
}

export interface CostEstimate {
  readonly rows: readonly CostRow[];
  readonly monthlyUsd: number;
  /** The same platform with one decision taken the other way. */
  readonly alternatives: readonly { readonly what: string; readonly monthlyUsd: number }[];
}

/** What a platform of these templates costs in a month of 730 hours, on demand, without tax. */
export function estimateCost(templates: readonly Template[], usage: Usage = USUAL_USAGE): CostEstimate {
  const resources = templates.flatMap((template) => Object.values(template.Resources));
  const of = (type: string) => resources.filter((resource) => resource.Type === type);
  const rows = [
    ...databaseRows(of, usage),
    ...networkRows(of),
    ...pipelineRows(of, usage),
    ...apiRows(of, usage),
    ...keepingRows(of, usage),
  ].filter((row) => row.quantity > 0);
  const monthlyUsd = total(rows);
  return { rows, monthlyUsd, alternatives: alternatives(rows, monthlyUsd) };
}

type ResourcesOf = (type: string) => readonly TemplateResource[];

function databaseRows(of: ResourcesOf, usage: Usage): CostRow[] {
  const [cluster] = of('AWS::RDS::DBCluster');
  const scaling = cluster?.Properties?.ServerlessV2ScalingConfiguration as
    | { MinCapacity?: number }
    | undefined;
  const capacity = scaling?.MinCapacity ?? 0;
  const instances = of('AWS::RDS::DBInstance').length;
  const proxies = of('AWS::RDS::DBProxy').length;
  return [
    row(
      'Aurora',
      `${instances} × ${capacity} ACU all month`,
      instances * capacity * HOURS_PER_MONTH,
      'auroraCapacity',
    ),
    row(
      'Aurora',
      `${usage.databaseGb} GB of storage`,
      cluster === undefined ? 0 : usage.databaseGb,
      'auroraStorage',
    ),
    row(
      'RDS Proxy',
      `at least ${PROXY_CAPACITY_MIN} ACU`,
      proxies * PROXY_CAPACITY_MIN * HOURS_PER_MONTH,
      'proxyCapacity',
    ),
  ];
}

function networkRows(of: ResourcesOf): CostRow[] {
  const endpoints = of('AWS::EC2::VPCEndpoint').filter(
    (one) => one.Properties?.VpcEndpointType === 'Interface',
  );
  const places = endpoints.reduce((sum, one) => sum + lengthOf(one.Properties?.SubnetIds), 0);
  const bastions = of('AWS::EC2::Instance');
  const disks = bastions.reduce((sum, one) => sum + diskGb(one), 0);
  const addresses = bastions.filter((one) =>
    JSON.stringify(one).includes('"AssociatePublicIpAddress":true'),
  ).length;
  const nat = of('AWS::EC2::NatGateway').length;
  return [
    row(
      'Endpoints',
      `${endpoints.length} services, ${places} addresses`,
      places * HOURS_PER_MONTH,
      'interfaceEndpoint',
    ),
    row('NAT', `${nat} gateways`, nat * HOURS_PER_MONTH, 'natGateway'),
    row('Bastion', `${bastions.length} × t3.micro`, bastions.length * HOURS_PER_MONTH, 't3Micro'),
    row('Bastion', `${disks} GB of disk`, disks, 'gp3Storage'),
    row('Bastion', 'public address', addresses * HOURS_PER_MONTH, 'publicAddress'),
  ];
}

function pipelineRows(of: ResourcesOf, usage: Usage): CostRow[] {
  const crawls = of('AWS::Glue::Crawler').map((one) => {
    const perMonth = runsPerMonth(
      (one.Properties?.Schedule as { ScheduleExpression?: string })?.ScheduleExpression,
    );
    const name = typeof one.Properties?.Name === 'string' ? one.Properties.Name : 'crawler';
    const units = perMonth * CRAWL_HOURS * CRAWL_UNITS;
    return row('Crawlers', `${name}: ${Math.round(perMonth)} runs of 10 minutes`, units, 'glueUnit');
  });
  const [job] = of('AWS::Glue::Job');
  const workers = Number(job?.Properties?.NumberOfWorkers ?? 0);
  const runs = of('AWS::Scheduler::Schedule').length * DAYS_PER_MONTH;
  const workgroups = of('AWS::Athena::WorkGroup').length;
  return [
    ...crawls,
    row('Daily job', `${workers} workers, 5 minutes a day`, workers * runs * JOB_HOURS, 'glueUnit'),
    row('Athena', `${usage.scannedTb} TB scanned`, workgroups === 0 ? 0 : usage.scannedTb, 'athenaScan'),
  ];
}

function apiRows(of: ResourcesOf, usage: Usage): CostRow[] {
  const [shop] = of('AWS::Lambda::Function').filter((one) => one.Properties?.PackageType === 'Image');
  const requests = shop === undefined ? 0 : usage.apiRequests;
  const gb = Number(shop?.Properties?.MemorySize ?? 0) / 1024;
  const seconds = requests * 0.05;
  return [
    row('Shop API', `${requests} requests of 50 ms`, seconds * gb, 'lambdaCompute'),
    row('Shop API', `${requests} calls of the function`, requests, 'lambdaRequest'),
    row('Shop API', `${requests} HTTP requests`, requests, 'httpRequest'),
    row('Shop API', 'images', of('AWS::ECR::Repository').length, 'imageStorage'),
    row('Shop API', 'hosted zone', of('AWS::Route53::RecordSet').length > 0 ? 1 : 0, 'hostedZone'),
  ];
}

function keepingRows(of: ResourcesOf, usage: Usage): CostRow[] {
  const backups = of('AWS::Backup::BackupSelection').length * usage.databaseGb;
  const secrets = of('AWS::SecretsManager::Secret').length + of('AWS::RDS::DBCluster').length;
  return [
    row(
      'Storage',
      `${usage.lakeGb} GB in S3`,
      of('AWS::S3::Bucket').length > 0 ? usage.lakeGb : 0,
      's3Storage',
    ),
    row('Keys and secrets', 'keys', of('AWS::KMS::Key').length, 'kmsKey'),
    row('Keys and secrets', 'secrets, the master secret among them', secrets, 'secret'),
    row(
      'Watching',
      `${usage.logGb} GB of logs`,
      of('AWS::Logs::LogGroup').length > 0 ? usage.logGb : 0,
      'logIngest',
    ),
    row('Watching', 'alarms', of('AWS::CloudWatch::Alarm').length, 'alarm'),
    row('Backups', `${backups} GB`, backups, 'backupStorage'),
  ];
}

function alternatives(rows: readonly CostRow[], monthlyUsd: number): CostEstimate['alternatives'] {
  const sum = (component: string) => total(rows.filter((one) => one.component === component));
  const proxy = PROXY_CAPACITY_MIN * HOURS_PER_MONTH * AWS_PRICES.proxyCapacity.usd;
  const crawl = (perMonth: number) => perMonth * CRAWL_HOURS * CRAWL_UNITS * AWS_PRICES.glueUnit.usd;
  const database = rows.filter((one) => one.component === 'Crawlers' && !one.detail.includes('landing'));
  const others = monthlyUsd - total(database);
  const nat = HOURS_PER_MONTH * AWS_PRICES.natGateway.usd;
  const withoutProxy = monthlyUsd - sum('RDS Proxy');
  return [
    { what: 'with RDS Proxy', monthlyUsd: withoutProxy + proxy },
    { what: 'without RDS Proxy', monthlyUsd: withoutProxy },
    { what: 'database crawler hourly', monthlyUsd: others + crawl(HOURS_PER_MONTH) },
    { what: 'database crawler daily', monthlyUsd: others + crawl(DAYS_PER_MONTH) },
    {
      what: 'one NAT gateway instead of interface endpoints',
      monthlyUsd: monthlyUsd - sum('Endpoints') - sum('NAT') + nat,
    },
    { what: 'interface endpoints without NAT', monthlyUsd: monthlyUsd - sum('NAT') },
  ];
}

function row(component: string, detail: string, quantity: number, price: PriceName): CostRow {
  return { component, detail, quantity, price, monthlyUsd: quantity * AWS_PRICES[price].usd };
}

function total(rows: readonly CostRow[]): number {
  return rows.reduce((sum, one) => sum + one.monthlyUsd, 0);
}

/** `cron(0 * * * ? *)` runs every hour, any other schedule here once a day, none at all without one. */
function runsPerMonth(schedule: string | undefined): number {
  if (schedule === undefined) return 0;
  return /^cron\(\S+ \* /.test(schedule) ? HOURS_PER_MONTH : DAYS_PER_MONTH;
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}

function diskGb(instance: TemplateResource): number {
  const [mapping] = (instance.Properties?.BlockDeviceMappings ?? []) as { Ebs?: { VolumeSize?: number } }[];
  return mapping?.Ebs?.VolumeSize ?? 0;
}
