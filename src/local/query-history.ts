import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { deserialize, serialize } from 'node:v8';
import type { QueryHistory, QueryRecord, SavedQuery } from '../platform/query-history.ts';
import type { QueryResult, QueryStats, ResultColumn, Value } from '../platform/warehouse.ts';
import { assert } from '../std/assert.ts';
import { replaceFile } from './atomic-file.ts';
import {
  noDetach,
  queryNotRunning,
  queryUnknown,
  resultNotKept,
  savedNameRefused,
} from './query-history-errors.ts';

/** Queries remembered; older ones are forgotten with their results. */
const QUERIES_MAX = 200;
/** So many more may be there before they are forgotten: finding the oldest reads all of them. */
const FORGOTTEN_AT_ONCE = 20;
const SAVED_NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_ .-]{0,127}$/u;

export interface LocalHistoryInput {
  /** The absolute folder of the history. Made when it is missing. */
  readonly folder: string;
}

/** What one remembered query is in its file. */
export interface KeptQuery {
  readonly record: QueryRecord;
  readonly columns: readonly ResultColumn[];
  readonly stats?: QueryStats;
  /** Whether all rows of the result are in the file beside. */
  readonly hasRows: boolean;
}

export interface LocalQueryHistory extends QueryHistory {
  keep(query: KeptQuery): Promise<void>;
  /** Where the rows of a query go, when they are kept. */
  rowsPath(queryId: string): string;
}

/** Past queries and saved ones, as files of this environment. A query is listed once it has ended. */
export function openLocalQueryHistory({ folder }: LocalHistoryInput): LocalQueryHistory {
  const queries = join(folder, 'queries');
  const saved = join(folder, 'saved.json');
  const drafts = { workFolder: join(folder, '.drafts') };
  const put = (path: string, value: unknown): Promise<void> =>
    replaceFile(path, new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`), drafts);
  const fileOf = (id: string, ending: string): string => {
    assert(/^[\w-]{1,64}$/.test(id), `not a query id: ${id}`);
    return join(queries, `${id}.${ending}`);
  };
  const read = async (id: string): Promise<KeptQuery | undefined> =>
    /^[\w-]{1,64}$/.test(id) ? readJson<KeptQuery>(fileOf(id, 'json')) : undefined;
  const listIds = async (): Promise<string[]> => {
    const files = (await readdir(queries).catch(absent)) ?? [];
    return files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
  };
  const all = async (): Promise<KeptQuery[]> => {
    const kept = (await Promise.all((await listIds()).map(read))).filter((query) => query !== undefined);
    return kept.sort((a, b) => b.record.submittedMs - a.record.submittedMs);
  };
  const readSaved = async (): Promise<SavedQuery[]> => (await readJson<SavedQuery[]>(saved)) ?? [];
  return {
    list: async (countMax) => (await all()).slice(0, countMax).map((query) => query.record),
    find: async (id) => (await read(id))?.record,
    start: () => Promise.reject(noDetach()),
    async results({ queryId }) {
      const kept = await read(queryId);
      if (kept === undefined) throw queryUnknown(queryId);
      return resultOf(kept, fileOf(queryId, 'rows'));
    },
    async cancel(queryId) {
      if ((await read(queryId)) === undefined) throw queryUnknown(queryId);
      throw queryNotRunning(queryId);
    },
    listSaved: readSaved,
    findSaved: async (name) => (await readSaved()).find((query) => query.name === name),
    async save(query) {
      if (!SAVED_NAME.test(query.name)) throw savedNameRefused(query.name);
      const others = (await readSaved()).filter((one) => one.name !== query.name);
      await put(
        saved,
        [...others, query].sort((a, b) => (a.name < b.name ? -1 : 1)),
      );
    },
    async keep(query) {
      await mkdir(queries, { recursive: true });
      await put(fileOf(query.record.queryId, 'json'), query);
      if ((await listIds()).length < QUERIES_MAX + FORGOTTEN_AT_ONCE) return;
      for (const old of (await all()).slice(QUERIES_MAX)) {
        await rm(fileOf(old.record.queryId, 'json'), { force: true });
        await rm(fileOf(old.record.queryId, 'rows'), { force: true });
      }
    },
    rowsPath: (id) => fileOf(id, 'rows'),
  };
}

function resultOf(kept: KeptQuery, path: string): QueryResult {
  const { record, columns, stats } = kept;
  if (record.state !== 'succeeded' || stats === undefined || !kept.hasRows)
    throw resultNotKept(record.queryId, record.reason);
  return {
    columns,
    batches: () => readRows(path),
    stats: () => ({ ...stats, fetchPath: 'history' }),
  };
}

const LENGTH_BYTES = 4;

/** Batches of rows in a file, each as its length and its bytes, in a form that keeps every kind of value. */
export async function writeRows(
  path: string,
  batches: AsyncIterable<readonly (readonly Value[])[]>,
): Promise<void> {
  const unfinished = `${path}.part`;
  async function* frames(): AsyncGenerator<Buffer> {
    for await (const batch of batches) {
      const bytes = serialize(batch);
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32LE(bytes.length);
      yield Buffer.concat([length, bytes]);
    }
  }
  await pipeline(frames(), createWriteStream(unfinished, { mode: 0o600 }));
  await rename(unfinished, path);
}

async function* readRows(path: string): AsyncGenerator<readonly (readonly Value[])[]> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + held.readUInt32LE(0);
      if (held.length < end) break;
      yield deserialize(held.subarray(LENGTH_BYTES, end)) as readonly (readonly Value[])[];
      held = held.subarray(end);
    }
  }
}

async function readJson<T>(path: string): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch(absent);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    // A history that cannot be read is a history without this entry.
    return undefined;
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
