import { readFileSync, writeFileSync } from 'node:fs';
import { trinoSetup } from './sample-data.ts';
import { openSampleLake } from './sample-lake.ts';

const [, , mode, ...rest] = process.argv;
if (mode === 'setup') {
  writeFileSync(
    rest[0]!,
    trinoSetup()
      .map((s) => JSON.stringify(s))
      .join('\n'),
  );
  process.exit(0);
}
await using lake = await openSampleLake();
const qs =
  mode === 'file'
    ? readFileSync(rest[0]!, 'utf8')
        .trim()
        .split('\n')
        .map((l) => JSON.parse(l))
    : rest.map((sql, i) => ({ id: String(i), sql }));
for (const q of qs) {
  try {
    const a = await lake.answer(q.sql);
    process.stdout.write(
      JSON.stringify({
        id: q.id,
        types: a.columns.map((c) => c.type),
        names: a.columns.map((c) => c.name),
        rows: a.rows,
      }) + '\n',
    );
  } catch (e: any) {
    process.stdout.write(
      JSON.stringify({ id: q.id, error: e.code ?? 'ERR', message: String(e.message) }) + '\n',
    );
    if (!e.code || process.env.DEBUG)
      process.stderr.write(q.id + ' ' + String(e.stack).slice(0, 1500) + '\n');
  }
}
