import type { LakeTable } from '../../src/lake/contract.ts';

/** Tables as an analyst would add them, after the questions that TPC-H asks: each is one contract, one transform and a check. */
export function analystTables(): LakeTable[] {
  return [
    // Q1: the pricing summary.
    table(
      'pricing_summary',
      'status string, channel string, orders bigint, quantity bigint, gross decimal(24,2), net decimal(30,4), discounted bigint',
      `
      SELECT CAST(o.status AS STRING) AS status,
             CAST(o.channel AS STRING) AS channel,
             CAST(COUNT(DISTINCT o.id) AS BIGINT) AS orders,
             CAST(SUM(i.quantity) AS BIGINT) AS quantity,
             CAST(SUM(i.line_amount) AS DECIMAL(24,2)) AS gross,
             CAST(SUM(CAST(i.line_amount AS DECIMAL(20,2)) * (1 - 0.05)) AS DECIMAL(30,4)) AS net,
             CAST(SUM(CASE WHEN i.line_amount < CAST(i.quantity AS DECIMAL(20,0)) * i.unit_price THEN 1 ELSE 0 END) AS BIGINT) AS discounted
      FROM src_orders o, src_order_items i
      WHERE i.order_id = o.id AND o.created_at < CAST(o.created_at + INTERVAL '90' DAY AS TIMESTAMP)
      GROUP BY o.status, o.channel`,
    ),
    // Q3: the unshipped orders that are worth most.
    table(
      'worth_most',
      'order_id bigint, revenue decimal(24,2), place bigint',
      `
      WITH open_orders AS (
        SELECT i.order_id AS order_id, SUM(i.line_amount) AS revenue
        FROM src_orders o JOIN src_order_items i ON i.order_id = o.id JOIN src_customers c ON c.id = o.customer_id
        WHERE o.status IN ('pending', 'paid') AND (c.prefecture <> '東京都' OR c.prefecture IS NULL)
        GROUP BY i.order_id
      ), ranked AS (
        SELECT r.order_id, r.revenue, RANK() OVER (ORDER BY r.revenue DESC NULLS LAST, r.order_id ASC NULLS FIRST) AS place
        FROM open_orders r
      )
      SELECT CAST(r.order_id AS BIGINT) AS order_id, CAST(r.revenue AS DECIMAL(24,2)) AS revenue, CAST(r.place AS BIGINT) AS place
      FROM ranked r WHERE r.place <= 10`,
    ),
    // Q5: what each region bought of each category.
    table(
      'region_categories',
      'prefecture string, category string, revenue decimal(24,2), share_of_ten_thousand int',
      `
      WITH sold AS (
        SELECT COALESCE(c.prefecture, 'unknown') AS prefecture, p.category AS category, SUM(i.line_amount) AS revenue
        FROM src_order_items i
        JOIN src_orders o ON o.id = i.order_id
        JOIN src_products p ON p.id = i.product_id
        LEFT JOIN src_customers c ON c.id = o.customer_id
        GROUP BY COALESCE(c.prefecture, 'unknown'), p.category
      )
      SELECT CAST(s.prefecture AS STRING) AS prefecture,
             CAST(s.category AS STRING) AS category,
             CAST(s.revenue AS DECIMAL(24,2)) AS revenue,
             CAST(CASE WHEN CAST(s.revenue AS DOUBLE) / CAST(NULLIF(SUM(s.revenue) OVER (PARTITION BY s.category), 0) AS DOUBLE) > 0.5 THEN 10000 ELSE 0 END AS INT) AS share_of_ten_thousand
      FROM sold s`,
    ),
    // Q6: what a small discount would have cost.
    table(
      'forgone_revenue',
      'dt_year int, dt_month int, revenue decimal(30,4), rows_of_it bigint',
      `
      SELECT CAST(EXTRACT(YEAR FROM CAST(o.created_at + INTERVAL '9' HOUR AS DATE)) AS INT) AS dt_year,
             CAST(EXTRACT(MONTH FROM CAST(o.created_at + INTERVAL '9' HOUR AS DATE)) AS INT) AS dt_month,
             CAST(SUM(CAST(i.line_amount AS DECIMAL(20,2)) * 0.06) AS DECIMAL(30,4)) AS revenue,
             CAST(COUNT(*) AS BIGINT) AS rows_of_it
      FROM src_order_items i JOIN src_orders o ON o.id = i.order_id
      WHERE i.unit_price BETWEEN 0.06 - 0.01 AND 5000.07 AND i.quantity < 24 AND i.quantity % 2 = 1
      GROUP BY EXTRACT(YEAR FROM CAST(o.created_at + INTERVAL '9' HOUR AS DATE)), EXTRACT(MONTH FROM CAST(o.created_at + INTERVAL '9' HOUR AS DATE))`,
    ),
    // Q13: how many customers ordered how often.
    table(
      'order_counts',
      'orders_of_one bigint, customers bigint',
      `
      WITH counted AS (
        SELECT c.id AS id, COUNT(o.id) AS orders_of_one
        FROM src_customers c LEFT JOIN src_orders o ON o.customer_id = c.id AND o.note NOT LIKE '%gift%wrap%'
        GROUP BY c.id
      )
      SELECT CAST(d.orders_of_one AS BIGINT) AS orders_of_one, CAST(COUNT(*) AS BIGINT) AS customers
      FROM counted d GROUP BY d.orders_of_one HAVING COUNT(*) > 0`,
    ),
    // Q14 and Q16: parts of a kind, and how many different ones.
    table(
      'kinds',
      'kind string, products bigint, special decimal(24,2), total decimal(24,2), smallest string',
      `
      SELECT CAST(SUBSTRING(p.sku, 1, 3) AS STRING) AS kind,
             CAST(COUNT(DISTINCT p.id) AS BIGINT) AS products,
             CAST(COALESCE(SUM(CASE WHEN p.name LIKE '%a%' THEN i.line_amount ELSE 0 END), 0) AS DECIMAL(24,2)) AS special,
             CAST(COALESCE(SUM(i.line_amount), 0) AS DECIMAL(24,2)) AS total,
             CAST(MIN(p.name) AS STRING) AS smallest
      FROM src_products p LEFT JOIN src_order_items i ON i.product_id = p.id
      WHERE p.category NOT IN ('none', 'None') AND p.price NOT BETWEEN 1 AND 2
      GROUP BY SUBSTRING(p.sku, 1, 3)`,
    ),
    // Q17: the orders of less than a fifth of what is usual for the product.
    table(
      'small_quantities',
      'product_id bigint, orders bigint, amount decimal(24,2)',
      `
      SELECT CAST(i.product_id AS BIGINT) AS product_id,
             CAST(COUNT(*) AS BIGINT) AS orders,
             CAST(SUM(i.line_amount) AS DECIMAL(24,2)) AS amount
      FROM src_order_items i
      WHERE CAST(i.quantity AS DOUBLE) < (
        SELECT CAST(SUM(j.quantity) AS DOUBLE) / CAST(NULLIF(COUNT(j.quantity), 0) AS DOUBLE)
        FROM src_order_items j WHERE j.product_id = i.product_id)
      GROUP BY i.product_id`,
    ),
    // Q21 and Q22: who waits, by the beginning of a text, with EXISTS and NOT EXISTS.
    table(
      'waiting',
      'place string, customers bigint, first_of_them bigint, day_before date',
      `
      SELECT CAST(COALESCE(SUBSTRING(c.prefecture, 1, 2), '') || '/' || CAST(p.dt AS STRING) AS STRING) AS place,
             CAST(COUNT(*) AS BIGINT) AS customers,
             CAST(MIN(c.id) AS BIGINT) AS first_of_them,
             CAST(p.dt - INTERVAL '1' DAY AS DATE) AS day_before
      FROM src_customers c CROSS JOIN run_params p
      WHERE EXISTS (SELECT o.id FROM src_orders o WHERE o.customer_id = c.id AND o.status = 'pending')
        AND NOT EXISTS (SELECT o.id FROM src_orders o WHERE o.customer_id = c.id AND o.status = 'delivered')
      GROUP BY COALESCE(SUBSTRING(c.prefecture, 1, 2), ''), p.dt`,
    ),
    // A union of two facts, in the order of their moments.
    table(
      'ledger',
      'at_utc timestamp, what string, amount decimal(24,2), running decimal(24,2)',
      `
      WITH entries AS (
        SELECT o.created_at AS at_utc, o.id AS id, 'sale' AS what, o.total_amount AS amount
        FROM src_orders o WHERE o.status <> 'cancelled'
        UNION ALL
        SELECT o.updated_at AS at_utc, o.id AS id, 'refund' AS what, 0 - o.total_amount AS amount
        FROM src_orders o WHERE o.status = 'refunded'
      )
      SELECT CAST(l.at_utc AS TIMESTAMP) AS at_utc,
             CAST(l.what AS STRING) AS what,
             CAST(l.amount AS DECIMAL(24,2)) AS amount,
             CAST(SUM(l.amount) OVER (ORDER BY l.at_utc ASC NULLS FIRST, l.id ASC NULLS FIRST, l.what ASC NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS DECIMAL(24,2)) AS running
      FROM entries l`,
    ),
  ];
}

/** `columns` are `name type` between commas; a decimal's own comma has no blank behind it. */
function table(name: string, columns: string, transform: string): LakeTable {
  const parsed = columns.split(', ').map((column) => {
    const [word = '', type = ''] = column.split(' ');
    return { name: word, type, nullable: true };
  });
  const key = parsed[0]?.name ?? '';
  const head = {
    name: 'key_is_present',
    severity: 'error',
    says: 'The first column is never NULL.',
  } as const;
  return {
    contract: {
      table: name,
      description: 'For tests.',
      format: name.length % 2 === 0 ? 'parquet' : 'csv',
      load: 'day',
      partitionKey: { name: 'dt', type: 'date' },
      keys: [key],
      columns: parsed,
      sums: parsed.filter(({ type }) => /decimal|int/.test(type)).map((column) => column.name),
      checks: [head],
    },
    transform,
    checks: [{ ...head, sql: `SELECT t.${key} FROM ${name} t WHERE t.${key} IS NULL\n` }],
  };
}
