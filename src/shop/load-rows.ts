import type { SqlSession } from '../platform/database.ts';

type Value = string | number | null;

export interface LoadRowsInput {
  readonly table: string;
  readonly columns: readonly string[];
  /** Read once, in order; what it throws ends the load. */
  readonly rows: Iterable<readonly Value[]>;
}

/** Of one piece of text handed to the driver. Small, so that memory does not grow with the number of rows. */
const TEXT_CHARACTERS = 128 * 1024;

/** Of one INSERT: at most 3 MB of UTF-8, below max_allowed_packet wherever the shop runs (16 MB and more). */
export const INSERT_CHARACTERS_MAX = 1024 * 1024;

/**
 * Loads a whole table from a stream of rows: as one LOAD DATA where driver and server allow it, which InnoDB carries
 * out as a bulk load when the table is empty and takes half the time of INSERT; else as large INSERT statements.
 */
export async function loadRows(input: LoadRowsInput, session: SqlSession): Promise<void> {
  const { table, columns, rows } = input;
  if (session.loadText !== undefined && (await isLoadAllowed(session))) {
    await session.loadText({ table, columns, chunks: textChunks(rows) });
    return;
  }
  for (const values of insertValues(rows)) {
    await session.query(`INSERT INTO ${table} (${columns.join(',')}) VALUES ${values}`);
  }
}

async function isLoadAllowed(session: SqlSession): Promise<boolean> {
  const { rows } = await session.query('SELECT @@GLOBAL.local_infile');
  return rows[0]?.[0] === '1';
}

function* textChunks(rows: Iterable<readonly Value[]>): Generator<string, void, undefined> {
  let text = '';
  for (const row of rows) {
    text += loadTextRow(row);
    if (text.length < TEXT_CHARACTERS) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

function* insertValues(rows: Iterable<readonly Value[]>): Generator<string, void, undefined> {
  let text = '';
  for (const row of rows) {
    text += `${text === '' ? '' : ','}(${row.map(sqlLiteral).join(',')})`;
    if (text.length < INSERT_CHARACTERS_MAX) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

const LOAD_SPECIAL = /[\\\t\n\0]/;

/** One line of LOAD DATA's default format; built by hand because millions of rows pass here. */
function loadTextRow(values: readonly Value[]): string {
  let line = '';
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? null;
    if (index > 0) line += '\t';
    if (value === null) line += '\\N';
    else if (typeof value === 'number' || !LOAD_SPECIAL.test(value)) line += value;
    else line += escapeLoadText(value);
  }
  return `${line}\n`;
}

function escapeLoadText(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\0', '\\0');
}

/** For a session without NO_BACKSLASH_ESCAPES, the default. Line ends and tabs may stand as they are. */
function sqlLiteral(value: Value): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\0', '\\0')}'`;
}
