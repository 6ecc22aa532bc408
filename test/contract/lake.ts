import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Lake } from '../../src/platform/lake.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (found: Uint8Array | undefined): string | undefined =>
  found === undefined ? undefined : new TextDecoder().decode(found);

/** What every lake does, whatever it is made of. `open` gives an empty one. */
export function lakeContract(name: string, open: (t: TestContext) => Promise<Lake>): void {
  test(`${name}: an object comes back as it was written, and is replaced as a whole`, async (t) => {
    const lake = await open(t);
    assert.equal(await lake.read('a/b.json'), undefined);
    await lake.write('a/b.json', bytes('first, and longer'));
    await lake.write('a/b.json', bytes('second'));
    assert.equal(text(await lake.read('a/b.json')), 'second');
    await lake.write('a/empty', new Uint8Array());
    assert.equal((await lake.read('a/empty'))?.length, 0);
  });

  test(`${name}: of many who write where nothing is yet, exactly one is first`, async (t) => {
    const lake = await open(t);
    const writers = Array.from({ length: 8 }, (_, number) =>
      lake.writeIfAbsent('locks/x', bytes(String(number))),
    );
    const first = (await Promise.all(writers)).flatMap((won, number) => (won ? [String(number)] : []));
    assert.equal(first.length, 1);
    assert.equal(text(await lake.read('locks/x')), first[0]);
    assert.equal(await lake.writeIfAbsent('locks/x', bytes('later')), false);
    await lake.delete(['locks/x']);
    assert.equal(await lake.writeIfAbsent('locks/x', bytes('again')), true);
  });

  test(`${name}: a listing is sorted, by prefix, with sizes and times`, async (t) => {
    const lake = await open(t);
    const before = Date.now() - 60_000;
    for (const key of ['m/dt=2/b', 'm/dt=10/a', 'm/dt=2/a', 'm2/x', 'n']) await lake.write(key, bytes(key));
    const keys = async (prefix: string): Promise<string[]> =>
      (await lake.list(prefix)).map((object) => object.key);
    assert.deepEqual(await keys('m/'), ['m/dt=10/a', 'm/dt=2/a', 'm/dt=2/b']);
    assert.deepEqual(await keys('m'), ['m/dt=10/a', 'm/dt=2/a', 'm/dt=2/b', 'm2/x']);
    assert.deepEqual(await keys('m/dt=2/a'), ['m/dt=2/a']);
    assert.deepEqual(await keys('m/dt=3/'), []);
    const [object] = await lake.list('n');
    assert.deepEqual([object?.bytes, (object?.modifiedMs ?? 0) > before], [1, true]);
  });

  test(`${name}: what is deleted is gone, and deleting it again does no harm`, async (t) => {
    const lake = await open(t);
    await lake.write('p/one', bytes('1'));
    await lake.write('p/two', bytes('2'));
    await lake.delete(['p/one', 'p/absent']);
    await lake.delete(['p/one']);
    assert.deepEqual(
      (await lake.list('')).map((object) => object.key),
      ['p/two'],
    );
  });

  test(`${name}: the root ends with a slash, so that a key appended to it is an address`, async (t) => {
    assert.match((await open(t)).root, /^(file|s3):\/\/.*\/$/);
  });
}
