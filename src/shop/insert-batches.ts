type Value = string | number | null;

/** Collects rows into multi-row INSERT statements, one statement per table at a time. */
export interface InsertBatches<Table extends string> {
  /** Takes one row. Gives a promise when a statement was handed over: await it before adding more. */
  add(table: Table, values: readonly Value[]): Promise<void> | undefined;
  /** Sends what is left and waits for all of it. */
  flush(): Promise<void>;
  /** Waits until nothing is under way, whatever became of it. */
  settle(): Promise<void>;
}

/** Of one statement. Well below max_allowed_packet, whose smallest default is 4 MB (Aurora MySQL 5.7). */
export const STATEMENT_CHARACTERS_MAX = 512 * 1024;

/**
 * One statement is under way while the next is being made: the server and this process work side by side, and never
 * more than two statements are in memory. Tables whose parents come first stay in that order, because statements
 * are sent in the order they fill up and foreign keys are not checked during a load.
 */
export function createInsertBatches<Table extends string>(
  columns: Readonly<Record<Table, readonly string[]>>,
  send: (sql: string) => Promise<unknown>,
): InsertBatches<Table> {
  const texts = new Map<Table, string>();
  let underWay: Promise<unknown> = Promise.resolve();

  async function hand(table: Table): Promise<void> {
    const rows = texts.get(table);
    if (rows === undefined || rows === '') return;
    texts.set(table, '');
    await underWay;
    underWay = send(`INSERT INTO ${table} (${columns[table].join(',')}) VALUES ${rows}`);
    // The failure is told by the next await of this promise, not as an unhandled rejection in between.
    underWay.catch(() => undefined);
  }

  return {
    add(table, values) {
      const before = texts.get(table) ?? '';
      const text = before === '' ? rowText(values) : `${before},${rowText(values)}`;
      texts.set(table, text);
      return text.length >= STATEMENT_CHARACTERS_MAX ? hand(table) : undefined;
    },
    async flush() {
      for (const table of texts.keys()) await hand(table);
      await underWay;
    },
    async settle() {
      await underWay.catch(() => undefined);
    },
  };
}

function rowText(values: readonly Value[]): string {
  let text = '(';
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? null;
    if (index > 0) text += ',';
    if (value === null) text += 'NULL';
    else if (typeof value === 'number') text += value;
    else text += `'${NEEDS_ESCAPE.test(value) ? escapeText(value) : value}'`;
  }
  return `${text})`;
}

const NEEDS_ESCAPE = /['\\\0]/;

/** For a session without NO_BACKSLASH_ESCAPES, the default. Line ends and tabs may stand as they are. */
function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\0', '\\0');
}
