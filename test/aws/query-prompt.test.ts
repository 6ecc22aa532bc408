// The prompt of `dp query` on a real terminal: a pseudo-terminal made by Python, because Node cannot make one.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { testPython } from '../support/aws-emulator.ts';
import { dpPath } from '../support/run-dp.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PTY = 'import pty, sys, os; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
const PROMPT = /local> \u001b\[8G$/;

class Terminal {
  #shown = '';
  readonly #child: ChildProcess;
  #wake: () => void = () => undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on('data', (data: Buffer) => {
      this.#shown += data.toString();
      this.#wake();
    });
  }

  /** Waits for `pattern` in what was shown since the last call, and gives all of that. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#shown)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const shown = this.#shown;
    this.#shown = '';
    return shown;
  }

  /** Waits for an answer that has `pattern` in it and for the prompt behind it: an editor may draw its prompt twice. */
  async answer(pattern: RegExp): Promise<void> {
    await this.until(new RegExp(`${pattern.source}[\\s\\S]*${PROMPT.source}`));
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }
}

async function openPrompt(t: TestContext, flags: readonly string[] = []) {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'dp.config.json'), '{"environments":{"local":{"kind":"local"}}}');
  const child = spawn(testPython(), ['-c', PTY, process.execPath, dpPath, 'query', ...flags], {
    cwd: folder,
    env: { ...process.env, TERM: 'xterm', NO_COLOR: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const terminal = new Terminal(child);
  await terminal.until(PROMPT);
  return { folder, child, terminal };
}

test('statements span lines, Tab completes, Ctrl-C stops one statement, and the history is kept', {
  timeout: 60_000,
}, async (t) => {
  const { folder, child, terminal } = await openPrompt(t);

  terminal.type('SELECT 20 + 1\n');
  await terminal.until(/ -> \u001b\[8G$/);
  terminal.type("AS answer, 'x;y' AS text;\n");
  await terminal.answer(/answer {2}text\r\n─+ {2}─+\r\n {4}21 {2}x;y/);

  terminal.type('never sent');
  await terminal.until(/never sent/);
  terminal.type('\u0003');
  await terminal.until(/\^C[\s\S]*local> \u001b\[8G$/);
  terminal.type('SELECT json_par');
  await terminal.until(/json_par$/);
  terminal.type('\t');
  await terminal.until(/se$/);
  terminal.type('\u0003');
  await terminal.until(PROMPT);

  terminal.type('SELECT nothing_here;\n');
  await terminal.answer(/Error: [\s\S]*nothing_here/);
  terminal.type('DROP TABLE t;\n');
  await terminal.answer(/DROP TABLE t changes things/);
  terminal.type('\\timing\n');
  await terminal.answer(/\\timing/);
  terminal.type('\\o json\n');
  await terminal.answer(/as json/);
  terminal.type('SELECT 1 AS one;\n');
  await terminal.answer(/"rows":\[\r\n\[1\][\s\S]*Time: /);

  terminal.type('\\q\n');
  const [code] = await once(child, 'exit');
  assert.equal(code, 0);
  const history = await readFile(join(folder, '.dp', 'local', 'query-history'), 'utf8');
  assert.match(history, /^SELECT 20 \+ 1 AS answer, 'x;y' AS text;\n/);
});

test('the limits that the prompt was opened with hold for each of its statements', {
  timeout: 60_000,
}, async (t) => {
  const { child, terminal } = await openPrompt(t, ['--max-cost', '0.00001']);
  terminal.type('SELECT 1;\n');
  await terminal.answer(/Error: The query would [\s\S]*more than\s+--max-cost \$0\.000010/);
  terminal.type('\\q\n');
  const [code] = await once(child, 'exit');
  assert.equal(code, 0);
});
