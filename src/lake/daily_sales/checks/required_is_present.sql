SELECT s.product_id
FROM daily_sales s
WHERE s.product_id IS NULL OR s.orders IS NULL OR s.quantity IS NULL OR s.revenue IS NULL
