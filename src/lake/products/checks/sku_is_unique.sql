SELECT p.sku, COUNT(*) AS copies
FROM products p
GROUP BY p.sku
HAVING COUNT(*) > 1
