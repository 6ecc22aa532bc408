/** A page's body from its rows, of which one more than `limit` was asked for to learn whether there is a next page. */
export function pageBody<Row extends { readonly id: number }>(
  rows: readonly Row[],
  limit: number,
): { items: readonly Row[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? String(last.id) : null };
}
