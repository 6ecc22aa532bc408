SELECT p.id, COUNT(*) AS copies
FROM products p
GROUP BY p.id
HAVING COUNT(*) > 1
