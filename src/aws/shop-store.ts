import { readFileSync } from 'node:fs';
import type { Signer } from '@aws-sdk/rds-signer';
import { createPool, type PoolOptions } from 'mysql2/promise';
import { DRIVER_OPTIONS, openPooledSql } from '../shop/pooled-sql.ts';
import { openSqlStore } from '../shop/sql-store.ts';
import type { ShopStore } from '../shop/store.ts';
import { rdsAuthorities } from './rds-authorities.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** One request at a time, and room for what a timed-out one left behind. */
const CONNECTIONS_MAX = 2;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * The shop's store over RDS Proxy or Aurora. Reads DATABASE_HOST, _PORT, _NAME, _USER and _LOGIN: `iam` signs a token
 * for each new connection; `password` reads DATABASE_PASSWORD_FILE. TLS always, against Amazon's authorities or those
 * in DATABASE_CA_FILE.
 */
export function openAwsShopStore(environment: Environment): AsyncDisposable & { readonly store: ShopStore } {
  const host = need(environment, 'DATABASE_HOST');
  const port = Number(need(environment, 'DATABASE_PORT'));
  const user = need(environment, 'DATABASE_USER');
  const caFile = environment.DATABASE_CA_FILE;
  const ca = caFile === undefined ? rdsAuthorities() : readFileSync(caFile, 'utf8');
  const pool = createPool({
    ...DRIVER_OPTIONS,
    host,
    port,
    user,
    database: need(environment, 'DATABASE_NAME'),
    ssl: { ca, minVersion: 'TLSv1.2', verifyIdentity: true },
    connectTimeout: CONNECT_TIMEOUT_MS,
    connectionLimit: CONNECTIONS_MAX,
    ...loginOf(environment, { hostname: host, port, user }),
  });
  return {
    store: openSqlStore(openPooledSql(pool)),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

function loginOf(
  environment: Environment,
  target: { readonly hostname: string; readonly port: number; readonly user: string },
): Pick<PoolOptions, 'password' | 'authPlugins'> {
  const login = need(environment, 'DATABASE_LOGIN');
  if (login === 'password') {
    return { password: readFileSync(need(environment, 'DATABASE_PASSWORD_FILE'), 'utf8').trim() };
  }
  if (login !== 'iam') throw new Error(`DATABASE_LOGIN is ${login}; it must be iam or password`);
  const region = need(environment, 'AWS_REGION');
  let signer: Signer | undefined;
  // A token lives 15 minutes and is only looked at when a connection begins, so each one gets its own.
  const sendToken = async (): Promise<Buffer> => {
    if (signer === undefined) {
      // Loaded when the first connection asks: a cold start that answers from memory never pays for it.
      const { Signer } = await import('@aws-sdk/rds-signer');
      const credentials = async () => credentialsOf(environment);
      signer = new Signer({ ...target, username: target.user, region, credentials });
    }
    return Buffer.from(`${await signer.getAuthToken()}\0`);
  };
  return { authPlugins: { mysql_clear_password: () => sendToken } };
}

/** Lambda hands a function its role's credentials in these variables, and no other way is wanted here. */
function credentialsOf(environment: Environment): {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
} {
  const sessionToken = environment.AWS_SESSION_TOKEN;
  return {
    accessKeyId: need(environment, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: need(environment, 'AWS_SECRET_ACCESS_KEY'),
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
}

function need(environment: Environment, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new Error(`the variable ${name} is not set`);
  return value;
}
