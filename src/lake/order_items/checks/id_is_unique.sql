SELECT i.id, COUNT(*) AS copies
FROM order_items i
GROUP BY i.id
HAVING COUNT(*) > 1
