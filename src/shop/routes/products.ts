import { notFound } from '../problems.ts';
import { defineRoute, type Route } from '../route.ts';
import { pageOf, pageRequest, product, productPath, productQuery } from '../schemas.ts';
import { pageBody } from './page-body.ts';

export const productRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/products',
    operationId: 'listProducts',
    tag: 'products',
    summary: 'Products for sale, by id; all of them, of a category, or found by a word.',
    querySchema: productQuery,
    answer: { status: 200, description: 'A page of products.', schema: pageOf(product) },
    async handle({ query }, { store }) {
      const { search, category } = query;
      const page = pageRequest(query);
      const rows = await store.listProducts({
        ...page,
        limit: page.limit + 1,
        ...(search === undefined ? {} : { search }),
        ...(category === undefined ? {} : { category }),
      });
      return { status: 200, body: pageBody(rows, page.limit) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/products/{productId}',
    operationId: 'getProduct',
    tag: 'products',
    summary: 'One product, for sale or not.',
    pathSchema: productPath,
    answer: { status: 200, description: 'The product.', schema: product },
    problems: { 404: 'There is no such product.' },
    async handle({ path }, { store }) {
      const found = await store.findProduct(path.productId);
      if (found === undefined) throw notFound('product', path.productId);
      return { status: 200, body: found };
    },
  }),
];
