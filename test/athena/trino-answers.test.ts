import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import { compareAnswers, SILENT, type TrinoAnswer, type Verdict } from './compare-answers.ts';
import { openSampleLake } from './sample-lake.ts';

/** What people wrote, and what a generator made. */
const FILES = ['trino-answers-cases.jsonl.gz', 'trino-answers-generated.jsonl.gz'];

/** Of the questions that Trino answers, the share that local answers too, at least. */
const ANSWERED_SHARE_MIN = 0.95;

test('what Trino 435 answered to thousands of queries, local answers the same or refuses', async () => {
  const answers = FILES.flatMap((file) =>
    gunzipSync(readFileSync(join(import.meta.dirname, '..', 'fixtures', file)))
      .toString()
      .split('\n')
      .map((line) => JSON.parse(line) as TrinoAnswer & { readonly sql: string }),
  );
  assert.ok(answers.length >= 5000, `${answers.length} answers`);
  await using lake = await openSampleLake();
  const wrong: string[] = [];
  const counts: Partial<Record<Verdict, number>> = {};
  for (const trino of answers) {
    const local = await lake.answer(trino.sql);
    const verdict = compareAnswers(trino, trino, local);
    counts[verdict] = (counts[verdict] ?? 0) + 1;
    if (SILENT.has(verdict)) wrong.push(`${verdict}: ${trino.sql}`);
  }
  assert.deepEqual(wrong, []);
  const { same = 0, 'local refuses': refused = 0 } = counts;
  assert.ok(same / (same + refused) >= ANSWERED_SHARE_MIN, JSON.stringify(counts));
});
