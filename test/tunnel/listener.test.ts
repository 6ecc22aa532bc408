import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { openListener } from '../../src/tunnel/io/listener.ts';

test('a taken port is refused at once, with the program that has it where the system tells', async () => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await assert.rejects(
    openListener({ port }, () => {}),
    (error: Error & { kind?: string }) => {
      assert.equal(error.kind, 'unreachable');
      if (process.platform === 'linux') assert.match(error.message, new RegExp(`pid ${process.pid}`, 'u'));
      return true;
    },
  );
  other.close();
});

test('a port taken in the other family only is refused as well, and nothing stays open', async (t) => {
  const other = createServer();
  other.listen({ port: 0, host: '::1' });
  const [error] = await Promise.race([once(other, 'listening'), once(other, 'error')]);
  if (error !== undefined) return t.skip('no IPv6 here');
  const { port } = other.address() as AddressInfo;
  await assert.rejects(
    openListener({ port }, () => {}),
    { code: 'port-taken' },
  );
  other.close();
  await once(other, 'close');
  (await openListener({ port }, () => {})).close();
});

test('an address that is not this machine’s is refused with what to try', async () => {
  await assert.rejects(
    openListener({ port: 0, bind: '192.0.2.1' }, () => {}),
    { code: 'cannot-listen' },
  );
});

test('a Unix socket serves like a port, and never replaces one that somebody listens on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dp-listener-'));
  const socketPath = join(folder, 'db.sock');
  try {
    const first = await openListener({ port: 0, socketPath }, (client) => {
      client.on('error', () => {});
      client.end('hello');
    });
    await assert.rejects(
      openListener({ port: 0, socketPath }, () => {}),
      { code: 'cannot-listen' },
    );
    const client = connect({ path: socketPath });
    assert.equal(String((await once(client, 'data'))[0]), 'hello');
    client.destroy();
    first.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
