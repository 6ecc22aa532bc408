import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BODY_BYTES_MAX } from '../../src/shop/app.ts';
import { sharedShopServer } from '../support/shop-server.ts';
import { openShopApi, type ShopApi } from './shop-api.ts';

const server = sharedShopServer();
let api: ShopApi;
before(async () => {
  api = await openShopApi(await server());
});
after(() => api[Symbol.asyncDispose]());

/** A product for sale with this many in stock, of its own for each test. */
let nextProduct = 1;
async function productWithStock(stock: number): Promise<number> {
  const id = nextProduct++;
  await api.admin.query('UPDATE products SET stock = ?, active = 1, price = 150.50 WHERE id = ?', [
    stock,
    id,
  ]);
  return id;
}

async function stockOf(id: number): Promise<number> {
  return (await api.request('GET', `/products/${id}`)).body.stock;
}

function place(productId: number, quantity: number, key?: string) {
  return api.request('POST', '/orders', {
    body: { customerId: 1, items: [{ productId, quantity }] },
    headers: key === undefined ? {} : { 'Idempotency-Key': key },
  });
}

test('products come in pages that together are all products for sale, each once', async () => {
  const seen: number[] = [];
  let path = '/products?limit=7';
  for (;;) {
    const { status, body } = await api.request('GET', path);
    assert.equal(status, 200);
    seen.push(...body.items.map((product: { id: number }) => product.id));
    if (body.nextCursor === null) break;
    path = `/products?limit=7&cursor=${body.nextCursor}`;
  }
  const { rows } = await api.admin.query('SELECT id FROM products WHERE active = 1 ORDER BY id');
  assert.deepEqual(
    seen,
    rows.map((row) => Number(row[0])),
  );
});

test('a search takes % and _ for themselves and finds by name, SKU and category', async () => {
  const all = (await api.request('GET', '/products?search=%25')).body.items;
  assert.deepEqual(all, []);
  const tea = (await api.request('GET', '/products?search=TEA-')).body.items;
  assert.ok(tea.length > 0 && tea.every((product: { sku: string }) => product.sku.startsWith('TEA-')));
  const category = encodeURIComponent('お茶');
  const byCategory = (await api.request('GET', `/products?category=${category}`)).body.items;
  assert.ok(byCategory.length > 0);
  assert.ok(byCategory.every((product: { category: string }) => product.category === 'お茶'));
});

