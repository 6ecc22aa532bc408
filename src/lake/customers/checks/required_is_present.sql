SELECT c.id
FROM customers c
WHERE c.id IS NULL OR c.name IS NULL OR c.created_at IS NULL OR c.updated_at IS NULL
