SELECT p.id, p.price
FROM products p
WHERE p.price < 0
