// A rotation whose database goes away for good in the middle of it: what can no longer be put back is said, and is put back
// by whoever comes next.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SHOP_DATABASE } from '../../src/local/database.ts';
import { startServer, stopServer } from '../../src/local/mysql-server.ts';
import type { Failure } from '../../src/std/failure.ts';
import { accepts, quiet, secretsOf } from '../support/local-rotations.ts';
import { startShopServer } from '../support/shop-server.ts';

test('the server is killed between two steps: nothing is put back, and the next run recovers', async (t) => {
  const server = await startShopServer(t);
  const stopped = secretsOf(server, 'single-user', async (step) => {
    if (step === 'set') await stopServer(server.paths, { politelyMs: 0 });
  });
  const before = await stopped.reveal('etl_reader');
  await assert.rejects(stopped.rotate({ name: 'etl_reader', to: 'new' }, quiet), (error: Failure) => {
    assert.equal(error.code, 'rotation-not-restored');
    assert.ok(error.nextSteps.length > 0);
    assert.ok(!error.message.includes(before.password));
    return true;
  });
  await startServer({ ...server, databaseName: SHOP_DATABASE });
  const secrets = secretsOf(server, 'single-user');
  await secrets.recover('etl_reader', quiet);
  assert.equal(await accepts(server, await secrets.reveal('etl_reader')), true);
  assert.equal((await secrets.describe('etl_reader')).state, 'steady');
});
