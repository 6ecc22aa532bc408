import type { AthenaClient } from '@aws-sdk/client-athena';
import type { GlueClient } from '@aws-sdk/client-glue';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { SignIn } from './sign-in.ts';

/**
 * The SDK's clients, each loaded and made when it is first asked for. None is given out before the account was
 * checked against the one that the environment names, so nothing can be sent to the wrong one. Endpoints may be set
 * as for every AWS tool: AWS_ENDPOINT_URL and its forms per service.
 */
export interface AwsClients {
  readonly signIn: SignIn;
  athena(): Promise<AthenaClient>;
  glue(): Promise<GlueClient>;
  s3(): Promise<S3Client>;
  secretsManager(): Promise<SecretsManagerClient>;
  ssm(): Promise<SSMClient>;
  /** Closes idle connections, so that the process can end. */
  close(): Promise<void>;
}

/** Times the SDK tries a call that the service throttled or the network dropped. */
const ATTEMPTS = 4;
/** A host that does not answer within this is unreachable, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Silence on an open connection longer than this is a lost one, in milliseconds. */
const SILENCE_TIMEOUT_MS = 60_000;

export function openAwsClients(signIn: SignIn): AwsClients {
  const opened: { destroy(): void }[] = [];
  const settings = {
    region: signIn.region,
    credentials: signIn.credentials,
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: SILENCE_TIMEOUT_MS },
  } as const;
  type Settings = typeof settings;
  const client = <T extends { destroy(): void }>(load: () => Promise<new (settings: Settings) => T>) =>
    once(async () => {
      const [Client] = await Promise.all([load(), signIn.check()]);
      const made = new Client(settings);
      opened.push(made);
      return made;
    });
  return {
    signIn,
    athena: client(async () => (await import('@aws-sdk/client-athena')).AthenaClient),
    glue: client(async () => (await import('@aws-sdk/client-glue')).GlueClient),
    s3: client(async () => (await import('@aws-sdk/client-s3')).S3Client),
    secretsManager: client(
      async () => (await import('@aws-sdk/client-secrets-manager')).SecretsManagerClient,
    ),
    ssm: client(async () => (await import('@aws-sdk/client-ssm')).SSMClient),
    close: async () => {
      for (const one of opened) one.destroy();
    },
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
