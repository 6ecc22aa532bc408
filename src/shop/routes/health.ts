import { defineRoute, type Route } from '../route.ts';
import { health } from '../schemas.ts';

export const healthRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/health',
    operationId: 'getHealth',
    tag: 'health',
    summary: 'Whether the shop can answer, its database included.',
    answer: { status: 200, description: 'It can.', schema: health },
    async handle(_input, { store }) {
      await store.ping();
      return { status: 200, body: { status: 'ok' } };
    },
  }),
];
