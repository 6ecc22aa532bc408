import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline/promises';
import { onOneLine, splitSql, statementKind } from '../athena/statement.ts';
import { guardStatement } from '../operations/query-guard.ts';
import { runQuery } from '../operations/run-query.ts';
import { describeError } from './describe-error.ts';
import { wrongConfirmation } from './errors.ts';
import { FORMATS, type Format } from './format/formatter.ts';
import { formatDuration } from './format/quantity.ts';
import { formatQueryFooter } from './format/query-footer.ts';
import { drawTable } from './format/table.ts';
import { visible } from './format/visible.ts';
import { openCompleter } from './query-completion.ts';
import { stdoutSink, withFileSink } from './result-sink.ts';
import { holdToLimits, type QueryCall, type QueryCallDeps, requestOf } from './run-query-command.ts';
import { sayLine, widthOf, writeAll } from './terminal.ts';

/** Statements of earlier prompts that the arrow keys reach. */
const HISTORY_MAX = 1000;
const HELP = [
  'A statement ends with ; and may span lines. Ctrl-C clears what is typed, or stops the statement that runs.',
  '\\d            tables              \\d TABLE    columns of a table',
  '\\o FORMAT     form of results (table, csv, json, ndjson, markdown)',
  '\\o FILE.csv   results to a file   \\o          back to the screen',
  '\\timing       how long each takes \\q          leave',
].join('\n');

interface PromptState {
  readonly call: QueryCall;
  readonly deps: QueryCallDeps;
  readonly reader: Interface;
  readonly database: string;
  readonly historyPath: string;
  format: Format;
  output: string | undefined;
  timing: boolean;
  running: AbortController | undefined;
  typed: string;
}

/** Reads statements from the terminal and runs them, until `\q` or Ctrl-D. */
export async function runQueryPrompt(call: QueryCall, deps: QueryCallDeps): Promise<void> {
  const { environment, projectRoot, lakeDatabase } = deps.settings;
  const database = call.database ?? lakeDatabase;
  const historyPath = join(projectRoot, '.dp', environment, 'query-history');
  const complete = openCompleter({ database, catalog: async () => (await deps.platform()).catalog() });
  const reader = createInterface({
    input: process.stdin,
    output: process.stderr,
    terminal: true,
    completer: complete,
    history: await readHistory(historyPath),
    historySize: HISTORY_MAX,
    removeHistoryDuplicates: true,
  });
  const state: PromptState = {
    call,
    deps,
    reader,
    database,
    historyPath,
    format: 'table',
    output: undefined,
    timing: false,
    running: undefined,
    typed: '',
  };
  sayLine(`${environment}, ${database}. Statements end with ; — \\? helps, \\q leaves.`);
  await readLines(state);
}

async function readLines(state: PromptState): Promise<void> {
  const { reader, deps } = state;
  reader.on('SIGINT', () => {
    if (state.running !== undefined) return state.running.abort(new Error('stopped'));
    state.typed = '';
    process.stderr.write('^C\n');
    // The line editor keeps what is typed: to its end, and away with all before it.
    reader.write(null, { ctrl: true, name: 'e' });
    reader.write(null, { ctrl: true, name: 'u' });
    ask(state);
  });
  deps.signal.addEventListener('abort', () => {
    state.running?.abort(deps.signal.reason);
    reader.close();
  });
  ask(state);
  for await (const line of reader) {
    if (state.typed === '' && line.trim().startsWith('\\')) {
      if (/^\\q\b/.test(line.trim())) break;
      await orSay(() => runBackslash(line.trim(), state));
    } else await takeLine(line, state);
    ask(state);
  }
  reader.close();
}

function ask({ reader, typed, deps }: PromptState): void {
  if (deps.signal.aborted) return;
  reader.setPrompt(
    typed === ''
      ? `${deps.settings.environment}> `
      : `${' '.repeat(deps.settings.environment.length - 1)}-> `,
  );
  reader.prompt();
}

async function takeLine(line: string, state: PromptState): Promise<void> {
  state.typed += state.typed === '' ? line : `\n${line}`;
  const { statements, rest } = splitSql(state.typed);
  if (statements.length === 0) {
    if (state.typed.trim() === '') state.typed = '';
    return;
  }
  state.typed = rest.trim() === '' ? '' : rest.trimStart();
  for (const statement of statements) {
    await keep(state.historyPath, statement);
    await orSay(() => runStatement(statement, state));
  }
}

