import { changeOrderStatus } from '../change-order.ts';
import { notFound } from '../problems.ts';
import { defineRoute, type Route } from '../route.ts';
import { order, orderDraft, orderHeaders, orderPath, statusChange } from '../schemas.ts';

const NO_SUCH_ORDER = 'There is no such order.';
const CHANGE_REFUSED = 'The order cannot take this status now.';
const answer = { status: 200, description: 'The order as it is now.', schema: order } as const;

export const orderRoutes: readonly Route[] = [
  defineRoute({
    method: 'POST',
    path: '/orders',
    operationId: 'placeOrder',
    tag: 'orders',
    summary: 'Place an order: all its items are taken from stock, or nothing happens.',
    headerSchema: orderHeaders,
    bodySchema: orderDraft,
    answer: {
      status: 201,
      description: 'The order; the same one again when its Idempotency-Key was used before.',
      schema: order,
      headers: {
        location: 'Where the order is.',
        'idempotent-replayed': '`true` when an earlier request with this key placed the order.',
      },
    },
    problems: {
      404: 'There is no such customer or product.',
      409: 'Not enough in stock, not for sale, or the Idempotency-Key was used for another request.',
    },
    links: {
      getOrder: 'orderId',
      changeOrderStatus: 'orderId',
      cancelOrder: 'orderId',
      refundOrder: 'orderId',
    },
    async handle({ body, headers }, { placeOrder }) {
      const key = headers['idempotency-key'];
      const { customerId, items, channel = 'web', paymentMethod = null, note = null } = body;
      const { order: placed, replayed } = await placeOrder({
        customerId,
        items,
        channel,
        paymentMethod,
        note,
        ...(key === undefined ? {} : { idempotencyKey: key }),
      });
      const location = `/orders/${placed.id}`;
      return {
        status: 201,
        body: placed,
        headers: replayed ? { location, 'idempotent-replayed': 'true' } : { location },
      };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/orders/{orderId}',
    operationId: 'getOrder',
    tag: 'orders',
    summary: 'One order with its items.',
    pathSchema: orderPath,
    answer,
    problems: { 404: NO_SUCH_ORDER },
    async handle({ path }, { store }) {
      const found = await store.findOrder(path.orderId);
      if (found === undefined) throw notFound('order', path.orderId);
      return { status: 200, body: found };
    },
  }),
  defineRoute({
    method: 'PATCH',
    path: '/orders/{orderId}',
    operationId: 'changeOrderStatus',
    tag: 'orders',
    summary: 'Move an order on: pending → paid → shipped → delivered.',
    pathSchema: orderPath,
    bodySchema: statusChange,
    answer,
    problems: { 404: NO_SUCH_ORDER, 409: CHANGE_REFUSED },
    async handle({ path, body }, { store }) {
      return {
        status: 200,
        body: await changeOrderStatus({ orderId: path.orderId, status: body.status }, { store }),
      };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/orders/{orderId}/cancel',
    operationId: 'cancelOrder',
    tag: 'orders',
    summary: 'Cancel an order that is pending or paid; its items go back into stock.',
    pathSchema: orderPath,
    answer,
    problems: { 404: NO_SUCH_ORDER, 409: CHANGE_REFUSED },
    async handle({ path }, { store }) {
      const { orderId } = path;
      return { status: 200, body: await changeOrderStatus({ orderId, status: 'cancelled' }, { store }) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/orders/{orderId}/refund',
    operationId: 'refundOrder',
    tag: 'orders',
    summary: 'Refund an order that is paid, shipped or delivered; its items go back into stock.',
    pathSchema: orderPath,
    answer,
    problems: { 404: NO_SUCH_ORDER, 409: CHANGE_REFUSED },
    async handle({ path }, { store }) {
      const { orderId } = path;
      return { status: 200, body: await changeOrderStatus({ orderId, status: 'refunded' }, { store }) };
    },
  }),
];
