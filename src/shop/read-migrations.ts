import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrationFilesInvalid } from './errors.ts';
import type { Migration } from './migrate.ts';

/** Reads `0001_name.sql`, `0002_…` of one directory, in order. Other files are left alone. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory).catch((error: unknown) => {
    throw migrationFilesInvalid(directory, error instanceof Error ? error.message : String(error));
  });
  const files = entries.filter((file) => file.endsWith('.sql')).sort();
  if (files.length === 0) throw migrationFilesInvalid(directory, 'there are none');
  return Promise.all(
    files.map(async (file, index) => {
      const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(file)?.[1];
      if (number === undefined) throw migrationFilesInvalid(directory, `${file} has no such name`);
      if (Number(number) !== index + 1) {
        throw migrationFilesInvalid(directory, `${file} should be number ${index + 1}`);
      }
      return { file, sql: await readFile(join(directory, file), 'utf8') };
    }),
  );
}
