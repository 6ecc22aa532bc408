/** One price of the list, in US dollars without tax. */
export interface AwsPrice {
  readonly usd: number;
  /** What one of it is. */
  readonly unit: string;
  /** Where the figure is from, and when it was read. */
  readonly source: string;
  readonly readOn: string;
  /** `checked` in AWS's price list; `reported` by others, and to be looked up before a budget rests on it. */
  readonly confidence: 'checked' | 'reported';
}

const PRICE_LIST = 'AWS Price List, ap-northeast-1';
const REPORTED = 'Published cost studies of Tokyo deployments';
const READ_ON = '2026-09-23';

function checked(usd: number, unit: string): AwsPrice {
  return { usd, unit, source: PRICE_LIST, readOn: READ_ON, confidence: 'checked' };
}

function reported(usd: number, unit: string): AwsPrice {
  return { usd, unit, source: REPORTED, readOn: '2026-08-05', confidence: 'reported' };
}

/** On-demand prices in Tokyo. `dp cost` says so when an environment lies elsewhere. */
export const PRICED_REGION = 'ap-northeast-1';

export const AWS_PRICES = {
  auroraCapacity: reported(0.2, 'ACU-hour'),
  auroraStorage: reported(0.12, 'GB-month'),
  proxyCapacity: reported(0.025, 'ACU-hour'),
  interfaceEndpoint: checked(0.014, 'endpoint-zone-hour'),
  natGateway: checked(0.062, 'gateway-hour'),
  glueUnit: reported(0.44, 'DPU-hour'),
  t3Micro: reported(0.0136, 'instance-hour'),
  gp3Storage: reported(0.096, 'GB-month'),
  publicAddress: reported(0.005, 'address-hour'),
  lambdaCompute: checked(0.0000166667, 'GB-second'),
  lambdaRequest: checked(0.0000002, 'request'),
  httpRequest: checked(0.00000129, 'request'),
  athenaScan: checked(5, 'TB scanned'),
  s3Storage: checked(0.025, 'GB-month'),
  imageStorage: checked(0.1, 'GB-month'),
  kmsKey: checked(1, 'key-month'),
  secret: checked(0.4, 'secret-month'),
  logIngest: checked(0.76, 'GB'),
  alarm: checked(0.1, 'alarm-month'),
  hostedZone: reported(0.5, 'zone-month'),
  backupStorage: reported(0.021, 'GB-month'),
} as const satisfies Readonly<Record<string, AwsPrice>>;

export type PriceName = keyof typeof AWS_PRICES;
