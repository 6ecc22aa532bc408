-- Counts what the shop kept: an order that was cancelled or refunded later leaves the day when it is loaded again.
WITH kept AS (
  SELECT o.id
  FROM src_orders o
  WHERE o.status NOT IN ('cancelled', 'refunded')
)
SELECT CAST(i.product_id AS BIGINT) AS product_id,
       CAST(COUNT(DISTINCT i.order_id) AS BIGINT) AS orders,
       CAST(SUM(i.quantity) AS BIGINT) AS quantity,
       CAST(SUM(i.line_amount) AS DECIMAL(18,2)) AS revenue
FROM src_order_items i JOIN kept k ON k.id = i.order_id
GROUP BY i.product_id
