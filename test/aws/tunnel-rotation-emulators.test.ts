// dp's own tunnel beside rotations on AWS: every connection through it logs in with the secret of that moment, and is
// never refused, with one user, whose current password is refused for a moment, and with two, whose never is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { RotationStrategy } from '../../src/platform/secrets.ts';
import { openSecretsThrough, SECRET_NAMES } from '../support/aws-secrets.ts';
import { openSecretsRig } from '../support/secrets-rig.ts';
import { startShopServer } from '../support/shop-server.ts';
import { openTunnelledDatabase } from '../support/tunnelled-database.ts';

const ROTATIONS = 6;

for (const strategy of ['single-user', 'alternating-users'] as const satisfies readonly RotationStrategy[]) {
  test(`${strategy}: connections through a tunnel are never refused while rotations run in a loop`, async (t) => {
    const server = await startShopServer(t);
    await using rig = await openSecretsRig({ strategy, server });
    const secretsManager = await rig.clients.secretsManager();
    await using tunnelled = await openTunnelledDatabase(server, {
      answers: {
        GetSecretValue: async ({ VersionStage }) => {
          const request = { SecretId: SECRET_NAMES.readerSecret, VersionStage: String(VersionStage) };
          try {
            const { SecretString } = await secretsManager.send(new GetSecretValueCommand(request));
            return { body: { SecretString } };
          } catch {
            return { status: 400, body: { __type: 'ResourceNotFoundException' } };
          }
        },
      },
    });
    const { database } = tunnelled;
    await using kept = await database.connect('etl_reader');
    const stop = new AbortController();
    const users = new Set<string>();
    let logins = 0;
    const client = (async () => {
      while (!stop.signal.aborted) {
        await using session = await database.connect('etl_reader');
        users.add((await session.query('SELECT CURRENT_USER()')).rows[0]?.[0] ?? '');
        logins++;
      }
    })();
    const secrets = openSecretsThrough(rig.clients, tunnelled.openPath, { strategy });
    try {
      for (let round = 0; round < ROTATIONS; round++) {
        const to = round % 3 === 2 ? 'previous' : 'new';
        const { consumers } = await secrets.rotate({ name: 'etl_reader', to }, () => undefined);
        assert.match(consumers[0]?.detail ?? '', /^logged in as etl_reader(_clone)?@% through the tunnel/);
      }
    } finally {
      stop.abort();
    }
    await client;
    assert.deepEqual((await kept.query('SELECT 1')).rows, [['1']], 'what was open stays open');
    const expected = ['etl_reader@%', ...(strategy === 'single-user' ? [] : ['etl_reader_clone@%'])];
    assert.deepEqual([...users].sort(), expected);
    assert.ok(logins > 20, `${logins} logins`);
    t.diagnostic(`${logins} logins through the tunnel, none refused`);
  });
}
