// A fresh session as an operator sees it, in a real terminal: narrow and wide, with colours and without.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import stringWidth from 'string-width';
import { addDays, dayAt } from '../../src/etl/business-day.ts';
import { runDp } from '../support/run-dp.ts';
import { installDp, Terminal } from '../support/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'dp-screen-'));
const bin = join(folder, 'bin');
const projects: string[] = [];
const yesterday = addDays(dayAt(Date.now()), -1);

const PROMPT = /^> *$/;
const CJK = `SELECT * FROM (VALUES ('山田太郎', '東京都千代田区丸の内一丁目九番一号 丸の内中央ビル', 12), ('Bo', 'Oslo', 3456)) AS t (name, address, orders)`;

before(() => {
  mkdirSync(bin);
  installDp(bin);
});

after(async () => {
  for (const project of projects) await runDp(['destroy', '--confirm', 'local'], { cwd: project });
  rmSync(folder, { recursive: true, force: true });
});

class Session implements Disposable {
  readonly terminal: Terminal;
  readonly columns: number;

  constructor(columns: number, env: Readonly<Record<string, string>>) {
    const project = mkdtempSync(join(folder, 'project-'));
    projects.push(project);
    writeFileSync(join(project, 'dp.config.json'), '{}');
    const PATH = `${bin}:${process.env.PATH}`;
    const command = ['bash', '--norc', '--noprofile'];
    this.columns = columns;
    const variables = { PATH, HOME: folder, PS1: '> ', TERM: 'xterm-256color', ...env };
    this.terminal = Terminal.open({ columns, rows: 50, cwd: project, env: variables, command });
  }

  async start(line: string): Promise<void> {
    await this.terminal.clear(PROMPT);
    this.terminal.type(line);
    this.terminal.press('Enter');
  }

  /** Runs a line to its end and gives what it has left on the screen. */
  async run(line: string, code = 0): Promise<string[]> {
    await this.start(`${line}; echo "ended: $?"`);
    const lines = await this.terminal.waitFor(/^ended: \d+$/m);
    assert.equal(
      lines.find((one) => one.startsWith('ended: ')),
      `ended: ${code}`,
      lines.join('\n'),
    );
    const said = lines.slice(
      1,
      lines.findIndex((one) => one.startsWith('ended: ')),
    );
    // A line that the terminal had to break is one that dp did not fit: it shows as a full line and a rest.
    assert.deepEqual(
      said.filter((one) => stringWidth(one) > this.columns),
      [],
    );
    return said;
  }

  [Symbol.dispose](): void {
    this.terminal[Symbol.dispose]();
  }
}

const CASES = [
  { columns: 80, name: 'with colour', env: {}, flag: '', coloured: true },
  { columns: 80, name: 'with NO_COLOR', env: { NO_COLOR: '1' }, flag: '', coloured: false },
  { columns: 200, name: 'with colour', env: {}, flag: '', coloured: true },
  { columns: 200, name: 'with --no-color', env: {}, flag: ' --no-color', coloured: false },
] as const;

