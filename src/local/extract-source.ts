import { join } from 'node:path';
import { landingPrefix } from '../etl/lake-keys.ts';
import { extractSql } from '../etl/source-sql.ts';
import type { LakeSource } from '../lake/contract.ts';
import type { LoadDayRequest } from '../platform/engine.ts';
import { Failure, messageOf } from '../std/failure.ts';
import { lakePath } from './lake.ts';
import { databaseLost, diskFull, extractFailed } from './lake-errors.ts';
import { createLandingFile } from './landing-file.ts';
import type { SourceSession } from './source-session.ts';

export interface Landed {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/** Streams a source table's rows of the day from the snapshot into a landed file. */
export async function extractSource(
  source: LakeSource,
  deps: { readonly session: SourceSession; readonly request: LoadDayRequest; readonly folder: string },
): Promise<Landed> {
  const { date, runId, window } = deps.request;
  const prefix = landingPrefix({ table: source.table, day: date, runId });
  const path = join(lakePath(deps.folder, prefix.slice(0, -1)), 'part-00000.txt');
  try {
    const file = createLandingFile(path);
    try {
      await deps.session.stream(extractSql(source, { day: date, window }), (line) => file.add(line));
      return { path, ...file.close() };
    } finally {
      file.abandon();
    }
  } catch (error) {
    throw sourceFailure(error, source.table);
  }
}

const DISK_FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const LOST =
  /PROTOCOL_CONNECTION_LOST|ECONNRESET|ECONNREFUSED|EPIPE|ENOENT|ETIMEDOUT|ER_SERVER_SHUTDOWN|ER_CONNECTION_KILLED/;

/** What went wrong while reading the source, in the operator's words. */
export function sourceFailure(error: unknown, what: string): unknown {
  if (error instanceof Failure || (error instanceof Error && error.name === 'AbortError')) return error;
  const code = String((error as { code?: unknown }).code ?? '');
  if (DISK_FULL.has(code)) return diskFull(`the landed file of ${what}`, error);
  if (LOST.test(code) || /closed (the connection|state)|connection/i.test(messageOf(error))) {
    return databaseLost(`reading ${what}`, error);
  }
  return extractFailed(what, error);
}
