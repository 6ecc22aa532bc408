SELECT c.id, COUNT(*) AS copies
FROM customers c
GROUP BY c.id
HAVING COUNT(*) > 1