async function runStatement(text: string, state: PromptState): Promise<void> {
  const { call, deps, database } = state;
  const started = performance.now();
  const sql = await guardStatement(
    { sql: text, write: call.write },
    { confirm: (what, name) => confirmTyped(what, name, state) },
  );
  const controller = new AbortController();
  state.running = controller;
  try {
    const request = requestOf(call, { sql, database }, { ...deps, signal: controller.signal });
    await holdToLimits(request, call, deps);
    const warehouse = await (await deps.platform()).warehouse();
    const run = (sink: ReturnType<typeof stdoutSink>) => runQuery(request, { warehouse, sink });
    const { output: path, format } = state;
    const work = () => (path === undefined ? run(stdoutSink(format)) : withFileSink({ path, format }, run));
    const stats = await (statementKind(sql).effect === 'read' ? work() : deps.change(work));
    deps.say(formatQueryFooter(stats));
  } finally {
    state.running = undefined;
    if (state.timing) sayLine(`Time: ${formatDuration(performance.now() - started)}`);
  }
}

async function confirmTyped(what: string, name: string, { reader }: PromptState): Promise<void> {
  const typed = (await reader.question(`${what}. Type ${name} to go on: `)).trim();
  if (typed !== name) throw wrongConfirmation(typed, name);
}

async function runBackslash(line: string, state: PromptState): Promise<void> {
  const [command = '', argument = ''] = line.split(/\s+/, 2);
  switch (command) {
    case '\\d':
      return writeAll(process.stdout, await describe(argument.replace(/;$/, ''), state));
    case '\\timing':
      state.timing = !state.timing;
      return sayLine(`Timing is ${state.timing ? 'on' : 'off'}.`);
    case '\\o':
      return chooseOutput(argument, state);
    default:
      return sayLine(HELP);
  }
}

function chooseOutput(argument: string, state: PromptState): void {
  const ending = argument.split('.').at(-1) ?? '';
  const format = FORMATS.find((one) => one === argument || one === (ending === 'md' ? 'markdown' : ending));
  if (argument === '' || argument === format) {
    state.output = undefined;
    state.format = format ?? 'table';
  } else {
    state.output = argument;
    state.format = format ?? 'csv';
  }
  sayLine(
    `Results go ${state.output === undefined ? 'to the screen' : `to ${state.output}`} as ${state.format}.`,
  );
}

async function describe(name: string, { deps, database }: PromptState): Promise<string> {
  const catalog = await (await deps.platform()).catalog();
  if (name === '') {
    const tables = await catalog.listTables(database);
    return drawTable(
      ['table', 'format', 'description'],
      tables.map((table) => [table.name, table.format, table.description ?? '']),
      [],
      widthOf(process.stdout),
    );
  }
  const [table = '', schema = database] = name.toLowerCase().split('.').reverse();
  const found = await catalog.findTable({ database: schema, table });
  if (found === undefined) return `There is no table ${name} in ${schema}.\n`;
  const columns = [
    ...found.columns,
    ...found.partitionKeys.map((key) => ({ ...key, comment: 'partition key' })),
  ];
  return drawTable(
    ['column', 'type', 'comment'],
    columns.map((column) => [column.name, column.type, column.comment ?? '']),
    [],
    widthOf(process.stdout),
  );
}

/** Says what went wrong and goes on: one wrong statement does not end the prompt. */
async function orSay(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { report } = describeError(error);
    const message = visible(report.message, { keepNewlines: true });
    sayLine(error instanceof Error && error.message === 'stopped' ? 'Stopped.' : `Error: ${message}`);
    for (const step of report.code === 'bug' ? [] : report.nextSteps) sayLine(`  Try: ${step}`);
  }
}

async function readHistory(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean).slice(-HISTORY_MAX).reverse();
}

/**
 * One line an entry, readable by its owner only. A statement that does not fit one line is not kept, and a history
 * that cannot be written is not worth an error.
 */
async function keep(path: string, statement: string): Promise<void> {
  const line = onOneLine(statement);
  if (line === undefined) return;
  try {
    await mkdir(dirname(path), { recursive: true });
    await appendFile(path, `${line};\n`, { mode: 0o600 });
  } catch {}
}
