import type { Readable } from 'node:stream';
import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { backoffMs } from '../std/backoff.ts';
import { pause } from '../std/deadline.ts';
import { isUnreachable, statusOf } from './errors.ts';
import { resultChanged } from './query-errors.ts';

/** One request reads this much, in bytes: long enough to reach a connection's full speed. */
const RANGE_BYTES = 4 * 1024 * 1024;
/** Ranges on their way at once. Together with RANGE_BYTES this bounds memory: 12 MiB. */
const RANGES_AT_ONCE = 3;
/** Times a broken range is taken up again, at the byte where it broke. */
const RESUMES_MAX = 5;
const RESUME_WAIT = { firstMs: 100, mostMs: 3_000, factor: 2 } as const;

export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

/** The first range of an object, on its way, and all that is needed to read the rest. */
export interface OpenedObject {
  readonly place: ObjectPlace;
  /** Of the object the first answer came from; every later range must come from the same one. */
  readonly etag: string;
  readonly bytes: number;
  readonly first: Readable;
}

export interface S3Reading {
  readonly client: S3Client;
  readonly signal: AbortSignal;
}

/** Asks for the start of an object. Rejects with the SDK's error: 403, 404, KMS. */
export async function openObject(place: ObjectPlace, reading: S3Reading): Promise<OpenedObject> {
  const answer = await getRange(place, { from: 0, to: RANGE_BYTES - 1 }, reading).catch((error: unknown) => {
    // An object without bytes has no first byte either.
    if (statusOf(error) === 416) return getRange(place, undefined, reading);
    throw error;
  });
  const total = Number(/\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1] ?? answer.ContentLength ?? 0);
  return { place, etag: answer.ETag ?? '', bytes: total, first: answer.Body as Readable };
}

/**
 * All bytes of an opened object in order. Beyond the first range several are fetched at once, each on the
 * condition that the object is still the same. A connection that breaks is taken up at the byte where it broke.
 * A piece is the reader's until it asks for the next one: a stream that reads ahead must not be fed with it.
 */
export async function* readObject(object: OpenedObject, reading: S3Reading): AsyncGenerator<Uint8Array> {
  const ranges: AsyncGenerator<Uint8Array>[] = [];
  let next = RANGE_BYTES;
  const startMore = (): void => {
    while (ranges.length < RANGES_AT_ONCE && next < object.bytes) {
      const to = Math.min(next + RANGE_BYTES, object.bytes) - 1;
      ranges.push(readAhead(resumable({ object, from: next, to, stream: undefined }, reading)));
      next = to + 1;
    }
  };
  try {
    startMore();
    const firstTo = Math.min(RANGE_BYTES, object.bytes) - 1;
    yield* released(resumable({ object, from: 0, to: firstTo, stream: object.first }, reading));
    for (let range = ranges.shift(); range !== undefined; range = ranges.shift()) {
      startMore();
      yield* released(range);
    }
  } finally {
    object.first.destroy();
    await Promise.allSettled(ranges.map((range) => range.return(undefined)));
  }
}

/**
 * Gives each chunk's memory back as soon as the next one is asked for. Left to the garbage collector it piles up, and
 * memory that is new each time costs more than reading into it.
 */
async function* released(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk;
    const { buffer } = chunk;
    // Only where the chunk is all that is in the buffer: nobody else can hold a part of it.
    if (buffer instanceof ArrayBuffer && chunk.byteLength === buffer.byteLength) buffer.transfer(0);
  }
}

interface Range {
  readonly object: OpenedObject;
  readonly from: number;
  readonly to: number;
  readonly stream: Readable | undefined;
}

async function* resumable(range: Range, reading: S3Reading): AsyncGenerator<Uint8Array> {
  const { object, to } = range;
  let at = range.from;
  let { stream } = range;
  for (let resumes = 0; at <= to; resumes++) {
    try {
      stream ??= await rangeStream(object, { from: at, to }, reading);
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        at += chunk.length;
        yield chunk;
      }
      if (at <= to) throw Object.assign(new Error('The connection ended early.'), { code: 'ECONNRESET' });
    } catch (error) {
      reading.signal.throwIfAborted();
      if (!isUnreachable(error) || resumes >= RESUMES_MAX) throw error;
      await pause(backoffMs(resumes, RESUME_WAIT, Math.random()), reading.signal);
    } finally {
      stream?.destroy();
      stream = undefined;
    }
  }
}

async function rangeStream(
  object: OpenedObject,
  range: { readonly from: number; readonly to: number },
  reading: S3Reading,
): Promise<Readable> {
  try {
    return (await getRange(object.place, range, reading, object.etag)).Body as Readable;
  } catch (error) {
    if (statusOf(error) === 412) throw resultChanged(object.place);
    throw error;
  }
}

async function getRange(
  place: ObjectPlace,
  range: { readonly from: number; readonly to: number } | undefined,
  { client, signal }: S3Reading,
  etag?: string,
): Promise<GetObjectCommandOutput> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const command = new GetObjectCommand({
    Bucket: place.bucket,
    Key: place.key,
    ...(range === undefined ? {} : { Range: `bytes=${range.from}-${range.to}` }),
    ...(etag === undefined || etag === '' ? {} : { IfMatch: etag }),
  });
  return client.send(command, { abortSignal: signal });
}

/** Starts reading at once and keeps what comes until somebody asks for it. What it holds is bounded by the range. */
function readAhead(source: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let wake: () => void = () => undefined;
  const filled = (async () => {
    try {
      for await (const chunk of source) {
        chunks.push(chunk);
        wake();
      }
    } catch (error) {
      failure = { error };
    }
    ended = true;
    wake();
  })();
  async function* drain(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunk = chunks.shift();
        if (chunk !== undefined) yield chunk;
        else if (failure !== undefined) throw failure.error;
        else if (ended) return;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      await source.return(undefined);
      await filled;
    }
  }
  return drain();
}

/** `s3://bucket/a/b.csv` in its parts; undefined when it is not such a place. */
export function placeOf(uri: string): ObjectPlace | undefined {
  const match = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri);
  return match === null ? undefined : { bucket: match[1] ?? '', key: match[2] ?? '' };
}
