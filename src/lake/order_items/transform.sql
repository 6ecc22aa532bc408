SELECT CAST(i.id AS BIGINT) AS id,
       CAST(i.order_id AS BIGINT) AS order_id,
       CAST(i.line_number AS INT) AS line_number,
       CAST(i.product_id AS BIGINT) AS product_id,
       CAST(i.quantity AS INT) AS quantity,
       CAST(i.unit_price AS DECIMAL(14,2)) AS unit_price,
       CAST(i.line_amount AS DECIMAL(14,2)) AS line_amount,
       CAST(i.created_at AS TIMESTAMP) AS created_at,
       CAST(i.updated_at AS TIMESTAMP) AS updated_at
FROM src_order_items i
