import type { S3Client } from '@aws-sdk/client-s3';
import type { Lake, LakeObject } from '../platform/lake.ts';
import { backoffMs } from '../std/backoff.ts';
import { pause } from '../std/deadline.ts';
import { Failure } from '../std/failure.ts';
import type { AwsClients } from './aws-clients.ts';
import { nameOf, statusOf } from './errors.ts';

export interface AwsLakeInput {
  readonly clients: AwsClients;
  readonly bucket: string;
}

/** Keys one DeleteObjects call takes. */
const KEYS_PER_DELETE = 1000;
/** Times a conditional write is tried again when S3 says that another one is under way. */
const CONFLICTS_MAX = 6;
const CONFLICT_WAIT = { firstMs: 50, mostMs: 1_000, factor: 2 } as const;

type Ask = <T>(what: string, call: (s3: S3Client) => Promise<T>) => Promise<T>;

/** The lake in its bucket. */
export function openAwsLake({ clients, bucket }: AwsLakeInput): Lake {
  const ask: Ask = (what, call) => clients.call(what, async () => call(await clients.s3()));
  return {
    root: `s3://${bucket}/`,
    read: (key) => ask(`read s3://${bucket}/${key}`, (s3) => readObject(s3, bucket, key)),
    write: (key, bytes) =>
      ask(`write s3://${bucket}/${key}`, async (s3) => {
        const { PutObjectCommand } = await import('@aws-sdk/client-s3');
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }));
      }),
    writeIfAbsent: (key, bytes) =>
      ask(`write s3://${bucket}/${key}`, (s3) => writeIfAbsent(s3, { bucket, key, bytes })),
    list: (prefix) => ask(`list s3://${bucket}/${prefix}`, (s3) => listObjects(s3, bucket, prefix)),
    delete: (keys) => ask(`delete objects in s3://${bucket}/`, (s3) => deleteObjects(s3, bucket, keys)),
  };
}

async function readObject(s3: S3Client, bucket: string, key: string): Promise<Uint8Array | undefined> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  try {
    const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return await body?.transformToByteArray();
  } catch (error) {
    if (nameOf(error) === 'NoSuchKey') return undefined;
    throw error;
  }
}

async function writeIfAbsent(
  s3: S3Client,
  { bucket, key, bytes }: { bucket: string; key: string; bytes: Uint8Array },
): Promise<boolean> {
  const { PutObjectCommand } = await import('@aws-sdk/client-s3');
  const input = { Bucket: bucket, Key: key, Body: bytes, IfNoneMatch: '*' };
  for (let conflicts = 0; ; conflicts++) {
    try {
      await s3.send(new PutObjectCommand(input));
      return true;
    } catch (error) {
      if (statusOf(error) === 412) {
        // The SDK repeats a call whose answer was lost: the first may have been ours.
        const there = wasRepeated(error) ? await readObject(s3, bucket, key) : undefined;
        return there !== undefined && Buffer.from(bytes).equals(there);
      }
      // Somebody else is writing this key just now: who was first is known in a moment.
      if (statusOf(error) !== 409 || conflicts >= CONFLICTS_MAX) throw error;
      await pause(backoffMs(conflicts, CONFLICT_WAIT, Math.random()));
    }
  }
}

function wasRepeated(error: unknown): boolean {
  const { $metadata: metadata } = error as { readonly $metadata?: { readonly attempts?: number } };
  return (metadata?.attempts ?? 1) > 1;
}

async function listObjects(s3: S3Client, bucket: string, prefix: string): Promise<LakeObject[]> {
  const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3');
  const objects: LakeObject[] = [];
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix })) {
    for (const { Key: key = '', Size: bytes = 0, LastModified: modified } of page.Contents ?? []) {
      objects.push({ key, bytes, modifiedMs: modified?.getTime() ?? 0 });
    }
  }
  return objects.sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function deleteObjects(s3: S3Client, bucket: string, keys: readonly string[]): Promise<void> {
  const { DeleteObjectsCommand } = await import('@aws-sdk/client-s3');
  for (let from = 0; from < keys.length; from += KEYS_PER_DELETE) {
    const some = keys.slice(from, from + KEYS_PER_DELETE).map((key) => ({ Key: key }));
    const { Errors: errors } = await s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: some, Quiet: true } }),
    );
    const first = errors?.[0];
    if (first !== undefined)
      throw notDeleted(`s3://${bucket}/${first.Key}`, first.Message ?? first.Code ?? '');
  }
}

function notDeleted(uri: string, why: string): Failure {
  return new Failure({
    code: 'object-not-deleted',
    kind: 'failed',
    message: `Cannot delete ${uri}: ${why.replace(/\.$/, '')}.`,
    nextSteps: ['Run the command again.'],
    docs: 'docs/aws.md',
  });
}
