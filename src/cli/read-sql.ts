import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { messageOf } from '../std/failure.ts';
import { usage } from './errors.ts';

/** Most SQL text that is read from a file or a pipe, in bytes: Athena's own limit for a statement. */
const SQL_BYTES_MAX = 262_144;

/** The SQL of a command: its argument, `--file`, or standard input when that is not a terminal (or `-`). */
export async function readSql(given: {
  readonly argument: string | undefined;
  readonly file: string | undefined;
}): Promise<string> {
  if (given.argument !== undefined && given.file !== undefined) {
    throw usage('The SQL was given twice: as an argument and with --file.', 'Give one of them.');
  }
  const sql = await source(given);
  if (sql.trim() === '') throw usage('There is no SQL to run: the text is empty.', 'dp query "SELECT 1"');
  if (Buffer.byteLength(sql) > SQL_BYTES_MAX) {
    throw usage(
      `The SQL has more than ${SQL_BYTES_MAX} bytes, Athena's limit.`,
      'Shorten it, or join a table instead of a list.',
    );
  }
  return sql;
}

async function source({
  argument,
  file,
}: {
  argument: string | undefined;
  file: string | undefined;
}): Promise<string> {
  if (argument !== undefined && argument !== '-') return argument;
  if (file !== undefined && file !== '-') {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      throw usage(`Cannot read the SQL file ${file}: ${messageOf(error)}.`, 'Check the path.');
    }
  }
  if (process.stdin.isTTY === true && argument !== '-') {
    throw usage(
      'There is no SQL to run.',
      'dp query "SELECT 1"',
      'dp query --file report.sql',
      'echo "SELECT 1" | dp query',
    );
  }
  return text(process.stdin);
}
