SELECT i.id
FROM order_items i
WHERE i.id IS NULL OR i.order_id IS NULL OR i.line_number IS NULL OR i.product_id IS NULL OR i.quantity IS NULL
   OR i.unit_price IS NULL OR i.line_amount IS NULL OR i.created_at IS NULL OR i.updated_at IS NULL
