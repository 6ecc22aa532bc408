import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QueryExecution } from '@aws-sdk/client-athena';
import type { S3Client } from '@aws-sdk/client-s3';
import { statementKind } from '../athena/statement.ts';
import type { QueryRequest } from '../platform/warehouse.ts';
import { type AthenaSettings, failed, runToEnd } from './athena-execution.ts';
import { noResultFile, notUnloadable } from './query-errors.ts';
import { type ObjectPlace, openObject, placeOf, readObject } from './s3-ranges.ts';

/** Parquet files of a result, on this machine until they are disposed of. */
export interface UnloadedFiles extends AsyncDisposable {
  readonly execution: QueryExecution;
  readonly paths: readonly string[];
}

/**
 * Has Athena write the result as Parquet files, and brings them here. Exact types, and quick for big results; rows
 * come in no order, whatever ORDER BY says. The files in S3 are deleted afterwards where that is allowed.
 */
export async function unloadResult(request: QueryRequest, settings: AthenaSettings): Promise<UnloadedFiles> {
  const { isSelect, words } = statementKind(request.sql);
  if (!isSelect) throw notUnloadable(words);
  const place = await unloadPlace(settings);
  const sql = request.sql.trim().replace(/;+\s*$/, '');
  const target = `s3://${place.bucket}/${place.key}`;
  const statement = `UNLOAD (${sql}\n) TO '${target.replaceAll("'", "''")}' WITH (format = 'PARQUET', compression = 'ZSTD')`;
  const execution = await runToEnd({ ...request, sql: statement }, settings);
  const client = await settings.clients.s3();
  const signal = request.signal ?? new AbortController().signal;
  const folder = await mkdtemp(join(tmpdir(), 'dp-unload-'));
  try {
    const keys = await listKeys(place, client);
    const paths: string[] = [];
    for (const [index, key] of keys.entries()) {
      const path = join(folder, `${String(index).padStart(6, '0')}.parquet`);
      const object = await openObject({ bucket: place.bucket, key }, { client, signal });
      await writeFile(path, readObject(object, { client, signal }), { signal });
      paths.push(path);
    }
    await deleteKeys({ bucket: place.bucket, keys }, client);
    return { execution, paths, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw failed(error, `read the files of ${execution.QueryExecutionId}`, settings);
  }
}

async function unloadPlace({ clients, workgroup, resultLocation }: AthenaSettings): Promise<ObjectPlace> {
  const base = resultLocation ?? (await workgroupLocation({ clients, workgroup }));
  const place = placeOf(base ?? '');
  if (place === undefined)
    throw noResultFile('this query', `the workgroup ${workgroup} has no result location in S3`);
  const folder = place.key === '' || place.key.endsWith('/') ? place.key : `${place.key}/`;
  return { bucket: place.bucket, key: `${folder}unload/${randomUUID()}/` };
}

async function workgroupLocation({
  clients,
  workgroup,
}: Pick<AthenaSettings, 'clients' | 'workgroup'>): Promise<string | undefined> {
  const { GetWorkGroupCommand } = await import('@aws-sdk/client-athena');
  const { WorkGroup: found } = await (await clients.athena()).send(
    new GetWorkGroupCommand({ WorkGroup: workgroup }),
  );
  return found?.Configuration?.ResultConfiguration?.OutputLocation;
}

async function listKeys({ bucket, key }: ObjectPlace, client: S3Client): Promise<string[]> {
  const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3');
  const keys: string[] = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: key })) {
    for (const object of page.Contents ?? []) if ((object.Size ?? 0) > 0) keys.push(object.Key ?? '');
  }
  return keys;
}

async function deleteKeys({ bucket, keys }: { bucket: string; keys: readonly string[] }, client: S3Client) {
  const { DeleteObjectCommand } = await import('@aws-sdk/client-s3');
  // An analyst may not delete: the bucket's own rule takes old results away.
  for (const key of keys)
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })).catch(() => undefined);
}
