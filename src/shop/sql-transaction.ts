import type { OrderStatus } from './order-rules.ts';
import type { SqlRunner } from './pooled-sql.ts';
import { NO_REFERENCED_ROW, sqlErrorNumber } from './sql-errors.ts';
import { isoTime, markers } from './sql-store.ts';
import type { KeyClaim, NewOrder, ShopTransaction, StockChange } from './store.ts';

/** A scan of the whole table, which the server prefers when most of it is asked for, would lock others' rows as well. */
const BY_KEY_ONLY = 'FORCE INDEX (PRIMARY)';

/** The changes of one transaction, as SQL. */
export function openSqlTransaction(sql: SqlRunner): ShopTransaction {
  return {
    claimKeys: (claims) => claimKeys(claims, sql),
    freeKeys: async (keys) => {
      for (const key of keys)
        await sql.change('DELETE FROM idempotency_keys WHERE idempotency_key = ?', [key]);
    },
    rememberOrders: (placed) => rememberOrders(placed, sql),
    lockProducts: (ids) => lockProducts(ids, sql),
    addStock: (changes) => addStock(changes, sql),
    insertOrders: (orders, now) => insertOrders(orders, now, sql),
    insertItems: (orders, now) => insertItems(orders, now, sql),
    lockOrder: async (id) => {
      const [row] = await sql.rows('SELECT status FROM orders WHERE id = ? FOR UPDATE', [id]);
      return row === undefined ? undefined : { status: String(row.status) as OrderStatus };
    },
    orderedQuantities: async (orderId) => {
      const rows = await sql.rows(
        `SELECT product_id, SUM(quantity) AS quantity FROM order_items WHERE order_id = ?
         GROUP BY product_id ORDER BY product_id`,
        [orderId],
      );
      return rows.map((row) => ({ productId: Number(row.product_id), quantity: Number(row.quantity) }));
    },
    setStatus: async (orderId, status) => {
      await sql.change('UPDATE orders SET status = ?, updated_at = UTC_TIMESTAMP(6) WHERE id = ?', [
        status,
        orderId,
      ]);
    },
  };
}

/**
 * The insert waits for other transactions that hold one of the keys, and leaves out what they committed. In the order
 * of the keys, so that two of these never wait for each other.
 */
async function claimKeys(
  claims: readonly KeyClaim[],
  sql: SqlRunner,
): ReturnType<ShopTransaction['claimKeys']> {
  const sorted = [...claims].sort((a, b) => (a.key < b.key ? -1 : 1));
  const { affectedRows } = await sql.change(
    `INSERT IGNORE INTO idempotency_keys (idempotency_key, request_hash, created_at)
     VALUES ${rowsOf(sorted, '(?, ?, UTC_TIMESTAMP(6))')}`,
    sorted.flatMap(({ key, requestHash }) => [key, requestHash]),
  );
  if (affectedRows === claims.length) return new Map();
  // A key that has an order was there before; this transaction's own have none yet.
  const rows = await sql.rows(
    `SELECT idempotency_key, request_hash, order_id FROM idempotency_keys
     WHERE idempotency_key IN (${markers(claims)}) AND order_id IS NOT NULL`,
    claims.map(({ key }) => key),
  );
  return new Map(
    rows.map((row) => [
      String(row.idempotency_key),
      { requestHash: String(row.request_hash), orderId: Number(row.order_id) },
    ]),
  );
}

async function rememberOrders(
  placed: Parameters<ShopTransaction['rememberOrders']>[0],
  sql: SqlRunner,
): Promise<void> {
  await sql.change(
    `UPDATE idempotency_keys ${BY_KEY_ONLY} SET order_id = CASE idempotency_key ${placed.map(() => 'WHEN ? THEN ?').join(' ')} END
     WHERE idempotency_key IN (${markers(placed)})`,
    [...placed.flatMap(({ key, orderId }) => [key, orderId]), ...placed.map(({ key }) => key)],
  );
}

async function lockProducts(
  ids: readonly number[],
  sql: SqlRunner,
): ReturnType<ShopTransaction['lockProducts']> {
  const rows = await sql.rows(
    `SELECT id, price, stock, active, UTC_TIMESTAMP(6) AS now FROM products ${BY_KEY_ONLY}
     WHERE id IN (${markers(ids)}) ORDER BY id FOR UPDATE`,
    ids,
  );
  const products = rows.map((row) => ({
    id: Number(row.id),
    price: String(row.price),
    stock: Number(row.stock),
    active: Number(row.active) === 1,
  }));
  return { now: isoTime(rows[0]?.now ?? ''), products };
}

async function addStock(changes: readonly StockChange[], sql: SqlRunner): Promise<void> {
  const cases = changes.map(() => 'WHEN ? THEN ?').join(' ');
  await sql.change(
    `UPDATE products ${BY_KEY_ONLY} SET stock = stock + CASE id ${cases} ELSE 0 END, updated_at = UTC_TIMESTAMP(6)
     WHERE id IN (${markers(changes)})`,
    [
      ...changes.flatMap(({ productId, by }) => [productId, by]),
      ...changes.map(({ productId }) => productId),
    ],
  );
}

/** The rows of one insert get neighbouring ids, on MySQL and MariaDB alike, because their number is known beforehand. */
async function insertOrders(
  orders: readonly NewOrder[],
  now: string,
  sql: SqlRunner,
): Promise<number[] | undefined> {
  const time = databaseTime(now);
  try {
    const { insertId } = await sql.change(
      `INSERT INTO orders (customer_id, status, channel, payment_method, total_amount, note, created_at, updated_at)
       VALUES ${rowsOf(orders, "(?, 'pending', ?, ?, ?, ?, ?, ?)")}`,
      orders.flatMap(({ customerId, channel, paymentMethod, totalAmount, note }) => {
        return [customerId, channel, paymentMethod, totalAmount, note, time, time];
      }),
    );
    return orders.map((_, index) => insertId + index);
  } catch (error) {
    // The only parent of an order is its customer.
    if (sqlErrorNumber(error) === NO_REFERENCED_ROW) return undefined;
    throw error;
  }
}

async function insertItems(
  orders: Parameters<ShopTransaction['insertItems']>[0],
  now: string,
  sql: SqlRunner,
): Promise<void> {
  const time = databaseTime(now);
  const rows = orders.flatMap(({ orderId, lines }) => lines.map((line) => ({ orderId, ...line })));
  await sql.change(
    `INSERT INTO order_items
       (order_id, line_number, product_id, quantity, unit_price, line_amount, created_at, updated_at)
     VALUES ${rowsOf(rows, '(?, ?, ?, ?, ?, ?, ?, ?)')}`,
    rows.flatMap(({ orderId, lineNumber, productId, quantity, unitPrice, lineAmount }) => {
      return [orderId, lineNumber, productId, quantity, unitPrice, lineAmount, time, time];
    }),
  );
}

function rowsOf(values: readonly unknown[], row: string): string {
  return values.map(() => row).join(', ');
}

/** The inverse of `isoTime`. */
function databaseTime(iso: string): string {
  return iso.replace('T', ' ').replace('Z', '');
}
