// The Tab key in real shells: what is offered, what is put in, and what the command is then given.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { promisify } from 'node:util';
import { openFileJournal } from '../../src/local/journal.ts';
import { localPaths } from '../../src/local/paths.ts';
import { openLocalQueryHistory } from '../../src/local/query-history.ts';
import { until } from '../../src/std/deadline.ts';
import { repositoryRoot, runDp } from '../support/run-dp.ts';
import { installDp, Terminal } from '../support/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'dp-tab-'));
const project = join(folder, 'project');
const bin = join(folder, 'bin');
const given = join(folder, 'given');
const trap = join(folder, 'trap');
const env = {
  PATH: `${bin}:${process.env.PATH}`,
  HOME: folder,
  AWS_CONFIG_FILE: join(folder, 'aws-config'),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, 'aws-credentials'),
  PS1: '> ',
};

before(async () => {
  for (const one of [project, bin]) mkdirSync(one);
  // What is not completion writes down what it was given: the proof that the shell read what was put in.
  installDp(bin, `printf '%s\\n' "$@" > '${given}.new' && mv '${given}.new' '${given}'`);
  const environments = { local: { kind: 'local' }, staging: { kind: 'aws' }, production: { kind: 'aws' } };
  writeFileSync(join(project, 'dp.config.json'), JSON.stringify({ environments }));
  writeFileSync(join(project, 'report.sql'), 'SELECT 1');
  writeFileSync(
    env.AWS_CONFIG_FILE,
    `[default]\n[profile shop staging]\n[profile team:ops]\n[profile $(touch ${trap})]\n[profile \`touch ${trap}\`]\n`,
  );
  writeFileSync(env.AWS_SHARED_CREDENTIALS_FILE, '[keys]\n');
  const paths = localPaths(project);
  const history = openLocalQueryHistory({ folder: join(paths.root, 'queries') });
  await history.save({ name: 'daily sales', sql: 'SELECT 1', database: undefined });
  await history.save({ name: '日次 売上', sql: 'SELECT 2', database: undefined });
  const journal = openFileJournal({ path: paths.journal });
  const startedAt = '2026-11-22T00:00:00.000Z';
  await journal.begin({ id: 'c0ffee', startedAt, who: 'me@here', command: 'dp etl run --date 2026-11-21' });
  const inverse = { kind: 'roll-back-day', date: '2026-11-21', fromRunId: 'r' } as const;
  await journal.end({
    id: 'c0ffee',
    startedAt,
    endedAt: startedAt,
    state: 'done',
    ids: {},
    inverses: [inverse],
  });
});

after(() => rmSync(folder, { recursive: true, force: true }));

const script = (shell: string): string => join(repositoryRoot, 'bin', 'completion', `dp.${shell}`);

const SHELLS = {
  bash: {
    command: ['bash', '--norc', '--noprofile'],
    load: `bind 'set show-all-if-ambiguous on'; . '${script('bash')}'`,
  },
  zsh: {
    command: ['zsh', '-f'],
    load: `PS1='> '; autoload -U compinit; compinit -D; unsetopt LIST_AMBIGUOUS; . '${script('zsh')}'`,
  },
  fish: {
    command: ['fish', '--no-config'],
    load: `function fish_prompt; echo '> '; end; . '${script('fish')}'`,
  },
} as const;
const PROMPT = /^> *$/;
type ShellName = keyof typeof SHELLS;

