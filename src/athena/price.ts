/** What Athena asks for a terabyte scanned in one region, in US dollars without tax, and how much that figure is worth. */
export interface ScanRate {
  readonly usd: number;
  /** Where the figure is from. */
  readonly source: string;
  /** The day it was read, or published; undefined for what is only assumed. */
  readonly asOf: string | undefined;
  /** `checked` in AWS's price list; `old`: from that list, years ago; `assumed`: what most regions ask. */
  readonly confidence: 'checked' | 'old' | 'assumed';
}

const checked = (usd: number, asOf: string): ScanRate => ({
  usd,
  source: 'AWS price list',
  asOf,
  confidence: 'checked',
});
/** Of calculator.aws, metered units "Athena Queries". */
const old = (usd: number): ScanRate => ({
  usd,
  source: 'AWS price list',
  asOf: '2020-03-13',
  confidence: 'old',
});

const RATES: Readonly<Record<string, ScanRate>> = {
  'ap-east-1': old(5.5),
  'ap-northeast-1': checked(5, '2026-09-23'),
  'ap-northeast-2': old(5),
  'ap-south-1': old(5),
  'ap-southeast-1': old(5),
  'ap-southeast-2': old(5),
  'ca-central-1': old(5.5),
  'eu-central-1': old(5),
  'eu-north-1': old(5),
  'eu-west-1': old(5),
  'eu-west-2': old(5),
  'eu-west-3': old(7),
  'me-south-1': old(6.5),
  'sa-east-1': old(9),
  'us-east-1': checked(5, '2026-08-27'),
  'us-east-2': old(5),
  'us-gov-east-1': old(5),
  'us-gov-west-1': old(5),
  'us-west-1': old(6.75),
  'us-west-2': old(5),
};
const ELSEWHERE: ScanRate = {
  usd: 5,
  source: 'what most regions ask',
  asOf: undefined,
  confidence: 'assumed',
};

export function scanRateOf(region: string): ScanRate {
  return RATES[region] ?? ELSEWHERE;
}

/** `AWS price list, 2026-09-23`, with a warning where the figure is old or assumed. */
export function describeRate({ source, asOf, confidence }: ScanRate): string {
  const said = asOf === undefined ? source : `${source}, ${asOf}`;
  return confidence === 'checked' ? said : `${said}: look it up before you rely on it`;
}

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
  const { usd: usdPerTerabyte } = scanRateOf(region);
  const billedBytes = free ? 0 : Math.max(BILLED_BYTES_MIN, Math.ceil(scannedBytes / MEGABYTE) * MEGABYTE);
  return { usd: (billedBytes / TERABYTE) * usdPerTerabyte, billedBytes, usdPerTerabyte, region };
}

/** `$0.000048`, `$1.25`: six digits below a cent, where most queries are. */
export function formatUsd(usd: number): string {
  return usd > 0 && usd < 0.01 ? `$${usd.toFixed(6)}` : `$${usd.toFixed(2)}`;
}
