SELECT i.id, i.order_id
FROM order_items i LEFT JOIN orders o ON o.id = i.order_id
WHERE o.id IS NULL
