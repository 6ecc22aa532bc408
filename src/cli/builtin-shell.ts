import { appendFile, readFile } from 'node:fs/promises';
import { createInterface, type Interface } from 'node:readline/promises';
import { splitStatements } from '../mysql/split-statements.ts';
import type { SqlSession } from '../platform/database.ts';
import { describeError } from './describe-error.ts';
import { formatCount } from './format/quantity.ts';
import { tableFormatter } from './format/table.ts';
import { sayLine, widthOf, writeAll } from './terminal.ts';

/** Lines of earlier shells that the arrow keys reach. */
const HISTORY_LINES_MAX = 1000;
/** Never kept in the history: a statement that sets a password. */
const SECRET = /\b(IDENTIFIED|PASSWORD)\b/i;

export interface BuiltinShellInput {
  readonly session: SqlSession;
  readonly historyPath: string;
  readonly prompt: string;
}

/**
 * A plain SQL prompt: statements end with `;` and may span lines, `\q` or Ctrl-D leaves, Ctrl-C clears what is
 * being typed. Without a terminal it reads statements from standard input.
 */
export async function runBuiltinShell(input: BuiltinShellInput): Promise<void> {
  const terminal = process.stdin.isTTY === true;
  const reader = createInterface({
    input: process.stdin,
    output: process.stderr,
    terminal,
    prompt: terminal ? `${input.prompt}> ` : '',
    history: await readHistory(input.historyPath),
    historySize: HISTORY_LINES_MAX,
    removeHistoryDuplicates: true,
  });
  if (terminal) sayLine('Statements end with ; — \\q leaves.');
  await readStatements(reader, input);
}

async function readStatements(
  reader: Interface,
  { session, historyPath, prompt }: BuiltinShellInput,
): Promise<void> {
  let pending = '';
  let closed = false;
  reader.once('close', () => {
    closed = true;
  });
  reader.on('SIGINT', () => {
    pending = '';
    process.stderr.write('^C\n');
    reader.setPrompt(`${prompt}> `);
    reader.prompt();
  });
  reader.prompt();
  for await (const line of reader) {
    if (pending === '' && /^\s*(\\q|exit|quit)\s*;?\s*$/i.test(line)) break;
    pending += `${line}\n`;
    if (/;\s*$/.test(pending)) {
      for (const statement of splitStatements(pending)) {
        if (!SECRET.test(statement)) await keep(historyPath, statement);
        await runStatement(session, statement);
      }
      pending = '';
    } else if (pending.trim() === '') pending = '';
    if (process.stdin.isTTY === true) reader.setPrompt(pending === '' ? `${prompt}> ` : '      -> ');
    if (!closed) reader.prompt();
  }
  reader.close();
  for (const statement of splitStatements(pending)) await runStatement(session, statement);
}

async function runStatement(session: SqlSession, statement: string): Promise<void> {
  try {
    const started = performance.now();
    const { columns, rows, affectedRows } = await session.query(statement);
    const width = widthOf(process.stdout);
    const terminal = width !== undefined;
    const formatter = tableFormatter({ columns, terminal, ...(terminal ? { widthMax: width } : {}) });
    if (columns.length > 0)
      await writeAll(process.stdout, formatter.head() + formatter.rows(rows) + formatter.tail());
    const count =
      affectedRows === undefined
        ? formatCount(rows.length, 'row')
        : `${formatCount(affectedRows, 'row')} affected`;
    sayLine(`${count} in ${Math.round(performance.now() - started)} ms`);
  } catch (error) {
    sayLine(`Error: ${describeError(error).report.message}`);
  }
}

async function readHistory(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean).slice(-HISTORY_LINES_MAX).reverse();
}

/** One line an entry, readable by its owner only. A history that cannot be written is not worth an error. */
async function keep(path: string, statement: string): Promise<void> {
  await appendFile(path, `${statement.replaceAll('\n', ' ')};\n`, { mode: 0o600 }).catch(() => undefined);
}
