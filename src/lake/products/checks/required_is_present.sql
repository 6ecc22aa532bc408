SELECT p.id
FROM products p
WHERE p.id IS NULL OR p.sku IS NULL OR p.name IS NULL OR p.category IS NULL OR p.price IS NULL
   OR p.stock IS NULL OR p.active IS NULL OR p.created_at IS NULL OR p.updated_at IS NULL
