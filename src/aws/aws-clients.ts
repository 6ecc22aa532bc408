import type { AthenaClient } from '@aws-sdk/client-athena';
import type { BudgetsClient } from '@aws-sdk/client-budgets';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ECRClient } from '@aws-sdk/client-ecr';
import type { GlueClient } from '@aws-sdk/client-glue';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { RDSClient } from '@aws-sdk/client-rds';
import type { RDSDataClient } from '@aws-sdk/client-rds-data';
import type { Route53Client } from '@aws-sdk/client-route-53';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import { once } from '../std/once.ts';
import { openHttpsAgent } from '../tunnel/io/network.ts';
import { awsFailure } from './errors.ts';
import { renewSignIn } from './renew-sign-in.ts';
import type { SignIn } from './sign-in.ts';

/**
 * The SDK's clients, each loaded and made when it is first asked for. None is given out before the account was
 * checked against the one that the environment names, so nothing can be sent to the wrong one. Endpoints may be set
 * as for every AWS tool: AWS_ENDPOINT_URL and its forms per service. Proxy and authorities are those of the tunnel.
 */
export interface AwsClients {
  readonly signIn: SignIn;
  /** Does `work`; what the SDK throws comes out as a Failure that says which `what` could not be done: `list the jobs`. */
  call<T>(what: string, work: () => Promise<T>): Promise<T>;
  athena(): Promise<AthenaClient>;
  budgets(): Promise<BudgetsClient>;
  cloudFormation(): Promise<CloudFormationClient>;
  cloudWatchLogs(): Promise<CloudWatchLogsClient>;
  ec2(): Promise<EC2Client>;
  ecr(): Promise<ECRClient>;
  glue(): Promise<GlueClient>;
  lambda(): Promise<LambdaClient>;
  rds(): Promise<RDSClient>;
  rdsData(): Promise<RDSDataClient>;
  route53(): Promise<Route53Client>;
  s3(): Promise<S3Client>;
  scheduler(): Promise<SchedulerClient>;
  secretsManager(): Promise<SecretsManagerClient>;
  ssm(): Promise<SSMClient>;
  sts(): Promise<STSClient>;
  /** Closes idle connections, so that the process can end. */
  close(): Promise<void>;
}

export interface AwsClientsInput {
  readonly signIn: SignIn;
  /** HTTPS_PROXY, NO_PROXY and AWS_CA_BUNDLE are read from these. */
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
}

/** Times the SDK tries a call that the service throttled or the network dropped. */
const ATTEMPTS = 4;
/** A host that does not answer within this is unreachable, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Silence on an open connection longer than this is a lost one, in milliseconds. */
const SILENCE_TIMEOUT_MS = 60_000;

export function openAwsClients({ signIn, environmentVariables }: AwsClientsInput): AwsClients {
  const opened: { destroy(): void }[] = [];
  const httpsAgent = openHttpsAgent(environmentVariables);
  const settings = {
    region: signIn.region,
    credentials: signIn.credentials,
    maxAttempts: ATTEMPTS,
    requestHandler: { httpsAgent, connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: SILENCE_TIMEOUT_MS },
  } as const;
  type Settings = typeof settings;
  const client = <T extends { destroy(): void }>(load: () => Promise<new (settings: Settings) => T>) =>
    once(async () => {
      const [Client] = await Promise.all([load(), signIn.check()]);
      const made = new Client(settings);
      renewSignIn(made, signIn);
      opened.push(made);
      return made;
    });
  return {
    signIn,
    call: async (what, work) => {
      try {
        return await work();
      } catch (error) {
        throw awsFailure(error, { what, region: signIn.region, signInCommand: signIn.command });
      }
    },
    athena: client(async () => (await import('@aws-sdk/client-athena')).AthenaClient),
    budgets: client(async () => (await import('@aws-sdk/client-budgets')).BudgetsClient),
    cloudFormation: client(async () => (await import('@aws-sdk/client-cloudformation')).CloudFormationClient),
    cloudWatchLogs: client(
      async () => (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogsClient,
    ),
    ec2: client(async () => (await import('@aws-sdk/client-ec2')).EC2Client),
    ecr: client(async () => (await import('@aws-sdk/client-ecr')).ECRClient),
    glue: client(async () => (await import('@aws-sdk/client-glue')).GlueClient),
    lambda: client(async () => (await import('@aws-sdk/client-lambda')).LambdaClient),
    rds: client(async () => (await import('@aws-sdk/client-rds')).RDSClient),
    rdsData: client(async () => (await import('@aws-sdk/client-rds-data')).RDSDataClient),
    route53: client(async () => (await import('@aws-sdk/client-route-53')).Route53Client),
    s3: client(async () => (await import('@aws-sdk/client-s3')).S3Client),
    scheduler: client(async () => (await import('@aws-sdk/client-scheduler')).SchedulerClient),
    secretsManager: client(
      async () => (await import('@aws-sdk/client-secrets-manager')).SecretsManagerClient,
    ),
    ssm: client(async () => (await import('@aws-sdk/client-ssm')).SSMClient),
    sts: client(async () => (await import('@aws-sdk/client-sts')).STSClient),
    close: async () => {
      for (const one of opened) one.destroy();
    },
  };
}
