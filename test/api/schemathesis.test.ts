import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { startShopServer as startApiServer } from '../../src/shop/server.ts';
import { openShopApi } from '../shop/shop-api.ts';
import { startShopServer } from '../support/shop-server.ts';

/** More find more and take longer; 300 were run while the API was written. */
const EXAMPLES = process.env.DP_TEST_EXAMPLES ?? '30';
const seed = process.env.DP_TEST_SEED ?? String(randomInt(2 ** 31));

test(`schemathesis finds nothing in the Shop API and its document (seed ${seed})`, async (t) => {
  const program = process.env.DP_SCHEMATHESIS;
  assert.ok(program, 'npm test sets DP_SCHEMATHESIS');
  const api = await openShopApi(await startShopServer(t));
  await using server = await startApiServer({ port: 0 }, { app: api.app, newId: randomUUID });
  const folder = await mkdtemp(join(tmpdir(), 'dp-schemathesis-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const child = spawn(
    program,
    [
      'run',
      `${server.url}/openapi.json`,
      '--checks=all',
      '--no-color',
      `--max-examples=${EXAMPLES}`,
      `--seed=${seed}`,
    ],
    // It keeps a folder of examples where it runs.
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const code = await ended;
  await api[Symbol.asyncDispose]();
  assert.equal(code, 0, output + errors);
  assert.match(output, /Tested: +12/);
  assert.deepEqual(
    api.log.filter((entry) => entry.status >= 500),
    [],
  );
});
