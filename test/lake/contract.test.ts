import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { parseContract } from '../../src/lake/contract.ts';
import { readLakeTables } from '../../src/operations/read-lake-tables.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const path = join(import.meta.dirname, '../../src/lake/orders/contract.json');
const orders = JSON.parse(await readFile(path, 'utf8'));

const WRONG: readonly (readonly [name: string, change: object, says: RegExp])[] = [
  ['a table without a name', { table: 'Orders' }, /`table`/],
  ['an unknown format', { format: 'orc' }, /`format`/],
  [
    'an unknown type',
    { columns: [{ name: 'id', type: 'uuid', nullable: false }, orders.columns[1]] },
    /no known type: uuid/,
  ],
  [
    'a decimal wider than 38',
    { columns: [{ name: 'id', type: 'decimal(40,2)', nullable: false }, orders.columns[1]] },
    /no known type/,
  ],
  ['a key that is no column', { keys: ['nope'] }, /key `nope`/],
  ['a sum of texts', { sums: ['status'] }, /`status`/],
  [
    'a column named as the partition',
    { partitionKey: { name: 'id', type: 'date' } },
    /partition key is also a column/,
  ],
  ['a snapshot with a window', { load: 'snapshot' }, /`source.window`/],
  ['a check without severity', { checks: [{ name: 'x', severity: 'fatal', says: '' }] }, /check `x`/],
  ['a check that says nothing', { checks: [{ name: 'x', severity: 'warn' }] }, /words for `says`/],
  ['a source without columns', { source: { ...orders.source, columns: undefined } }, /`source.columns`/],
  [
    'a window over no column',
    { source: { ...orders.source, window: { column: 'created at' } } },
    /names `created at`/,
  ],
];

test('a shipped contract is read as it is', () => {
  assert.deepEqual(parseContract(JSON.stringify(orders), 'orders'), orders);
});

for (const [name, change, says] of WRONG) {
  test(`refused: ${name}`, () => {
    const text = JSON.stringify({ ...orders, ...change });
    assert.throws(() => parseContract(text, 'x/contract.json'), {
      code: 'lake-contract-invalid',
      message: says,
    });
  });
}

test('a snapshot may be made from what others take', () => {
  const { source: _, ...derived } = orders;
  assert.equal(parseContract(JSON.stringify({ ...derived, load: 'snapshot' }), 'x').load, 'snapshot');
});

test('a table of the database is the source of one contract, and whoever names it again is told whose', async (t) => {
  const folder = await temporaryFolder(t);
  await cp(join(import.meta.dirname, '../../src/lake/orders'), join(folder, 'orders'), { recursive: true });
  await cp(join(folder, 'orders'), join(folder, 'abroad'), { recursive: true });
  const contract = { ...orders, table: 'abroad', checks: [] };
  await writeFile(join(folder, 'abroad', 'contract.json'), JSON.stringify(contract));
  await assert.rejects(readLakeTables(folder), {
    code: 'lake-contract-invalid',
    message: /abroad\/contract\.json: `orders` is the source of `orders` already.*read src_orders/,
  });
});

test('text that is not JSON is refused with the file’s name', () => {
  assert.throws(() => parseContract('{', 'x/contract.json'), { message: /x\/contract\.json/ });
});
