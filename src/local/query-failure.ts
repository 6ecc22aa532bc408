import { Failure, messageOf } from '../std/failure.ts';

/**
 * What DuckDB said of a statement, as a failure that points at the place: line, column, and the line itself
 * with a caret below it.
 */
export function queryFailure(sql: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const said = messageOf(error);
  const summary = (said.split('\n\n')[0] ?? said).split('\nLINE')[0] ?? said;
  const place = placeOf(sql, said);
  const where = place === undefined ? '' : ` at line ${place.line}, column ${place.column}`;
  const shown = place === undefined ? '' : `\n${excerpt(sql, place)}`;
  return new Failure({
    code: /^(Parser|Binder|Catalog) Error/.test(said) ? 'query-invalid' : 'query-failed',
    kind: 'failed',
    message: `The query failed${where}: ${summary.trim()}${shown}`,
    nextSteps: nextSteps(said),
    docs: 'docs/query.md',
    cause: error,
  });
}

interface Place {
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

/** DuckDB shows `LINE 2: …text…` with a caret below; long lines are cut, so the text before the caret is searched. */
function placeOf(sql: string, said: string): Place | undefined {
  const match = /LINE (\d+): (.*)\n( *)\^/.exec(said);
  if (match === null) return undefined;
  const [, number = '1', shown = '', spaces = ''] = match;
  const line = Number(number);
  const caret = spaces.length - `LINE ${number}: `.length;
  const text = sql.split('\n')[line - 1] ?? '';
  const cutStart = shown.startsWith('...') ? 3 : 0;
  const tail = shown.slice(caret).replace(/\.\.\.$/, '');
  const near = text.indexOf(shown.slice(cutStart, caret) + tail);
  const column = near === -1 ? caret + 1 : near + caret - cutStart + 1;
  return { line, column };
}

/** The line of SQL around the place, at most this many characters, and a caret below. */
const EXCERPT_CHARACTERS_MAX = 100;

function excerpt(sql: string, { line, column }: Place): string {
  const text = (sql.split('\n')[line - 1] ?? '').replaceAll('\t', ' ');
  const from = Math.max(0, column - 1 - EXCERPT_CHARACTERS_MAX / 2);
  const shown = text.slice(from, from + EXCERPT_CHARACTERS_MAX);
  return `  ${shown}\n  ${' '.repeat(column - 1 - from)}^`;
}

function nextSteps(said: string): string[] {
  const table = /Table with name (\S+) does not exist/.exec(said)?.[1];
  if (table !== undefined) return ['dp catalog list', 'dp etl run --date YYYY-MM-DD loads a day of data.'];
  if (said.includes('Referenced column') || said.includes('not found in FROM clause'))
    return ['dp catalog show TABLE'];
  return ['Correct the SQL and run it again.'];
}
