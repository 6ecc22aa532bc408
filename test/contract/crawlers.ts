import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Crawlers } from '../../src/platform/crawlers.ts';

/** What every environment's crawlers do. `open` gives a crawler of a database that does not run, and its name. */
export function crawlersContract(
  label: string,
  open: (t: TestContext) => Promise<{ readonly crawlers: Crawlers; readonly name: string }>,
): void {
  test(`${label}: a crawler is listed with what it looks at, started, and stopped only while it runs`, async (t) => {
    const { crawlers, name } = await open(t);
    const found = await crawlers.find(name);
    assert.deepEqual([found?.name, found?.kind, found?.state], [name, 'database', 'ready']);
    assert.equal(found?.targets.length, 1);
    assert.ok((await crawlers.list()).some((one) => one.name === name));
    assert.equal(await crawlers.find('none'), undefined);
    assert.equal(await crawlers.stop(name), false);
    assert.equal(await crawlers.start(name), true);
    await assert.rejects(crawlers.start('none'), { name: 'Failure' });
  });
}
