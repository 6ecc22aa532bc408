SELECT c.id
FROM customers c
WHERE TRIM(c.name) = ''
