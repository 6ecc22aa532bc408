import { createBatchedFind } from './batched-find.ts';
import type { OrderStatus } from './order-rules.ts';
import type { PooledSql, SqlRow, SqlValue } from './pooled-sql.ts';
import { DUPLICATE_ENTRY, sqlErrorNumber } from './sql-errors.ts';
import { openSqlTransaction } from './sql-transaction.ts';
import type {
  Customer,
  CustomerFields,
  Order,
  OrderLine,
  OrderSummary,
  Product,
  ProductRequest,
  ShopStore,
} from './store.ts';

/** The store's SQL, the same on Aurora and in the local environment: only the pool differs. */
export function openSqlStore(sql: PooledSql): ShopStore {
  const findProduct = createBatchedFind((ids) => loadProducts(ids, sql));
  const findCustomer = createBatchedFind((ids) => loadCustomers(ids, sql));
  const findOrder = createBatchedFind((ids) => loadOrders(ids, sql));
  return {
    ping: async () => {
      await sql.rows('SELECT 1');
    },
    listProducts: (request) => listProducts(request, sql),
    findProduct,
    createCustomer: (draft) => createCustomer(draft, sql),
    updateCustomer: (id, change) => updateCustomer(id, change, sql),
    findCustomer,
    findOrder,
    listOrders: async ({ customerId, after, limit }) => {
      const older = after === undefined ? '' : 'AND id < ?';
      const values = [customerId, ...(after === undefined ? [] : [after]), limit];
      const rows = await sql.rows(
        `SELECT ${ORDER_COLUMNS} FROM orders WHERE customer_id = ? ${older} ORDER BY id DESC LIMIT ?`,
        values,
      );
      return rows.map(orderOf);
    },
    forgetOldKeys: createKeyHousekeeping(sql),
    change: (work) => sql.transact((runner) => work(openSqlTransaction(runner))),
  };
}

const PRODUCT_COLUMNS = 'id, sku, name, category, price, stock, active, updated_at';
const CUSTOMER_COLUMNS = 'id, name, name_kana, email, prefecture, birth_date, created_at, updated_at';
const ORDER_COLUMNS =
  'id, customer_id, status, channel, payment_method, total_amount, note, created_at, updated_at';

/** How long a retry finds its order; and how many calls share one look, and how many keys go at once. */
const KEY_DAYS = 7;
const KEY_CALLS = 256;
const KEYS_AT_ONCE = 1_000;

/** Spread over the orders themselves, so that no other program has to remember it. */
function createKeyHousekeeping(sql: PooledSql): () => Promise<void> {
  let calls = 0;
  return async () => {
    calls++;
    if (calls % KEY_CALLS !== 0) return;
    const statement = `DELETE FROM idempotency_keys
      WHERE created_at < UTC_TIMESTAMP(6) - INTERVAL ${KEY_DAYS} DAY ORDER BY created_at LIMIT ${KEYS_AT_ONCE}`;
    await sql.change(statement).catch(() => undefined);
  };
}

async function listProducts(request: ProductRequest, sql: PooledSql): Promise<Product[]> {
  const { after, category, search, limit } = request;
  const conditions = ['active = 1'];
  const values: SqlValue[] = [];
  if (after !== undefined) {
    conditions.push('id > ?');
    values.push(after);
  }
  if (category !== undefined) {
    conditions.push('category = ?');
    values.push(category);
  }
  if (search !== undefined) {
    const literal = search.replace(/[|%_]/g, '|$&');
    conditions.push("(name LIKE ? ESCAPE '|' OR sku LIKE ? ESCAPE '|')");
    values.push(`%${literal}%`, `${literal}%`);
  }
  const rows = await sql.rows(
    `SELECT ${PRODUCT_COLUMNS} FROM products WHERE ${conditions.join(' AND ')} ORDER BY id LIMIT ?`,
    [...values, limit],
  );
  return rows.map(productOf);
}

async function createCustomer(draft: CustomerFields, sql: PooledSql): Promise<number | undefined> {
  const columns = Object.values(CUSTOMER_FIELDS).join(', ');
  const values = Object.keys(CUSTOMER_FIELDS).map((field) => draft[field as keyof CustomerFields]);
  try {
    const { insertId } = await sql.change(
      `INSERT INTO customers (${columns}, created_at, updated_at)
       SELECT ?, ?, ?, ?, ?, t.now, t.now FROM (SELECT UTC_TIMESTAMP(6) AS now) AS t`,
      values,
    );
    return insertId;
  } catch (error) {
    if (sqlErrorNumber(error) === DUPLICATE_ENTRY) return undefined;
    throw error;
  }
}

