// The pages as somebody works through them: each line that local can do is run, in the order it stands, in a project
// of the page's own. The days of the pages are moved so that the newest one is yesterday.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { addDays, dayAt, listDays } from '../../src/etl/business-day.ts';
import { stopServer } from '../../src/local/mysql-server.ts';
import { localPaths } from '../../src/local/paths.ts';
import { linesOf, PAGES, type PageLine } from '../support/doc-pages.ts';
import { freePort } from '../support/free-port.ts';
import { runDp } from '../support/run-dp.ts';
import { installDp } from '../support/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'dp-docs-'));
const bin = join(folder, 'bin');
const platform = join(folder, 'platform');
const yesterday = addDays(dayAt(Date.now()), -1);

/** The newest day that the pages speak of. */
const NEWEST = '2026-11-22';
const daysLater = listDays({ from: NEWEST, to: yesterday }).length - 1;

/** These begin with an empty project; the others with a platform that has a week of days. */
const FROM_NOTHING = ['docs/local.md'];

/** What somebody who reads the page has in the folder. */
const SUPPOSED = {
  'report.sql': 'SELECT count(*) AS orders FROM orders',
  'report.py': 'import os; print(sorted(name for name in os.environ if name.startswith(("DP_", "MYSQL_"))))',
};

/** How long a command that ends with Ctrl-C may stay silent before it is pressed. */
const SILENT_MS = 4000;
const LINE_MS_MAX = 120_000;

before(async () => {
  mkdirSync(bin);
  mkdirSync(platform);
  installDp(bin);
  writeFileSync(join(platform, 'dp.config.json'), '{}');
  for (const args of [
    ['deploy', '--orders', '300', '--days', '30', '--seed', '5'],
    ['etl', 'run', '--from', addDays(yesterday, -6), '--to', yesterday],
  ]) {
    const { code, stderr } = await runDp(args, { cwd: platform });
    assert.equal(code, 0, stderr);
  }
  await stopServer(localPaths(platform));
});

after(async () => {
  await runDp(['destroy', '--confirm', 'local'], { cwd: platform });
  rmSync(folder, { recursive: true, force: true });
});

const pages = PAGES.filter(
  (page) => page !== 'README.ja.md' && linesOf(page).some((line) => line.how !== 'parse'),
);

for (const page of pages) {
  test(`${page}: every line does what the page says`, async () => {
    const root = join(folder, page.replaceAll(/\W/g, '-'));
    if (FROM_NOTHING.includes(page)) {
      mkdirSync(root);
      writeFileSync(join(root, 'dp.config.json'), '{}');
    } else {
      cpSync(platform, root, { recursive: true });
      // Starts what serves, as after a reboot.
      const { code, stderr } = await runDp(['deploy'], { cwd: root });
      assert.equal(code, 0, stderr);
    }
    for (const [name, text] of Object.entries(SUPPOSED)) writeFileSync(join(root, name), text);
    const started: ChildProcess[] = [];
    try {
      const port = String(await freePort());
      for (const line of linesOf(page)) {
        // npm's own lines set up and test this very checkout.
        if (line.how === 'parse' || /^(npm|node) /.test(line.command)) continue;
        await runLine({ line, root, started, command: adapted(line.command, port) });
      }
    } finally {
      for (const child of started) endGroup(child);
      await runDp(['destroy', '--confirm', 'local'], { cwd: root });
    }
  });
}

/** The page's line with days that are near, and a port that nobody has. */
function adapted(command: string, port: string): string {
  return command
    .replaceAll(/2026-\d\d-\d\d/g, (day) => addDays(day, daysLater))
    .replaceAll('13306', port)
    .replace(/^npx dp /, 'dp ');
}

interface RunLineInput {
  readonly line: PageLine;
  readonly root: string;
  readonly command: string;
  /** What goes on in the background. */
  readonly started: ChildProcess[];
}

async function runLine({ line, root, command, started }: RunLineInput): Promise<void> {
  const { NODE_TEST_CONTEXT: _test, DP_ENV: _env, ...inherited } = process.env;
  const child = spawn('bash', ['-c', command], {
    cwd: root,
    env: { ...inherited, HOME: root, PATH: `${bin}:${process.env.PATH}` },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  started.push(child);
  let said = '';
  const ended = once(child, 'exit');
  const spoke = Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), silence()]);
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  if (line.how === 'interrupt') {
    await spoke;
    endGroup(child, 'SIGINT');
  }
  const watch = setTimeout(() => endGroup(child), LINE_MS_MAX);
  const [code, signal] = await ended;
  clearTimeout(watch);
  const fine = line.how === 'interrupt' ? [0, 130] : [0, ...codesSaid(line.comment)];
  assert.ok(
    signal === null && fine.includes(code),
    `${line.place}: ${command}\nended with ${code ?? signal}:\n${said}`,
  );
}

/** `exit 3 when …` in a comment: the page says that it can end so. */
function codesSaid(comment: string): number[] {
  return [...comment.matchAll(/\b(?:exit|ends with) (\d+)/g)].map((match) => Number(match[1]));
}

function silence(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SILENT_MS).unref());
}

/** The shell and all it has started. */
function endGroup(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // It has ended.
  }
}
