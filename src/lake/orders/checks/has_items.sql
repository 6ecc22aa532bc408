SELECT o.id
FROM orders o LEFT JOIN order_items i ON i.order_id = o.id
WHERE i.id IS NULL