const CUSTOMER_FIELDS: Readonly<Record<keyof CustomerFields, string>> = {
  name: 'name',
  nameKana: 'name_kana',
  email: 'email',
  prefecture: 'prefecture',
  birthDate: 'birth_date',
};

async function updateCustomer(
  id: number,
  change: Partial<CustomerFields>,
  sql: PooledSql,
): Promise<'done' | 'absent' | 'email-taken'> {
  const fields = (Object.keys(CUSTOMER_FIELDS) as (keyof CustomerFields)[]).filter(
    (field) => change[field] !== undefined,
  );
  const assignments = fields.map((field) => `${CUSTOMER_FIELDS[field]} = ?`);
  try {
    const { affectedRows } = await sql.change(
      `UPDATE customers SET ${[...assignments, 'updated_at = UTC_TIMESTAMP(6)'].join(', ')} WHERE id = ?`,
      [...fields.map((field) => change[field] ?? null), id],
    );
    return affectedRows === 0 ? 'absent' : 'done';
  } catch (error) {
    if (sqlErrorNumber(error) === DUPLICATE_ENTRY) return 'email-taken';
    throw error;
  }
}

async function loadProducts(ids: readonly number[], sql: PooledSql): Promise<Map<number, Product>> {
  const rows = await sql.rows(`SELECT ${PRODUCT_COLUMNS} FROM products WHERE id IN (${markers(ids)})`, ids);
  return new Map(rows.map((row) => [Number(row.id), productOf(row)]));
}

async function loadCustomers(ids: readonly number[], sql: PooledSql): Promise<Map<number, Customer>> {
  const rows = await sql.rows(`SELECT ${CUSTOMER_COLUMNS} FROM customers WHERE id IN (${markers(ids)})`, ids);
  return new Map(rows.map((row) => [Number(row.id), customerOf(row)]));
}

/** One statement, so that an order and its items are of the same moment. */
async function loadOrders(ids: readonly number[], sql: PooledSql): Promise<Map<number, Order>> {
  const columns = ORDER_COLUMNS.replaceAll(/\w+/g, 'o.$&');
  const rows = await sql.rows(
    `SELECT ${columns}, i.line_number, i.product_id, i.quantity, i.unit_price, i.line_amount
     FROM orders o LEFT JOIN order_items i ON i.order_id = o.id
     WHERE o.id IN (${markers(ids)}) ORDER BY o.id, i.line_number`,
    ids,
  );
  const found = new Map<number, OrderSummary & { items: OrderLine[] }>();
  for (const row of rows) {
    const id = Number(row.id);
    const order = found.get(id) ?? { ...orderOf(row), items: [] };
    if (row.line_number !== null) order.items.push(lineOf(row));
    found.set(id, order);
  }
  return found;
}

function lineOf(row: SqlRow): OrderLine {
  return {
    lineNumber: Number(row.line_number),
    productId: Number(row.product_id),
    quantity: Number(row.quantity),
    unitPrice: String(row.unit_price),
    lineAmount: String(row.line_amount),
  };
}

function productOf(row: SqlRow): Product {
  return {
    id: Number(row.id),
    sku: String(row.sku),
    name: String(row.name),
    category: String(row.category),
    price: String(row.price),
    stock: Number(row.stock),
    active: Number(row.active) === 1,
    updatedAt: isoTime(row.updated_at),
  };
}

function customerOf(row: SqlRow): Customer {
  return {
    id: Number(row.id),
    name: String(row.name),
    nameKana: textOrNull(row.name_kana),
    email: textOrNull(row.email),
    prefecture: textOrNull(row.prefecture),
    birthDate: textOrNull(row.birth_date),
    createdAt: isoTime(row.created_at),
    updatedAt: isoTime(row.updated_at),
  };
}

function orderOf(row: SqlRow): OrderSummary {
  return {
    id: Number(row.id),
    customerId: Number(row.customer_id),
    status: String(row.status) as OrderStatus,
    channel: String(row.channel),
    paymentMethod: textOrNull(row.payment_method),
    totalAmount: String(row.total_amount),
    note: textOrNull(row.note),
    createdAt: isoTime(row.created_at),
    updatedAt: isoTime(row.updated_at),
  };
}

function textOrNull(value: unknown): string | null {
  return value === null ? null : String(value);
}

/** `2026-11-22 01:02:03.456789`, which is UTC, as `2026-11-22T01:02:03.456789Z`. */
export function isoTime(value: unknown): string {
  return `${String(value).replace(' ', 'T')}Z`;
}

export function markers(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
