SELECT o.id
FROM orders o
WHERE o.id IS NULL OR o.customer_id IS NULL OR o.status IS NULL OR o.channel IS NULL
   OR o.total_amount IS NULL OR o.created_at IS NULL OR o.updated_at IS NULL
