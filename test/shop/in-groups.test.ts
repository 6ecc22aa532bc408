import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createInGroups } from '../../src/shop/in-groups.ts';

const limits = { inputsMax: 3, groupsMax: 1, keyOf: (input: string) => input.split('=')[1] };

/** Work that tells its groups and ends each when the test says so. */
function heldWork() {
  const groups: string[][] = [];
  const ends: (() => void)[] = [];
  const work = async (inputs: readonly string[]): Promise<string[]> => {
    groups.push([...inputs]);
    await new Promise<void>((resolve) => ends.push(resolve));
    return inputs.map((input) => input.toUpperCase());
  };
  return { groups, work, end: () => ends.shift()?.() };
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test('a lone caller starts at once; what comes meanwhile goes together, up to the limit', async () => {
  const { groups, work, end } = heldWork();
  const run = createInGroups(limits, work);
  const first = run('a');
  await nextTurn();
  assert.deepEqual(groups, [['a']]);
  const later = ['b', 'c', 'd', 'e'].map(run);
  await nextTurn();
  assert.equal(groups.length, 1, 'one group at a time');
  end();
  assert.equal(await first, 'A');
  await nextTurn();
  assert.deepEqual(groups[1], ['b', 'c', 'd']);
  end();
  assert.deepEqual(await Promise.all(later.slice(0, 3)), ['B', 'C', 'D']);
  await nextTurn();
  assert.deepEqual(groups[2], ['e']);
  end();
  assert.equal(await later[3], 'E');
});

test('inputs with the same key never share a group, and keep their order', async () => {
  const { groups, work, end } = heldWork();
  const run = createInGroups(limits, work);
  const all = Promise.all(['a=1', 'b=1', 'c=2', 'd', 'e=1'].map(run));
  for (const group of [['a=1', 'c=2', 'd'], ['b=1'], ['e=1']]) {
    await nextTurn();
    assert.deepEqual(groups.at(-1), group);
    end();
    await nextTurn();
  }
  assert.deepEqual(await all, ['A=1', 'B=1', 'C=2', 'D', 'E=1']);
});

test('an error among the results is thrown to its caller alone; work that throws fails its group only', async () => {
  let calls = 0;
  const run = createInGroups({ ...limits, inputsMax: 2 }, async (inputs: readonly string[]) => {
    calls++;
    if (calls === 2) throw new Error('all of it');
    return inputs.map((input) => (input === 'b' ? new Error('only b') : input));
  });
  const ends = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map(run));
  const shown = ends.map((end) => (end.status === 'fulfilled' ? end.value : (end.reason as Error).message));
  assert.deepEqual(shown, ['a', 'only b', 'all of it', 'all of it', 'e']);
});