async function openShell(name: ShellName): Promise<Terminal> {
  const { command, load } = SHELLS[name];
  const terminal = Terminal.open({ columns: 120, rows: 40, cwd: project, env, command });
  await terminal.waitFor((lines) => lines.some((line) => /[>#$%] *$/.test(line)));
  terminal.type(`${load}; echo lo''aded`);
  terminal.press('Enter');
  await terminal.waitFor(/^loaded$/m);
  return terminal;
}

/** Types a line, completes its end, runs it, and gives the arguments that dp got. */
async function complete(terminal: Terminal, line: string, expected: RegExp): Promise<string[]> {
  rmSync(given, { force: true });
  await terminal.clear(PROMPT);
  terminal.type(line);
  terminal.press('Tab');
  await terminal.waitFor(expected);
  terminal.press('Enter');
  const got = await until(async () => (existsSync(given) ? readFileSync(given, 'utf8') : undefined), {
    timeoutMs: 5000,
    everyMs: 50,
  });
  assert.ok(got !== undefined, terminal.lines().join('\n'));
  return got.trimEnd().split('\n');
}

/** What is offered for a line that has more than one end. */
async function offered(terminal: Terminal, line: string, one: RegExp): Promise<string> {
  await terminal.clear(PROMPT);
  terminal.type(line);
  terminal.press('Tab');
  const lines = await terminal.waitFor(one);
  terminal.press('C-u');
  return lines.join('\n');
}

for (const name of Object.keys(SHELLS) as ShellName[]) {
  test(`${name}: commands, flags and values are put in, and reach dp as they are`, async () => {
    using terminal = await openShell(name);
    const cases: [line: string, shown: RegExp, got: string[]][] = [
      ['dp etl recon', /dp etl reconcile/, ['etl', 'reconcile']],
      ['dp db tunnel --ready', /--ready-file/, ['db', 'tunnel', '--ready-file']],
      ['dp query --env stag', /--env staging/, ['query', '--env', 'staging']],
      ['dp query --env=prod', /--env=production/, ['query', '--env=production']],
      [
        'dp secrets show --env local --profile team',
        /team\\?:ops/,
        ['secrets', 'show', '--env', 'local', '--profile', 'team:ops'],
      ],
      ['dp query --profile shop', /shop\\ staging/, ['query', '--profile', 'shop staging']],
      ['dp query --saved "daily', /"daily sales"/, ['query', '--saved', 'daily sales']],
      ["dp query --saved 'daily", /'daily sales'/, ['query', '--saved', 'daily sales']],
      ['dp query --saved 日', /日次\\ 売上/, ['query', '--saved', '日次 売上']],
      ['dp etl run --only missing,fa', /missing,failed/, ['etl', 'run', '--only', 'missing,failed']],
      ['dp undo c0', /c0ffee/, ['undo', 'c0ffee']],
      ['dp logs rot', /rotation/, ['logs', 'rotation']],
      ['dp query --file rep', /report\.sql/, ['query', '--file', 'report.sql']],
      ['dp query --chart sp', /--chart spark/, ['query', '--chart', 'spark']],
      [
        'dp job run --env staging staging-',
        /staging-data-pipeline-sample-daily/,
        ['job', 'run', '--env', 'staging', 'staging-data-pipeline-sample-daily'],
      ],
    ];
    for (const [line, shown, got] of cases)
      assert.deepEqual(await complete(terminal, line, shown), got, line);
  });

  test(`${name}: what fits is offered, with what it means where the shell has room for it`, async () => {
    using terminal = await openShell(name);
    const days = await offered(terminal, 'dp etl run --date ', /20\d\d-\d\d-\d\d/);
    if (name !== 'bash') assert.match(days, /\d{4}-\d\d-\d\d +\(?missing/);
    const topics = await offered(terminal, 'dp etl ', /reconcile/);
    for (const word of ['run', 'status', 'schedule', 'rollback'])
      assert.match(topics, new RegExp(`\\b${word}\\b`));
    const tables = await offered(terminal, 'dp catalog show ', /daily_sales/);
    assert.match(tables, /order_items/);
  });

  test(`${name}: a value that looks like a command is a value, and nothing runs`, async () => {
    using terminal = await openShell(name);
    await offered(terminal, 'dp query --profile ', /touch/);
    const got = await complete(terminal, 'dp query --profile \\$', /touch/);
    assert.deepEqual(got, ['query', '--profile', `$(touch ${trap})`]);
    assert.equal(existsSync(trap), false);
  });
}

test('dp completion prints the file that the shell loads', async () => {
  for (const shell of Object.keys(SHELLS)) {
    const { code, stdout } = await runDp(['completion', shell]);
    assert.equal(code, 0);
    assert.equal(stdout, readFileSync(script(shell), 'utf8'));
  }
  assert.equal((await runDp(['completion', 'tcsh'])).code, 64);
});

test('a broken project, a question that makes no sense and an unknown shell are answered with nothing', async () => {
  const broken = join(folder, 'broken');
  mkdirSync(broken);
  writeFileSync(join(broken, 'dp.config.json'), '{');
  for (const args of [
    ['bash', 'dp query --env '],
    ['fish', 'nonsense', 'more', ''],
    ['tcsh', 'dp '],
    ['bash'],
    [],
  ]) {
    const { code, stdout, stderr } = await runDp(['__complete', ...args], { cwd: broken });
    assert.equal(code, 0);
    assert.doesNotMatch(`${stdout}${stderr}`, /error|staging|\bat /i, args.join(' '));
  }
});

test('days are offered by what can be done with them', async () => {
  const ask = async (command: string): Promise<string[]> => {
    const words = command.split(' ').slice(1);
    const { stdout } = await runDp(['__complete', 'zsh', ...words], { cwd: project });
    return stdout.trim().split('\n').slice(1);
  };
  const toLoad = await ask('dp etl run --date ');
  assert.equal(toLoad.length, 35);
  assert.deepEqual(await ask('dp etl show --date '), []);
});

test('a completion is answered in the time of a key press: within eight times an empty Node', async () => {
  const empty: number[] = [];
  const answer: number[] = [];
  const timed = async (times: number[], run: () => Promise<unknown>): Promise<void> => {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  };
  for (let round = 0; round < 7; round++) {
    await timed(empty, () => promisify(execFile)(process.execPath, ['-e', '0']));
    await timed(answer, () => runDp(['__complete', 'zsh', 'etl', 'run', '--date', ''], { cwd: project }));
  }
  const [shortest, least] = [Math.min(...answer), Math.min(...empty)];
  assert.ok(shortest < least * 8, `${shortest.toFixed(0)} ms; an empty Node takes ${least.toFixed(0)} ms`);
});
