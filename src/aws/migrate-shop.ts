import { join } from 'node:path';
import { packageRoot } from '../config/package-root.ts';
import type { Database } from '../platform/database.ts';
import type { MigrateResult } from '../platform/lifecycle.ts';
import { migrate } from '../shop/migrate.ts';
import { readMigrations } from '../shop/read-migrations.ts';

/** Applies the migrations that the shop's database lacks, as admin. `folder` holds them. */
export async function migrateShop({
  database,
  folder = join(packageRoot(), 'src', 'shop', 'migrations'),
}: {
  readonly database: Pick<Database, 'connect'>;
  readonly folder?: string;
}): Promise<MigrateResult> {
  const migrations = await readMigrations(folder);
  await using admin = await database.connect('admin');
  return await migrate(admin, migrations);
}
