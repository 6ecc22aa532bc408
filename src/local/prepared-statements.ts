import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../std/failure.ts';
import { replaceFile } from './atomic-file.ts';
import { catalogUnreadable } from './lake-errors.ts';

/** SQL of prepared statements by their lower-case names, kept in one JSON file, as a workgroup keeps them. */
export interface PreparedStatements {
  all(): Promise<ReadonlyMap<string, string>>;
  put(name: string, sql: string): Promise<void>;
  /** False when there was none of this name. */
  delete(name: string): Promise<boolean>;
}

export function openPreparedStatements({ file }: { readonly file: string }): PreparedStatements {
  const write = (statements: ReadonlyMap<string, string>): Promise<void> =>
    replaceFile(
      file,
      new TextEncoder().encode(`${JSON.stringify(Object.fromEntries(statements), undefined, 2)}\n`),
      { workFolder: dirname(file) },
    );
  const all = async (): Promise<Map<string, string>> => {
    const text = await readFile(file, 'utf8').catch(absent);
    if (text === undefined) return new Map();
    try {
      return new Map(Object.entries(JSON.parse(text) as Record<string, string>));
    } catch (error) {
      throw catalogUnreadable(file, messageOf(error));
    }
  };
  return {
    all,
    put: async (name, sql) => write((await all()).set(name, sql)),
    async delete(name) {
      const statements = await all();
      const had = statements.delete(name);
      if (had) await write(statements);
      return had;
    },
  };
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
