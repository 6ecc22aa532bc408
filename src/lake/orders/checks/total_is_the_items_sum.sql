SELECT o.id, o.total_amount, SUM(i.line_amount) AS items_amount
FROM orders o LEFT JOIN order_items i ON i.order_id = o.id
GROUP BY o.id, o.total_amount
HAVING COALESCE(SUM(i.line_amount), 0) <> o.total_amount
