SELECT s.product_id, COUNT(*) AS copies
FROM daily_sales s
GROUP BY s.product_id
HAVING COUNT(*) > 1
