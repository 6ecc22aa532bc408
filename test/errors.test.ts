// What an operator is told when something goes wrong. That every maker is called somewhere in the tests is
// found out at the end of `npm test` (scripts/test.ts), which watches all of its processes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { EXIT_CODES } from '../src/cli/exit-codes.ts';
import { commandExists } from './support/check-command-words.ts';
import { errorFiles, failureMakers, makersNotReached } from './support/failure-makers.ts';
import { loadCommands } from './support/parse-dp-line.ts';
import { repositoryRoot, runDp } from './support/run-dp.ts';

const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');
const tracked = execFileSync('git', ['ls-files', 'src', 'commands', 'infra', 'bin'], { cwd: repositoryRoot })
  .toString()
  .split('\n')
  .filter((file) => /\.(ts|js)$/.test(file) && existsSync(join(repositoryRoot, file)));

test('every maker is called by dp itself', () => {
  const texts = tracked.map((file) => ({ file, text: read(file) }));
  const unused = failureMakers().filter(({ name, file }) => {
    const called = new RegExp(`\\b${name}\\b`, 'g');
    return !texts.some((one) => (one.text.match(called)?.length ?? 0) > (one.file === file ? 1 : 0));
  });
  assert.ok(failureMakers().length > 100);
  assert.deepEqual(unused, []);
});

test('the pages that errors name exist, and so do the commands they tell to try', async () => {
  const config = await loadCommands();
  const wrong: string[] = [];
  for (const file of errorFiles()) {
    const text = read(file);
    for (const [page] of text.matchAll(/\bdocs\/[\w/-]+\.md/g))
      if (!existsSync(join(repositoryRoot, page))) wrong.push(`${file}: ${page}`);
    for (const [, step = ''] of text.matchAll(/['"`](?:[A-Z][\w ,']*: )?(dp [^'"`\n]*)/g)) {
      const words = step.replaceAll(/\$\{[^}]*\}?/g, 'NAME').replaceAll(/[.,;:]($|\s)/g, '$1');
      if (!commandExists(words, config)) wrong.push(`${file}: ${step}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('docs/exit-codes.md has a row for each code that dp ends with', () => {
  const rows = [...read('docs/exit-codes.md').matchAll(/^\| +([\d, ]+?) +\|/gm)].flatMap((match) =>
    (match[1] ?? '').split(', ').map(Number),
  );
  assert.deepEqual(
    Object.values(EXIT_CODES).filter((code) => !rows.includes(code)),
    [],
  );
});

test('which makers were called is noted, in this process and in those of dp', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dp-seen-'));
  const recorder = `--import=${join(repositoryRoot, 'test', 'support', 'record-failures.js')}`;
  const env = { DP_FAILURES_SEEN: folder, NODE_OPTIONS: recorder };
  await runDp(['nonsense'], { env });
  const source = "import('./src/lake/errors.ts').then((one) => one.contractInvalid('a', 'b'))";
  execFileSync(process.execPath, ['-e', source], { cwd: repositoryRoot, env: { ...process.env, ...env } });
  const left = makersNotReached(folder).map((maker) => `${maker.name} ${maker.file}`);
  assert.ok(!left.includes('unknownCommand src/cli/errors.ts'));
  assert.ok(!left.includes('contractInvalid src/lake/errors.ts'));
  assert.equal(left.length, failureMakers().length - 2);
  rmSync(folder, { recursive: true });
});
