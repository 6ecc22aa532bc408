import { emailTaken, notFound } from '../problems.ts';
import { defineRoute, type Route } from '../route.ts';
import {
  customer,
  customerChange,
  customerDraft,
  customerPath,
  orderSummary,
  pageOf,
  pageQuery,
  pageRequest,
} from '../schemas.ts';
import type { Customer, CustomerFields, ShopStore } from '../store.ts';
import { pageBody } from './page-body.ts';

export const customerRoutes: readonly Route[] = [
  defineRoute({
    method: 'POST',
    path: '/customers',
    operationId: 'createCustomer',
    tag: 'customers',
    summary: 'Register a customer.',
    bodySchema: customerDraft,
    answer: {
      status: 201,
      description: 'The new customer.',
      schema: customer,
      headers: { location: 'Where the customer is.' },
    },
    problems: { 409: 'The e-mail address belongs to another customer.' },
    links: { getCustomer: 'customerId', updateCustomer: 'customerId', listCustomerOrders: 'customerId' },
    async handle({ body }, { store }) {
      const { name, nameKana = null, email = null, prefecture = null, birthDate = null } = body;
      const id = await store.createCustomer({ name, nameKana, email, prefecture, birthDate });
      if (id === undefined) throw emailTaken();
      return { status: 201, body: await getCustomer(id, store), headers: { location: `/customers/${id}` } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/customers/{customerId}',
    operationId: 'getCustomer',
    tag: 'customers',
    summary: 'One customer.',
    pathSchema: customerPath,
    answer: { status: 200, description: 'The customer.', schema: customer },
    problems: { 404: 'There is no such customer.' },
    async handle({ path }, { store }) {
      return { status: 200, body: await getCustomer(path.customerId, store) };
    },
  }),
  defineRoute({
    method: 'PATCH',
    path: '/customers/{customerId}',
    operationId: 'updateCustomer',
    tag: 'customers',
    summary: 'Change some of a customer’s fields.',
    pathSchema: customerPath,
    bodySchema: customerChange,
    answer: { status: 200, description: 'The customer as it is now.', schema: customer },
    problems: {
      404: 'There is no such customer.',
      409: 'The e-mail address belongs to another customer.',
    },
    async handle({ path, body }, { store }) {
      const change = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
      const outcome = await store.updateCustomer(path.customerId, change as Partial<CustomerFields>);
      if (outcome === 'absent') throw notFound('customer', path.customerId);
      if (outcome === 'email-taken') throw emailTaken();
      return { status: 200, body: await getCustomer(path.customerId, store) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/customers/{customerId}/orders',
    operationId: 'listCustomerOrders',
    tag: 'orders',
    summary: 'A customer’s orders without their items, newest first.',
    pathSchema: customerPath,
    querySchema: pageQuery,
    answer: { status: 200, description: 'A page of orders.', schema: pageOf(orderSummary) },
    problems: { 404: 'There is no such customer.' },
    async handle({ path, query }, { store }) {
      const { customerId } = path;
      const page = pageRequest(query);
      const rows = await store.listOrders({ customerId, ...page, limit: page.limit + 1 });
      if (rows.length === 0) await getCustomer(customerId, store);
      return { status: 200, body: pageBody(rows, page.limit) };
    },
  }),
];

async function getCustomer(id: number, store: ShopStore): Promise<Customer> {
  const found = await store.findCustomer(id);
  if (found === undefined) throw notFound('customer', id);
  return found;
}
