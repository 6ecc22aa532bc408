import type { ShopApi } from '../platform/shop-api.ts';

export interface ApiOperation {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
}

/** What the Shop API can do, as its own document says. */
export async function listApiOperations(
  _input: object,
  deps: { readonly api: ShopApi },
): Promise<{ document: object; operations: ApiOperation[] }> {
  const document = await deps.api.document();
  const { paths } = document as { paths: Record<string, Record<string, { summary: string }>> };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { summary }]) => ({ method: method.toUpperCase(), path, summary })),
  );
  return { document, operations };
}
