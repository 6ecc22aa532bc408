import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { planStatement } from '../../src/athena/plan-statement.ts';
import { readStatement } from '../../src/athena/statement-needs.ts';
import { type Plain, samePlain } from './plain.ts';
import { openSampleLake, type SampleLake } from './sample-lake.ts';

interface Case {
  readonly id: string;
  readonly group: string;
  readonly sql: string;
  /** Rows; or that there is none to be had; or null where only a plan can be expected. */
  readonly expect: readonly (readonly Plain[])[] | 'ERROR' | null;
  readonly types?: readonly string[];
}

const fixtures = join(import.meta.dirname, '..', 'fixtures');
const cases = JSON.parse(readFileSync(join(fixtures, 'athena-sql-cases.json'), 'utf8')) as Case[];

/** Cases that local refuses although Trino answers. The bar is 142 of 146. */
const NOT_SUPPORTED: readonly string[] = ['match_recognize'];

test('each of the 146 cases is answered as Trino answers it, or refused in words', async (context) => {
  assert.equal(cases.length, 146);
  await using lake = await openSampleLake();
  for (const one of cases) await context.test(`${one.group}: ${one.id}`, () => checkCase(one, lake));
});

async function checkCase(one: Case, lake: SampleLake): Promise<void> {
  if (NOT_SUPPORTED.includes(one.id)) {
    const { refused } = await lake.answer(one.sql);
    assert.match(refused ?? '', /^not supported in local: /);
    return;
  }
  if (one.expect === null) {
    const parsed = readStatement(one.sql, 'shop');
    assert.ok(planStatement(parsed, { catalog: lake.catalog }).kind);
    return;
  }
  const answer = await lake.answer(one.sql);
  if (one.expect === 'ERROR') {
    assert.ok(answer.refused, 'an error was expected');
    return;
  }
  assert.equal(answer.refused, undefined);
  const rows = answer.rows ?? [];
  const sorted = /order by/i.test(one.sql) ? rows : inOrder(rows);
  const expected = /order by/i.test(one.sql) ? one.expect : inOrder(one.expect);
  assert.ok(samePlain(sorted, expected), `${JSON.stringify(rows)} is not ${JSON.stringify(one.expect)}`);
  if (one.types !== undefined) assert.deepEqual(answer.types, one.types);
}

function inOrder(rows: readonly (readonly Plain[])[]): (readonly Plain[])[] {
  const key = (row: readonly Plain[]): string =>
    JSON.stringify(row, (_, value) =>
      typeof value === 'object' && value !== null && 'double' in value ? value.double : value,
    );
  return [...rows].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}
