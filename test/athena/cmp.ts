import { readFileSync } from 'node:fs';
import { compareAnswers, SILENT } from './compare-answers.ts';
import { openSampleLake } from './sample-lake.ts';

const [, , q = '', t = '', show] = process.argv;
const lines = (p: string): any[] =>
  readFileSync(p, 'utf8')
    .trim()
    .split('\n')
    .map((x) => JSON.parse(x));
const trino = new Map(lines(t).map((x) => [x.id, x]));
await using lake = await openSampleLake();
const counts: Record<string, number> = {};
for (const question of lines(q)) {
  const a = trino.get(question.id);
  if (!a) continue;
  let b: any;
  try {
    b = await lake.answer(question.sql);
  } catch (e) {
    b = { refused: `BUG ${e}` };
  }
  const v = compareAnswers(question, a, b);
  counts[v] = (counts[v] ?? 0) + 1;
  const bug = /BUG|Binder Error|Internal|not implemented/i.test(b.refused ?? '');
  if (SILENT.has(v) || bug || (v === 'local refuses' && show)) {
    const n = (x: any) => JSON.stringify(x ?? null).slice(0, 420);
    process.stdout.write(
      `${v}: ${question.sql}\n  trino: ${a.error ? a.message.slice(0, 200) : n(a.rows)} ${v.startsWith('types') ? a.types : ''}${v.startsWith('names') ? a.names : ''}\n  local: ${b.refused ? b.refused.slice(0, 300) : n(b.rows)} ${v.startsWith('types') ? b.types : ''}${v.startsWith('names') ? b.names : ''}\n`,
    );
  }
}
