import type { OrderStatus } from './order-rules.ts';
import type { SqlRunner, SqlValue } from './pooled-sql.ts';
import { DUPLICATE_ENTRY, NO_REFERENCED_ROW, sqlErrorNumber } from './sql-errors.ts';
import { isoTime, markers } from './sql-store.ts';
import type { NewLine, NewOrder, ShopTransaction, StockChange } from './store.ts';

/** The changes of one transaction, as SQL. */
export function openSqlTransaction(sql: SqlRunner): ShopTransaction {
  return {
    claimKey: (claim) => claimKey(claim, sql),
    rememberOrder: async (key, orderId) => {
      await sql.change('UPDATE idempotency_keys SET order_id = ? WHERE idempotency_key = ?', [orderId, key]);
    },
    lockProducts: (ids) => lockProducts(ids, sql),
    addStock: (changes) => addStock(changes, sql),
    insertOrder: (order) => insertOrder(order, sql),
    insertItems: (orderId, lines, now) => insertItems({ orderId, lines, now }, sql),
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

/** The insert waits for another transaction that holds the key, and fails when that one commits. */
async function claimKey(
  claim: { readonly key: string; readonly requestHash: string },
  sql: SqlRunner,
): ReturnType<ShopTransaction['claimKey']> {
  try {
    await sql.change(
      'INSERT INTO idempotency_keys (idempotency_key, request_hash, created_at) VALUES (?, ?, UTC_TIMESTAMP(6))',
      [claim.key, claim.requestHash],
    );
    return undefined;
  } catch (error) {
    if (sqlErrorNumber(error) !== DUPLICATE_ENTRY) throw error;
  }
  const [row] = await sql.rows(
    'SELECT request_hash, order_id FROM idempotency_keys WHERE idempotency_key = ?',
    [claim.key],
  );
  if (row === undefined) throw new Error('bug: a key that is taken is there');
  return { requestHash: String(row.request_hash), orderId: Number(row.order_id) };
}

async function lockProducts(
  ids: readonly number[],
  sql: SqlRunner,
): ReturnType<ShopTransaction['lockProducts']> {
  const rows = await sql.rows(
    `SELECT id, price, stock, active, UTC_TIMESTAMP(6) AS now FROM products
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
    `UPDATE products SET stock = stock + CASE id ${cases} ELSE 0 END, updated_at = UTC_TIMESTAMP(6)
     WHERE id IN (${markers(changes)})`,
    [
      ...changes.flatMap(({ productId, by }) => [productId, by]),
      ...changes.map(({ productId }) => productId),
    ],
  );
}

async function insertOrder(order: NewOrder, sql: SqlRunner): Promise<number | undefined> {
  const { customerId, channel, paymentMethod, totalAmount, note } = order;
  const now = databaseTime(order.now);
  try {
    const { insertId } = await sql.change(
      `INSERT INTO orders (customer_id, status, channel, payment_method, total_amount, note, created_at, updated_at)
       VALUES (?, 'pending', ?, ?, ?, ?, ?, ?)`,
      [customerId, channel, paymentMethod, totalAmount, note, now, now],
    );
    return insertId;
  } catch (error) {
    // The only parent of an order is its customer.
    if (sqlErrorNumber(error) === NO_REFERENCED_ROW) return undefined;
    throw error;
  }
}

async function insertItems(
  input: { readonly orderId: number; readonly lines: readonly NewLine[]; readonly now: string },
  sql: SqlRunner,
): Promise<void> {
  const now = databaseTime(input.now);
  const values: SqlValue[] = input.lines.flatMap((line) => [
    input.orderId,
    line.lineNumber,
    line.productId,
    line.quantity,
    line.unitPrice,
    line.lineAmount,
    now,
    now,
  ]);
  await sql.change(
    `INSERT INTO order_items
       (order_id, line_number, product_id, quantity, unit_price, line_amount, created_at, updated_at)
     VALUES ${input.lines.map(() => '(?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
    values,
  );
}

/** The inverse of `isoTime`. */
function databaseTime(iso: string): string {
  return iso.replace('T', ' ').replace('Z', '');
}
