import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { runDp } from './support/run-dp.ts';

interface Metafile {
  readonly outputs: Record<
    string,
    {
      readonly entryPoint?: string;
      readonly inputs: Record<string, unknown>;
      readonly imports: readonly {
        readonly path: string;
        readonly kind: string;
        readonly external?: boolean;
      }[];
    }
  >;
}

/** Too heavy to be loaded before a command knows that it needs it. */
const HEAVY =
  /@aws-sdk|@smithy|aws-cdk-lib|@aws-cdk|cdk-nag|constructs|@duckdb|mysql2|@inquirer|(^|\/)zod|hono|echarts|zrender|(^|\/)ws\//;

const metafile = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'dist', 'metafile.json'), 'utf8'),
) as Metafile;
const entries = Object.entries(metafile.outputs).filter(([, output]) => output.entryPoint !== undefined);
const doors = entries.filter(([path]) => /^dist\/(commands\/|src\/cli\/cli\.js)/.test(path));

/** Everything that loading this output loads at once: its inputs, and those of what it imports statically. */
function loadedWith(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const output = metafile.outputs[path];
  for (const input of Object.keys(output?.inputs ?? {})) seen.add(input);
  for (const one of output?.imports ?? []) {
    if (one.kind !== 'import-statement') continue;
    if (one.external === true) seen.add(one.path);
    else loadedWith(one.path, seen);
  }
  return seen;
}

test('no command loads anything heavy before it runs', () => {
  const heavy: string[] = [];
  for (const [path] of doors) {
    for (const loaded of loadedWith(path)) if (HEAVY.test(loaded)) heavy.push(`${path} loads ${loaded}`);
  }
  assert.ok(doors.length > 1, 'the bundle has commands');
  assert.deepEqual(heavy, []);
});

test('the walk over the bundle sees heavy things where they are', () => {
  const all = entries.flatMap(([path]) => [...loadedWith(path)]);
  const lazily = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  assert.ok(all.some((path) => path.includes('@oclif/core')));
  assert.ok(
    lazily.some((path) => HEAVY.test(path)),
    'something heavy is in the bundle, behind a dynamic import',
  );
});

test('the help that is answered at once is the one the commands give', async () => {
  const long = await runDp(['--help', '--no-color'], { env: { COLUMNS: '80' } });
  const atOnce = await runDp(['--help']);
  assert.equal(atOnce.stdout, long.stdout);
  assert.match((await runDp(['--version'])).stdout, /^dp\/\d+\.\d+\.\d+ \S+ node-v\d+/);
});
