import { createHash } from 'node:crypto';
import { splitStatements } from '../mysql/split-statements.ts';
import type { SqlSession } from '../platform/database.ts';
import { migrationChanged, migrationFailed, migrationUnknown } from './errors.ts';
import { withNamedLock } from './named-lock.ts';
import {
  CANNOT_DROP,
  DUPLICATE_COLUMN,
  DUPLICATE_KEY_NAME,
  sqlErrorNumber,
  TABLE_EXISTS,
} from './sql-errors.ts';

export interface Migration {
  /** `0001_create_customers.sql`; its number is its place. */
  readonly file: string;
  readonly sql: string;
}

export interface MigrateResult {
  /** Files applied by this call, in order; empty when the database was up to date. */
  readonly applied: readonly string[];
  /** All files that are applied now. */
  readonly total: number;
}

interface Progress {
  readonly checksum: string;
  readonly statementsDone: number;
  readonly complete: boolean;
}

const LOCK = { name: 'dp.shop.migrate', waitSeconds: 30, purpose: "migrate the shop's database" };

/** What a DDL statement says that had already been carried out when its run was cut off. */
const ALREADY_DONE: readonly number[] = [TABLE_EXISTS, DUPLICATE_COLUMN, DUPLICATE_KEY_NAME, CANNOT_DROP];

/**
 * Applies the migrations that are missing, in order, one dp at a time. MySQL commits each DDL statement by itself,
 * so progress is recorded per statement: interrupted anywhere, the next call goes on where this one stopped.
 * A migration that changed after it was applied, or that this code does not know, is refused before anything runs.
 */
export async function migrate(session: SqlSession, migrations: readonly Migration[]): Promise<MigrateResult> {
  return withNamedLock(LOCK, session, async () => {
    await session.query(CREATE_HISTORY);
    const history = await readHistory(session);
    requireKnown(migrations, history);
    const applied: string[] = [];
    for (const migration of migrations) {
      const progress = history.get(migration.file);
      if (progress?.complete === true) continue;
      await applyMigration(migration, progress, session);
      applied.push(migration.file);
    }
    return { applied, total: migrations.length };
  });
}

/** Which migrations are missing, without changing anything: what `migrate` would apply. */
export async function pendingMigrations(
  session: SqlSession,
  migrations: readonly Migration[],
): Promise<string[]> {
  const exists = await session.query("SHOW TABLES LIKE 'schema_migrations'");
  const history = exists.rows.length === 0 ? new Map<string, Progress>() : await readHistory(session);
  requireKnown(migrations, history);
  return migrations.filter(({ file }) => history.get(file)?.complete !== true).map(({ file }) => file);
}

const CREATE_HISTORY = `
CREATE TABLE IF NOT EXISTS schema_migrations (
  file             VARCHAR(200)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  checksum         CHAR(64)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  statements_done  INT           NOT NULL,
  applied_at       DATETIME(6)   NULL,
  PRIMARY KEY (file)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`;

async function readHistory(session: SqlSession): Promise<Map<string, Progress>> {
  const { rows } = await session.query(
    'SELECT file, checksum, statements_done, applied_at FROM schema_migrations ORDER BY file',
  );
  return new Map(
    rows.map(([file, checksum, statementsDone, appliedAt]) => [
      file ?? '',
      { checksum: checksum ?? '', statementsDone: Number(statementsDone), complete: appliedAt !== null },
    ]),
  );
}

function requireKnown(migrations: readonly Migration[], history: ReadonlyMap<string, Progress>): void {
  const known = new Map(migrations.map((migration) => [migration.file, migration]));
  for (const [file, progress] of history) {
    const migration = known.get(file);
    if (migration === undefined) throw migrationUnknown(file);
    // One that never completed may be corrected; what it did so far is recorded and is not repeated.
    if (progress.complete && progress.checksum !== checksumOf(migration)) throw migrationChanged(file);
  }
}

async function applyMigration(
  migration: Migration,
  progress: Progress | undefined,
  session: SqlSession,
): Promise<void> {
  const { file } = migration;
  const statements = splitStatements(migration.sql);
  await session.query(
    `INSERT INTO schema_migrations (file, checksum, statements_done) VALUES (?, ?, 0)
     ON DUPLICATE KEY UPDATE checksum = VALUES(checksum)`,
    [file, checksumOf(migration)],
  );
  for (const [index, statement] of statements.entries()) {
    if (index < (progress?.statementsDone ?? 0)) continue;
    try {
      await session.query(statement);
    } catch (error) {
      const repeated = progress !== undefined && index === progress.statementsDone;
      if (!(repeated && ALREADY_DONE.includes(sqlErrorNumber(error) ?? 0))) {
        throw migrationFailed({ file, statement: index + 1, cause: error });
      }
    }
    await session.query('UPDATE schema_migrations SET statements_done = ? WHERE file = ?', [index + 1, file]);
  }
  await session.query('UPDATE schema_migrations SET applied_at = UTC_TIMESTAMP(6) WHERE file = ?', [file]);
}

/** Line ends do not count: a checkout on Windows is no change. */
function checksumOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql.replaceAll('\r\n', '\n')).digest('hex');
}
