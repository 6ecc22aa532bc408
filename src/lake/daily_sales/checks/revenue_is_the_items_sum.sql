WITH sales AS (
  SELECT COALESCE(SUM(s.revenue), 0) AS amount FROM daily_sales s
), items AS (
  SELECT COALESCE(SUM(i.line_amount), 0) AS amount
  FROM order_items i JOIN orders o ON o.id = i.order_id
  WHERE o.status NOT IN ('cancelled', 'refunded')
)
SELECT sales.amount AS sales_amount, items.amount AS items_amount
FROM sales CROSS JOIN items
WHERE sales.amount <> items.amount
