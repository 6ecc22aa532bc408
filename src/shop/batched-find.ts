/** How a batch waits for more ids and how long it may get. */
const IDS_MAX = 100;

interface Waiting<T> {
  readonly id: number;
  readonly resolve: (found: T | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Finds things by id, asking once for all that are wanted in the same turn of the event loop: fifty clients that ask
 * at once cost one statement, a lone one costs what it did. What is found is never older than the request for it,
 * because the statement is sent after all of them.
 */
export function createBatchedFind<T>(
  load: (ids: readonly number[]) => Promise<ReadonlyMap<number, T>>,
): (id: number) => Promise<T | undefined> {
  let waiting: Waiting<T>[] = [];

  async function flush(): Promise<void> {
    const batch = waiting;
    waiting = [];
    try {
      const found = await load([...new Set(batch.map(({ id }) => id))]);
      for (const { id, resolve } of batch) resolve(found.get(id));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return (id) =>
    new Promise((resolve, reject) => {
      waiting.push({ id, resolve, reject });
      if (waiting.length === 1) setImmediate(flush);
      else if (waiting.length === IDS_MAX) flush();
    });
}
