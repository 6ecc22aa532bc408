SELECT o.id, COUNT(*) AS copies
FROM orders o
GROUP BY o.id
HAVING COUNT(*) > 1