test('a customer can be created, read and changed; times are UTC and the note of change is kept', async () => {
  const draft = {
    name: '𠮷野 家子',
    nameKana: 'ヨシノ イエコ',
    email: 'ieko@example.jp',
    birthDate: '1990-02-28',
  };
  const created = await api.request('POST', '/customers', { body: draft });
  assert.equal(created.status, 201);
  assert.equal(created.headers.get('location'), `/customers/${created.body.id}`);
  assert.match(created.body.createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  const path = `/customers/${created.body.id}`;
  const changed = await api.request('PATCH', path, { body: { prefecture: '東京都', nameKana: null } });
  assert.equal(changed.status, 200);
  const read = await api.request('GET', path);
  assert.deepEqual(read.body, changed.body);
  assert.equal(read.body.name, draft.name);
  assert.equal(read.body.nameKana, null);
  assert.equal(read.body.prefecture, '東京都');
  assert.ok(read.body.updatedAt > read.body.createdAt);
});

test('an e-mail address belongs to one customer', async () => {
  const body = { name: 'A', email: 'one@example.jp' };
  assert.equal((await api.request('POST', '/customers', { body })).status, 201);
  const second = await api.request('POST', '/customers', { body });
  assert.equal(second.status, 409);
  assert.equal(second.body.code, 'email-taken');
  const changed = await api.request('PATCH', '/customers/1', { body: { email: body.email } });
  assert.equal(changed.status, 409);
});

test('an order takes its items from stock and costs their prices', async () => {
  const first = await productWithStock(10);
  const second = await productWithStock(5);
  const items = [
    { productId: second, quantity: 2 },
    { productId: first, quantity: 3 },
  ];
  const note = '"引用", \\ と 🎁\n改行';
  const placed = await api.request('POST', '/orders', {
    body: { customerId: 2, items, note, paymentMethod: 'card' },
  });
  assert.equal(placed.status, 201);
  assert.equal(placed.body.totalAmount, '752.50');
  assert.equal(placed.body.note, note);
  assert.deepEqual(
    placed.body.items.map((item: { lineAmount: string }) => item.lineAmount),
    ['301.00', '451.50'],
  );
  const read = await api.request('GET', placed.headers.get('location') ?? '');
  assert.deepEqual(read.body, placed.body);
  assert.deepEqual([await stockOf(first), await stockOf(second)], [7, 3]);
  const listed = await api.request('GET', '/customers/2/orders?limit=1');
  assert.equal(listed.body.items[0].id, placed.body.id);
});

test('an order that cannot be filled changes nothing and says why', async () => {
  const plenty = await productWithStock(100);
  const few = await productWithStock(1);
  const refused = await api.request('POST', '/orders', {
    body: {
      customerId: 1,
      items: [
        { productId: plenty, quantity: 1 },
        { productId: few, quantity: 2 },
      ],
    },
  });
  assert.equal(refused.status, 409);
  assert.equal(refused.body.code, 'out-of-stock');
  assert.equal(await stockOf(plenty), 100);
  const twice = {
    customerId: 1,
    items: [
      { productId: few, quantity: 1 },
      { productId: few, quantity: 1 },
    ],
  };
  assert.equal((await api.request('POST', '/orders', { body: twice })).body.code, 'out-of-stock');
  await api.admin.query('UPDATE products SET active = 0 WHERE id = ?', [few]);
  assert.equal((await place(few, 1)).body.code, 'product-inactive');
  assert.equal((await place(999_999, 1)).body.code, 'product-not-found');
  const nobody = { customerId: 9_007_199_254_740_991, items: [{ productId: plenty, quantity: 1 }] };
  assert.equal((await api.request('POST', '/orders', { body: nobody })).body.code, 'customer-not-found');
  assert.equal(await stockOf(plenty), 100);
});

test('a retry with the same key gives the same order; another request with that key is refused', async () => {
  const id = await productWithStock(10);
  const first = await place(id, 2, 'retry-1');
  const second = await place(id, 2, 'retry-1');
  assert.equal(second.status, 201);
  assert.deepEqual(second.body, first.body);
  assert.equal(second.headers.get('idempotent-replayed'), 'true');
  assert.equal((await place(id, 3, 'retry-1')).body.code, 'idempotency-key-reused');
  assert.equal(await stockOf(id), 8);
});

test('ten retries at once place one order', async () => {
  const id = await productWithStock(100);
  const answers = await Promise.all(Array.from({ length: 10 }, () => place(id, 1, 'at-once')));
  assert.deepEqual([...new Set(answers.map((each) => each.status))], [201]);
  assert.equal(new Set(answers.map((each) => each.body.id)).size, 1);
  assert.equal(await stockOf(id), 99);
});

test('of orders that come at once each gets its own answer, whatever is wrong with the others', async () => {
  const plenty = await productWithStock(100);
  const few = await productWithStock(3);
  const order = (customerId: number, productId: number, key: string) =>
    api.request('POST', '/orders', {
      body: { customerId, items: [{ productId, quantity: 2 }] },
      headers: { 'idempotency-key': key },
    });
  const answers = await Promise.all([
    order(1, plenty, 'together-1'),
    order(2, few, 'together-2'),
    order(9_007_199_254_740_991, plenty, 'together-3'),
    order(3, few, 'together-4'),
    order(4, 999_999, 'together-5'),
    order(5, plenty, 'together-6'),
  ]);
  assert.deepEqual(
    answers.map(({ body }) => body.code ?? body.customerId),
    [1, 2, 'customer-not-found', 'out-of-stock', 'product-not-found', 5],
  );
  assert.equal(await stockOf(plenty), 96);
  assert.equal(await stockOf(few), 1);
  for (const { body } of answers.filter(({ status }) => status === 201)) {
    assert.deepEqual((await api.request('GET', `/orders/${body.id}`)).body, body);
  }
  // The keys of those that failed are free, those of the others are not.
  assert.equal((await order(1, plenty, 'together-3')).headers.get('idempotent-replayed'), null);
  assert.equal((await order(5, plenty, 'together-6')).body.id, answers[5]?.body.id);
});

test('two transactions that change different products never meet, however many of the table they change', async () => {
  const { rows } = await api.admin.query('SELECT id FROM products ORDER BY id');
  const ids = rows.map(([id]) => Number(id));
  const halves = [0, 1].map((rest) => ids.filter((_, index) => index % 2 === rest));
  let runs = 0;
  let arrived = 0;
  let open = (): void => undefined;
  const bothHaveLocked = new Promise<void>((resolve) => {
    open = resolve;
  });
  await Promise.all(
    halves.map((half) =>
      api.store.change(async (transaction) => {
        runs++;
        await transaction.lockProducts(half);
        arrived++;
        if (arrived === 2) open();
        await bothHaveLocked;
        await transaction.addStock(half.map((productId) => ({ productId, by: 1 })));
      }),
    ),
  );
  assert.equal(runs, 2, 'neither was the victim of a deadlock');
});

test('keys older than a week are dropped while orders come in, younger ones stay', async () => {
  await api.admin.query(
    `INSERT INTO idempotency_keys (idempotency_key, request_hash, created_at) VALUES
     ('old', 'x', UTC_TIMESTAMP(6) - INTERVAL 8 DAY), ('young', 'x', UTC_TIMESTAMP(6) - INTERVAL 6 DAY)`,
  );
  for (let call = 0; call < 256; call++) await api.store.forgetOldKeys();
  const { rows } = await api.admin.query(
    "SELECT idempotency_key FROM idempotency_keys WHERE idempotency_key IN ('old', 'young')",
  );
  assert.deepEqual(rows, [['young']]);
});

test('a key whose order failed may be used again', async () => {
  const id = await productWithStock(0);
  assert.equal((await place(id, 1, 'second-chance')).status, 409);
  await api.admin.query('UPDATE products SET stock = 1 WHERE id = ?', [id]);
  assert.equal((await place(id, 1, 'second-chance')).status, 201);
});

test('an order goes pending → paid → shipped → delivered → refunded, and never backwards', async () => {
  const id = await productWithStock(10);
  const path = `/orders/${(await place(id, 4)).body.id}`;
  const move = (status: string) => api.request('PATCH', path, { body: { status } });
  assert.equal((await move('shipped')).body.code, 'status-change-refused');
  for (const status of ['paid', 'shipped', 'delivered'])
    assert.equal((await move(status)).body.status, status);
  assert.equal((await move('paid')).status, 409);
  assert.equal((await api.request('POST', `${path}/cancel`)).status, 409);
  assert.equal(await stockOf(id), 6);
  assert.equal((await api.request('POST', `${path}/refund`)).body.status, 'refunded');
  assert.equal((await api.request('POST', `${path}/refund`)).status, 200, 'a retry is harmless');
  assert.equal(await stockOf(id), 10);
});

test('a cancelled order gives its items back once, however often it is asked', async () => {
  const id = await productWithStock(10);
  const path = `/orders/${(await place(id, 4)).body.id}/cancel`;
  const answers = await Promise.all(Array.from({ length: 8 }, () => api.request('POST', path)));
  assert.deepEqual([...new Set(answers.map((each) => each.body.status))], ['cancelled']);
  assert.equal(await stockOf(id), 10);
});

test('text that looks like SQL is text', async () => {
  const evil = [
    "'; DROP TABLE orders; --",
    '" OR ""="',
    "\\' OR 1=1 -- ",
    '%00',
    "1' UNION SELECT 1",
    '{{1+1}}',
  ];
  for (const text of evil) {
    const created = await api.request('POST', '/customers', { body: { name: text } });
    assert.equal(created.body.name, text);
    const found = await api.request('GET', `/products?search=${encodeURIComponent(text)}`);
    assert.deepEqual(found.body.items, []);
    assert.equal((await api.request('GET', `/orders/${encodeURIComponent(text)}`)).status, 400);
    const nested = { name: { toSqlString: text } };
    assert.equal((await api.request('POST', '/customers', { body: nested })).status, 400);
  }
  assert.deepEqual((await api.admin.query("SHOW TABLES LIKE 'orders'")).rows, [['orders']]);
});

test('a request that is not valid is told everything that is wrong with it', async () => {
  const { status, headers, body } = await api.request('POST', '/orders', {
    body: { customerId: 0, items: [{ productId: 1, quantity: 1.5 }], extra: 1 },
    headers: { 'idempotency-key': 'no spaces please' },
  });
  assert.equal(status, 400);
  assert.equal(headers.get('content-type'), 'application/problem+json');
  const paths = body.errors.map((error: { path: string }) => error.path).sort();
  assert.deepEqual(paths, ['body', 'body.customerId', 'body.items.0.quantity', 'header.idempotency-key']);
  assert.equal(body.requestId, headers.get('x-request-id'));
});

test('what cannot be read is refused with the status that says so', async () => {
  const post = (text: string, headers = {}) => api.request('POST', '/customers', { text, headers });
  assert.equal((await post('{"name":')).status, 400);
  assert.equal((await post('')).status, 400);
  assert.equal((await post('{"name":"a"}', { 'content-type': 'text/plain' })).status, 415);
  assert.equal((await post('{"name":"\\ud800"}')).status, 400);
  assert.equal((await post(`{"name":"${'a'.repeat(BODY_BYTES_MAX)}"}`)).status, 413);
  assert.equal((await api.request('GET', '/nowhere')).status, 404);
  assert.equal((await api.request('GET', '/products?limit=1&limit=2')).status, 400);
  assert.equal((await api.request('GET', '/products?limit=101')).status, 400);
  const wrongMethod = await api.request('DELETE', '/orders/1');
  assert.equal(wrongMethod.status, 405);
  assert.equal(wrongMethod.headers.get('allow'), 'GET, HEAD, PATCH');
});

test('a body without a length is cut off at the limit', async () => {
  let sent = 0;
  const body = new ReadableStream({
    pull(controller) {
      sent += 16_384;
      controller.enqueue(new TextEncoder().encode(' '.repeat(16_384)));
    },
  });
  const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
  const request = new Request('http://localhost/customers', {
    method: 'POST',
    headers,
    body,
    duplex: 'half',
  });
  assert.equal((await api.app.fetch(request)).status, 413);
  assert.ok(sent <= BODY_BYTES_MAX + 5 * 16_384, `${sent} bytes were read`);
});

test('each request is one line in the log, with its id and without what the client wrote', async () => {
  api.log.length = 0;
  await api.request('GET', '/products?search=secret', { headers: { 'x-request-id': 'client-1' } });
  await api.request('GET', '/orders/123456789');
  const [first, second] = api.log;
  assert.equal(api.log.length, 2);
  assert.equal(first?.requestId, 'client-1');
  assert.equal(first?.route, '/products');
  assert.equal(second?.route, '/orders/:orderId');
  assert.equal(second?.code, 'order-not-found');
  assert.doesNotMatch(JSON.stringify(api.log), /secret|123456789/);
});

test('a request id that is no id is replaced', async () => {
  const { headers } = await api.request('GET', '/health', { headers: { 'x-request-id': 'a b<script>' } });
  assert.match(headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
});

test('the document describes every operation, with references that lead somewhere', async () => {
  const { body: document } = await api.request('GET', '/openapi.json');
  assert.equal(document.openapi, '3.1.0');
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path as object));
  assert.equal(operations.length, 12);
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1] ?? '');
  assert.ok(references.length > 10);
  for (const name of references) assert.ok(document.components.schemas[name], name);
  assert.doesNotMatch(text, /"openapi":\{|\$defs/);
  assert.deepEqual(document.components.schemas.OrderDraft.properties.items.items.properties.quantity, {
    type: 'integer',
    minimum: 1,
    maximum: 999,
  });
  const limit = document.paths['/products'].get.parameters.find(
    (each: { name: string }) => each.name === 'limit',
  );
  assert.deepEqual(limit.schema, { type: 'integer', minimum: 1, maximum: 100 });
});
