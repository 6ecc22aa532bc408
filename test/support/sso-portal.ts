// Signing in by IAM Identity Center: what `aws sso login` leaves on the machine, and who takes it.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { TEST_ACCOUNT, TEST_REGION } from './aws-environment.ts';

const START_URL = 'https://example.awsapps.com/start';

/** The lines of a profile that signs in so. */
export const SSO_PROFILE: readonly string[] = [
  `sso_start_url = ${START_URL}`,
  `sso_account_id = ${TEST_ACCOUNT}`,
  'sso_role_name = operator',
  `sso_region = ${TEST_REGION}`,
];

/** A STAND-IN for the portal of IAM Identity Center: keys of a role for whoever has a token. Give its `url` as AWS_ENDPOINT_URL_SSO. */
export async function startPortal(): Promise<{ readonly url: string } & Disposable> {
  const portal = createServer((request, response) => {
    const isFresh = request.headers['x-amz-sso_bearer_token'] === 'fresh';
    response.writeHead(isFresh ? 200 : 401, { 'content-type': 'application/json' });
    const roleCredentials = {
      accessKeyId: 'AKIASSO',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiration: Date.now() + 3_600_000,
    };
    response.end(
      JSON.stringify(isFresh ? { roleCredentials } : { message: 'Session token not found or invalid' }),
    );
  });
  portal.listen(0, '127.0.0.1');
  await once(portal, 'listening');
  return {
    url: `http://127.0.0.1:${(portal.address() as AddressInfo).port}`,
    [Symbol.dispose]: () => {
      portal.closeAllConnections();
      portal.close();
    },
  };
}

/** Where `aws sso login` keeps its token. */
export function ssoTokenFile(home: string): string {
  return join(home, '.aws', 'sso', 'cache', `${createHash('sha1').update(START_URL).digest('hex')}.json`);
}

export function ssoToken(expiresAt: number): string {
  return JSON.stringify({
    startUrl: START_URL,
    region: TEST_REGION,
    accessToken: 'fresh',
    expiresAt: new Date(expiresAt).toISOString(),
  });
}

/** Leaves the token there. */
export function keepSsoToken(home: string, expiresAt: number): void {
  const file = ssoTokenFile(home);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, ssoToken(expiresAt));
}
