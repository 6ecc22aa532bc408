import { parseStatement } from './sql/parse-statement.ts';
import type { Statement } from './sql/statement.ts';
import type { Identifier } from './sql/tree.ts';

export interface NamedTable {
  readonly database: string;
  readonly table: string;
}

/** A statement that has been parsed, and what must be known of the catalog before it can be planned. */
export interface ParsedStatement {
  readonly sql: string;
  readonly database: string;
  readonly statement: Statement;
  /** Tables that it names. Some may not exist; the planner says so with the place. */
  readonly tables: readonly NamedTable[];
  /** Whether it asks about every table there is: information_schema, SHOW TABLES and the like. */
  readonly wholeCatalog: boolean;
  /** The prepared statement it runs, if any: its SQL has needs of its own. */
  readonly executes?: string;
}

/** Parses one statement. `database` is that of names without one. Throws a Failure that points at the place. */
export function readStatement(sql: string, database: string): ParsedStatement {
  const statement = parseStatement(sql);
  const found = new Map<string, NamedTable>();
  let wholeCatalog = WHOLE_CATALOG.has(statement.kind);
  for (const name of namesIn(statement)) {
    const [table = '', of = database] = [...name].reverse().map((part) => part.name);
    if (of === 'information_schema') wholeCatalog = true;
    else {
      const plain = table.replace(/\$partitions$/, '');
      found.set(`${of}.${plain}`, { database: of, table: plain });
    }
  }
  const executes = statement.kind === 'execute' ? { executes: statement.name.name } : {};
  return { sql, database, statement, tables: [...found.values()], wholeCatalog, ...executes };
}

const WHOLE_CATALOG: ReadonlySet<string> = new Set([
  'showDatabases',
  'showTables',
  'showViews',
  'dropDatabase',
]);
/** Properties of statements that hold a table's name. */
const NAME_KEYS: ReadonlySet<string> = new Set(['table', 'name']);

/** Every qualified name in FROM, or that the statement is about. */
function* namesIn(node: unknown): Generator<readonly Identifier[]> {
  if (Array.isArray(node)) {
    for (const item of node) yield* namesIn(item);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (NAME_KEYS.has(key) && Array.isArray(value) && value.every(isIdentifier)) yield value;
    else yield* namesIn(value);
  }
}

function isIdentifier(value: unknown): value is Identifier {
  return typeof value === 'object' && value !== null && 'written' in value && 'name' in value;
}