for (const { columns, name, env, flag, coloured } of CASES) {
  test(`a fresh session at ${columns} columns ${name}`, async () => {
    using session = new Session(columns, env);
    const { terminal } = session;
    const colours = (): void => {
      // SGR codes that set a colour or weight; tmux itself resets with 0, 10 and 39.
      const painted = /\u001b\[(1|2|3[1-6])m/.test(terminal.colouredText());
      assert.equal(painted, coloured, terminal.colouredText());
    };

    const deployed = await session.run(`dp deploy --orders 200 --days 5${flag}`);
    fits(deployed, columns);
    for (const said of [
      /^✔ .* created and started/m,
      /^✔ Made 200 orders/m,
      /^The environment local is deployed\./m,
    ])
      assert.match(deployed.join('\n'), said);
    const refused = await session.run(`dp etl show --date 2026-02-30${flag}`, 64);
    fits(refused, columns);
    assert.match(refused.join('\n'), /^Error: `2026-02-30` is not a day.*\n(.*\n)? {2}Try: /);
    colours();

    await session.start(
      `dp etl run --from ${addDays(yesterday, -2)} --to ${yesterday}${flag}; echo "ended: $?"`,
    );
    await terminal.waitFor(/^[█░]{24} {2}\d of 3 days$/m);
    const loaded = await terminal.waitFor(/^ended: 0$/m);
    assert.equal(loaded.filter((line) => /verified, \d+ rows in \d tables$/.test(line)).length, 3);
    assert.doesNotMatch(loaded.join('\n'), /[█░]/, 'the bar is gone when there is nothing to wait for');
    fits(loaded.slice(1), columns);

    const table = await session.run(`dp query "${CJK}"${flag}`);
    const [head = '', rule = '', ...rows] = table.filter((line) => /^(name|─|山田|Bo)/.test(line));
    assert.equal(rows.length, 2);
    for (const row of [head, ...rows]) assert.equal(stringWidth(row), stringWidth(rule), table.join('\n'));
    fits(table.slice(-4), columns);
    const wide = await session.run(`dp query "SELECT * FROM orders LIMIT 3"${flag}`);
    fits(wide, columns);
    assert.equal(
      wide.some((line) => line.includes('…')),
      columns === 80,
      'cells are cut only where they must be',
    );
    const status = await session.run(`dp status${flag}`);
    assert.match(status.join('\n'), /verified up to/);
    fits(await session.run(`dp etl status${flag}`), columns);
    colours();

    await session.start(`dp destroy${flag}; echo "ended: $?"`);
    const asked = await terminal.waitFor(/Type local to go on:/);
    assert.match(asked.join('\n'), /deletes its database and its lake\.\n/);
    terminal.press('C-c');
    await terminal.waitFor(/^ended: 130$/m);
    // The terminal is the shell's again: what is typed shows, and its end is seen.
    assert.deepEqual(await session.run("stty -a | grep -o ' echo '"), [' echo']);
    await session.start(`dp destroy${flag}; echo "ended: $?"`);
    await terminal.waitFor(/Type local to go on:/);
    terminal.type('production');
    terminal.press('Enter');
    await terminal.waitFor(/`production` does not name `local`(.|\n)*ended: 4/);
    colours();
  });
}

test('a bar shows how far a big shop has come, and is gone when it is there', async () => {
  using session = new Session(80, {});
  const { terminal } = session;
  await session.run('dp deploy --orders 0');
  await session.start('dp db seed --orders 60000 --days 5; echo "ended: $?"');
  await terminal.waitFor(/[█░]{24} {2}[\d,]+ of 60,000 orders/);
  const lines = await terminal.waitFor(/^ended: 0$/m);
  assert.doesNotMatch(lines.join('\n'), /[█░]|of 60,000/);
  assert.match(lines.join('\n'), /^Seeded: customers /m);
});

test('Ctrl-C in the middle of days stops, says so, and gives the terminal back', async () => {
  using session = new Session(80, {});
  const { terminal } = session;
  await session.run('dp deploy --orders 200 --days 5');
  await session.start(`dp etl run --from ${addDays(yesterday, -60)} --to ${yesterday}; echo "ended: $?"`);
  await terminal.waitFor(/[█░]{24} {2}[1-9]\d? of 61 days/);
  terminal.press('C-c');
  const lines = await terminal.waitFor(/^ended: 130$/m);
  assert.doesNotMatch(lines.join('\n'), /[█░]/);
  assert.deepEqual(await session.run("stty -a | grep -o ' echo '"), [' echo']);
});

/** No line is one that the terminal had to break in the middle of a word. */
function fits(lines: readonly string[], columns: number): void {
  lines.forEach((line, at) => {
    const next = lines[at + 1] ?? '';
    const broken = stringWidth(line) >= columns - 1 && /\w$/.test(line) && /^\w/.test(next);
    assert.ok(!broken, `broken at ${columns} columns:\n${line}\n${next}`);
  });
}
