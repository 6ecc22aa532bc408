/**
 * What Athena's SQL costs by data scanned, in US dollars a terabyte (2^40 bytes), by region.
 * Source: https://aws.amazon.com/athena/pricing/ and the price tables of uber/athenadriver (cost.go), looked up
 * 2026-11. Regions that are not listed cost the usual price.
 */
const DOLLARS_PER_TB: Readonly<Record<string, number>> = {
  'ap-east-1': 5.5,
  'af-south-1': 6,
  'me-south-1': 6.5,
  'sa-east-1': 9,
  'us-west-1': 6.75,
  'us-gov-east-1': 5.75,
  'us-gov-west-1': 5.75,
};
const DOLLARS_PER_TB_USUAL = 5;
export const PRICES_AS_OF = '2026-11';

const BYTES_PER_TB = 2 ** 40;
const BYTES_PER_MB = 2 ** 20;
/** The least a query that reads data is charged for. */
export const BILLED_MB_MIN = 10;

export interface ScanPriceInput {
  readonly scannedBytes: number;
  readonly region: string;
  /** DDL is free, and so is a query that failed. One that was cancelled is charged for what it had scanned. */
  readonly free?: boolean;
}

export interface ScanPrice {
  readonly billedBytes: number;
  readonly dollars: number;
  readonly dollarsPerTb: number;
}

/** The price of a query, rounded up to whole megabytes and at least 10 MB. Nothing scanned costs nothing. */
export function priceOfScan(input: ScanPriceInput): ScanPrice {
  const dollarsPerTb = DOLLARS_PER_TB[input.region] ?? DOLLARS_PER_TB_USUAL;
  if (input.free === true || input.scannedBytes === 0) return { billedBytes: 0, dollars: 0, dollarsPerTb };
  const megabytes = Math.max(BILLED_MB_MIN, Math.ceil(input.scannedBytes / BYTES_PER_MB));
  const billedBytes = megabytes * BYTES_PER_MB;
  return { billedBytes, dollars: (billedBytes / BYTES_PER_TB) * dollarsPerTb, dollarsPerTb };
}
