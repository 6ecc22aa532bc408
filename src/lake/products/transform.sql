SELECT CAST(p.id AS BIGINT) AS id,
       CAST(p.sku AS STRING) AS sku,
       CAST(p.name AS STRING) AS name,
       CAST(p.category AS STRING) AS category,
       CAST(p.price AS DECIMAL(14,2)) AS price,
       CAST(p.stock AS INT) AS stock,
       CAST(p.active <> 0 AS BOOLEAN) AS active,
       CAST(p.created_at AS TIMESTAMP) AS created_at,
       CAST(p.updated_at AS TIMESTAMP) AS updated_at
FROM src_products p
