import { eachOf } from './each-of.ts';

/**
 * Goes through several sources at once, always with the one whose next item comes first; each keeps its own order.
 * Holds one item of each source, however long they are. The first items are asked for so many sources at a time.
 */
export async function* mergeSorted<T>(
  sources: readonly AsyncIterable<T>[],
  order: { readonly isBefore: (one: T, other: T) => boolean; readonly begunAtATime: number },
): AsyncGenerator<T, void, undefined> {
  const begun = await eachOf(sources, order.begunAtATime, async (source) => {
    const rest = source[Symbol.asyncIterator]();
    return { first: await rest.next(), rest };
  });
  const heads = begun.flatMap(({ first, rest }) =>
    first.done === true ? [] : [{ item: first.value, rest }],
  );
  while (heads.length > 0) {
    const earliest = heads.reduce((best, head) => (order.isBefore(head.item, best.item) ? head : best));
    yield earliest.item;
    const next = await earliest.rest.next();
    if (next.done === true) heads.splice(heads.indexOf(earliest), 1);
    else earliest.item = next.value;
  }
}
