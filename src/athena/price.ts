/**
 * What Athena asks for a terabyte scanned, in US dollars, by region. Source: AWS's own price list for Athena
 * (calculator.aws, metered units "Athena Queries"), published 2020-03-13. A region that is not in it is reckoned at
 * 5.00, what most ask. The bill is what counts: a price shown by dp is an estimate.
 */
export const PRICES_FROM = 'AWS price list for Athena, 2020-03-13';

const USD_PER_TERABYTE: Readonly<Record<string, number>> = {
  'ap-east-1': 5.5,
  'ap-northeast-1': 5,
  'ap-northeast-2': 5,
  'ap-south-1': 5,
  'ap-southeast-1': 5,
  'ap-southeast-2': 5,
  'ca-central-1': 5.5,
  'eu-central-1': 5,
  'eu-north-1': 5,
  'eu-west-1': 5,
  'eu-west-2': 5,
  'eu-west-3': 7,
  'me-south-1': 6.5,
  'sa-east-1': 9,
  'us-east-1': 5,
  'us-east-2': 5,
  'us-gov-east-1': 5,
  'us-gov-west-1': 5,
  'us-west-1': 6.75,
  'us-west-2': 5,
};
const USD_PER_TERABYTE_ELSEWHERE = 5;

/** Athena's terabyte, megabyte and least charge, in bytes: binary, as its price page counts. */
const TERABYTE = 1024 ** 4;
const MEGABYTE = 1024 ** 2;
const BILLED_BYTES_MIN = 10 * MEGABYTE;

export interface ScanToPrice {
  readonly scannedBytes: number;
  readonly region: string;
  /** Statements that read no files, such as DDL, and failed queries cost nothing; cancelled ones what they scanned. */
  readonly free?: boolean;
}

export interface ScanPrice {
  readonly usd: number;
  /** What Athena counts: whole megabytes, at least ten. */
  readonly billedBytes: number;
  readonly usdPerTerabyte: number;
  readonly region: string;
}

/** What a query that scanned this much costs: rounded up to a megabyte, at least 10 MB. */
export function priceOfScan({ scannedBytes, region, free = false }: ScanToPrice): ScanPrice {
  const usdPerTerabyte = USD_PER_TERABYTE[region] ?? USD_PER_TERABYTE_ELSEWHERE;
  const billedBytes = free ? 0 : Math.max(BILLED_BYTES_MIN, Math.ceil(scannedBytes / MEGABYTE) * MEGABYTE);
  return { usd: (billedBytes / TERABYTE) * usdPerTerabyte, billedBytes, usdPerTerabyte, region };
}

/** `$0.000048`, `$1.25`: six digits below a cent, where most queries are. */
export function formatUsd(usd: number): string {
  return usd > 0 && usd < 0.01 ? `$${usd.toFixed(6)}` : `$${usd.toFixed(2)}`;
}
