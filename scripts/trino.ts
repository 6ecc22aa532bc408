// `npm run test:trino`: asks Trino's own engine and dp's local one the same questions and compares rows, types and names.
//   --queries N       generated queries besides the cases (default 5000)
//   --seed S          where the generated queries start (default: the day)
//   --skip N          leaves out the first N generated queries and all cases, to ask a long list in parts
//   --write-goldens   keeps Trino's answers in test/fixtures, for the tests that run without it: those to the
//                     cases, and those to generated queries when there are any
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import {
  compareAnswers,
  type Question,
  SILENT,
  type TrinoAnswer,
  type Verdict,
} from '../test/athena/compare-answers.ts';
import { QueryGenerator } from '../test/athena/query-generator.ts';
import { trinoSetup } from '../test/athena/sample-data.ts';
import { openSampleLake } from '../test/athena/sample-lake.ts';
import { ensureComponent } from './components.ts';

const root = join(import.meta.dirname, '..');
const MILLIS_PER_DAY = 86_400_000;
const { values: options } = parseArgs({
  options: {
    queries: { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(Math.floor(Date.now() / MILLIS_PER_DAY)) },
    skip: { type: 'string', default: '0' },
    'write-goldens': { type: 'boolean', default: false },
  },
});

const skip = Number(options.skip);
const generated = generatedQuestions(Number(options.queries), Number(options.seed));
const questions = [...(skip === 0 ? readQuestions() : []), ...generated];
console.log(`${questions.length} questions, generated from seed ${options.seed}`);
const answers = await askTrino(questions);
if (options['write-goldens']) writeGoldens(questions, answers);
process.exitCode = (await compareAll(questions, answers)) ? 0 : 1;

/** The cases, and the queries written by hand beside them. */
function readQuestions(): Question[] {
  const cases = JSON.parse(
    readFileSync(join(root, 'test/fixtures/athena-sql-cases.json'), 'utf8'),
  ) as (Question & { group: string })[];
  const asked = cases.filter(
    ({ group, sql }) =>
      group !== 'ddl' &&
      !/^(?:SHOW|DESCRIBE|MSCK|PREPARE|EXPLAIN)|"\$path"|\$partitions|information_schema/i.test(sql),
  );
  return [
    ...asked.map(({ id, sql }) => ({ id, sql })),
    ...linesOf('athena-sql-queries.sql', 'line'),
    ...linesOf('analyst-queries.sql', 'analyst'),
  ];
}

/** Queries written by hand, one a line. */
function linesOf(file: string, name: string): Question[] {
  const lines = readFileSync(join(root, 'test/fixtures', file), 'utf8').split('\n');
  const queries = lines.filter((line) => line !== '' && !line.startsWith('--'));
  return queries.map((sql, index) => ({ id: `${name}-${index + 1}`, sql }));
}

function generatedQuestions(count: number, seed: number): Question[] {
  const generator = new QueryGenerator(seed);
  const all = Array.from({ length: skip + count }, (_, index) => ({
    id: `${seed}-${index}`,
    sql: generator.query(),
  }));
  return all.slice(skip);
}

async function askTrino(asked: readonly Question[]): Promise<TrinoAnswer[]> {
  const { DP_TRINO_CLASSPATH: classpath = '' } = await ensureComponent('trino');
  const folder = mkdtempSync(join(tmpdir(), 'dp-trino-'));
  try {
    const lines = (items: readonly unknown[]): string =>
      `${items.map((item) => JSON.stringify(item)).join('\n')}\n`;
    writeFileSync(join(folder, 'tables'), lines(trinoSetup()));
    writeFileSync(join(folder, 'questions'), lines(asked));
    const files = ['tables', 'questions', 'answers'].map((name) => join(folder, name));
    // Every query is new code to the JVM: the quick compiler alone is several times faster than both.
    const flags = ['-Xmx1500m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
    await run('java', [...flags, '-cp', classpath, join(root, 'test/trino/Oracle.java'), ...files]);
    return readFileSync(join(folder, 'answers'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as TrinoAnswer);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(program: string, values: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, values, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (data: Buffer) => {
      said = (said + data.toString()).slice(-4000);
    });
    child.on('error', reject);
    child.on('close', (status) =>
      status === 0 ? resolve() : reject(new Error(`${program} ended with ${status}:\n${said}`)),
    );
  });
}

function writeGoldens(asked: readonly Question[], given: readonly TrinoAnswer[]): void {
  const lines = asked.map((question, index) => JSON.stringify({ ...given[index], sql: question.sql }));
  const write = (file: string, kept: readonly string[]): void =>
    writeFileSync(join(root, 'test/fixtures', file), gzipSync(kept.join('\n'), { level: 9 }));
  const cases = lines.length - generated.length;
  if (cases > 0) write('trino-answers-cases.jsonl.gz', lines.slice(0, cases));
  if (generated.length > 0) write('trino-answers-generated.jsonl.gz', lines.slice(cases));
}

async function compareAll(asked: readonly Question[], given: readonly TrinoAnswer[]): Promise<boolean> {
  await using lake = await openSampleLake();
  const counts = new Map<Verdict, number>();
  for (const [index, question] of asked.entries()) {
    const trino = given[index];
    if (trino?.id !== question.id) throw new Error(`no answer to ${question.id}`);
    const local = await lake.answer(question.sql);
    const verdict = compareAnswers(question, trino, local);
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
    if (!SILENT.has(verdict)) continue;
    console.log(
      `${verdict}: ${question.id}: ${question.sql}\n  trino: ${JSON.stringify(trino)}\n  local: ${JSON.stringify(local)}`,
    );
  }
  console.log(Object.fromEntries(counts));
  return [...counts.keys()].every((verdict) => !SILENT.has(verdict));
}
