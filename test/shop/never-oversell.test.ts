import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createRandom } from '../../src/std/random.ts';
import { sharedShopServer } from '../support/shop-server.ts';
import { openShopApi, type ShopApi } from './shop-api.ts';

const CLIENTS = 50;
const REQUESTS_EACH = 12;
const PRODUCTS = 6;
const ROUNDS = 3;

const server = sharedShopServer();
let api: ShopApi;
before(async () => {
  api = await openShopApi(await server());
});
after(() => api[Symbol.asyncDispose]());

for (let round = 0; round < ROUNDS; round++) {
  const seed = Number(process.env.DP_TEST_SEED ?? randomInt(2 ** 31)) + round;
  test(`${CLIENTS} clients at once never sell what is not there (seed ${seed})`, async () => {
    const random = createRandom(seed, 'stock');
    const before = new Map<number, number>();
    for (let id = 1; id <= PRODUCTS; id++) {
      const stock = random.below(150);
      before.set(id, stock);
      await api.admin.query('UPDATE products SET stock = ?, active = 1 WHERE id = ?', [stock, id]);
    }
    await api.admin.query('DELETE FROM orders');
    const statuses = new Map<string, number>();
    await Promise.all(Array.from({ length: CLIENTS }, (_, client) => shopAround(seed, client, statuses)));
    const story = JSON.stringify(Object.fromEntries(statuses));

    const { rows } = await api.admin.query(
      `SELECT p.id, p.stock, COALESCE(SUM(IF(o.status IN ('cancelled', 'refunded'), 0, i.quantity)), 0)
       FROM products p LEFT JOIN order_items i ON i.product_id = p.id LEFT JOIN orders o ON o.id = i.order_id
       WHERE p.id <= ? GROUP BY p.id, p.stock ORDER BY p.id`,
      [PRODUCTS],
    );
    for (const [id, stock, sold] of rows) {
      assert.ok(Number(stock) >= 0, `product ${id} has ${stock}`);
      assert.equal(Number(stock) + Number(sold), before.get(Number(id)), `product ${id}: ${story}`);
    }
    const wrong = await api.admin.query(
      `SELECT o.id FROM orders o LEFT JOIN order_items i ON i.order_id = o.id
       GROUP BY o.id, o.total_amount HAVING o.total_amount <> COALESCE(SUM(i.line_amount), -1)`,
    );
    assert.deepEqual(wrong.rows, [], 'every order has its items and costs their sum');
    const kinds = [...statuses.keys()].map((key) => Number(key.split(' ')[1]));
    assert.ok(
      kinds.every((status) => [200, 201, 409].includes(status)),
      story,
    );
    assert.ok((statuses.get('place 201') ?? 0) > 0 && (statuses.get('place 409') ?? 0) > 0, story);
  });
}

/** One client: places orders of one to three products in any order, retries some, cancels or pays some. */
async function shopAround(seed: number, client: number, statuses: Map<string, number>): Promise<void> {
  const random = createRandom(seed, `client-${client}`);
  const note = (what: string, status: number): void => {
    const key = `${what} ${status}`;
    statuses.set(key, (statuses.get(key) ?? 0) + 1);
  };
  for (let index = 0; index < REQUESTS_EACH; index++) {
    const items = Array.from({ length: 1 + random.below(3) }, () => ({
      productId: 1 + random.below(PRODUCTS),
      quantity: 1 + random.below(4),
    }));
    const place = () =>
      api.request('POST', '/orders', {
        body: { customerId: 1 + random.below(20), items, note: `${client}/${index}` },
        headers: { 'idempotency-key': `${seed}-${client}-${index}` },
      });
    const retried = random.chance(0.2);
    const customerId = 1 + random.below(20);
    const body = { customerId, items };
    const headers = { 'idempotency-key': `${seed}-${client}-${index}-r` };
    const answers = retried
      ? await Promise.all([1, 2, 3].map(() => api.request('POST', '/orders', { body, headers })))
      : [await place()];
    for (const answer of answers) note('place', answer.status);
    const placed = new Set(answers.filter(({ status }) => status === 201).map((each) => each.body.id));
    assert.ok(placed.size <= 1, 'a retry placed a second order');
    const [id] = placed;
    if (id === undefined) continue;
    const fate = random.fraction();
    if (fate < 0.3) note('cancel', (await api.request('POST', `/orders/${id}/cancel`)).status);
    else if (fate < 0.5) {
      const paths = [api.request('PATCH', `/orders/${id}`, { body: { status: 'paid' } })];
      paths.push(api.request('POST', `/orders/${id}/cancel`));
      for (const answer of await Promise.all(paths)) note('change', answer.status);
    }
  }
}
