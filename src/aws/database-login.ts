import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Signer, type SignerConfig } from '@aws-sdk/rds-signer';
import type { DoorLogin, DoorTls } from '../mysql/door-login.ts';
import type { SecretValue } from '../platform/secrets.ts';
import { secretMalformed, secretUnreadable, tokenNotSigned } from './database-login-errors.ts';
import { rdsAuthorities } from './rds-authorities.ts';

/** Gives credentials for one connection. `refused` are those the database has just turned down. */
export type DatabaseLogin = (request: { readonly refused?: DoorLogin }) => Promise<DoorLogin>;

export interface IamLoginInput {
  /** The real endpoint, not the tunnel's local port: the token and the certificate are both for it. */
  readonly host: string;
  readonly port: number;
  readonly region: string;
  readonly user: string;
}

/** Logs in with an IAM token, signed anew for every connection on this machine. A token lives 15 minutes. */
export function iamLogin(
  input: IamLoginInput,
  deps: { readonly credentials: NonNullable<SignerConfig['credentials']> },
): DatabaseLogin {
  const { host, port, region, user } = input;
  const signer = new Signer({ hostname: host, port, region, username: user, credentials: deps.credentials });
  return async () => {
    const password = await signer.getAuthToken().catch((error: unknown) => {
      throw tokenNotSigned({ host, user }, error);
    });
    return { user, password, credential: 'iam-token', tls: tlsFor(host) };
  };
}

export interface SecretLoginInput {
  /** Name or ARN. */
  readonly secret: string;
  /** The real endpoint, which the certificate must be for. */
  readonly host: string;
}

const CURRENT = 'AWSCURRENT';
const PENDING = 'AWSPENDING';

/**
 * Logs in with the user and password that a secret holds at that moment. When they are refused, a rotation may
 * be between changing the database and changing the secret's label: then what it will be is tried.
 */
export function secretLogin(
  input: SecretLoginInput,
  deps: { readonly secrets: Pick<SecretsManagerClient, 'send'> },
): DatabaseLogin {
  const current = shared(() => read(CURRENT));
  return async ({ refused }) => {
    if (refused === undefined) return current();
    const changed = await read(CURRENT);
    if (changed.password !== refused.password) return changed;
    // No longer pending means that it is current by now, or that it never will be.
    return read(PENDING).catch(() => read(CURRENT));
  };

  async function read(stage: string): Promise<DoorLogin> {
    const request = new GetSecretValueCommand({ SecretId: input.secret, VersionStage: stage });
    const { SecretString } = await deps.secrets.send(request).catch((error: unknown) => {
      throw secretUnreadable(input.secret, error);
    });
    const value = loginIn(SecretString ?? '');
    if (value === undefined) throw secretMalformed(input.secret);
    return { ...value, credential: 'secret', tls: tlsFor(input.host) };
  }
}

/** Logs in with what `value` gives at that moment; for trying out a password before, or after, it is the current one. */
export function givenLogin(host: string, value: () => SecretValue): DatabaseLogin {
  return async () => {
    const { username: user, password } = value();
    return { user, password, credential: 'secret', tls: tlsFor(host) };
  };
}

/** Connections that open at the same moment share one call; the next moment makes a new one. */
function shared<T>(make: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined;
  return () => {
    underWay ??= make().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

/** RDS and the rotation functions keep JSON with these two, and more fields that nobody here needs. */
export function loginIn(text: string): { user: string; password: string } | undefined {
  try {
    const { username: user, password } = JSON.parse(text);
    const isWhole =
      typeof user === 'string' && user !== '' && typeof password === 'string' && password !== '';
    return isWhole ? { user, password } : undefined;
  } catch {
    return undefined;
  }
}

function tlsFor(host: string): DoorTls {
  return { serverName: host, ca: rdsAuthorities() };
}
