SELECT CAST(o.id AS BIGINT) AS id,
       CAST(o.customer_id AS BIGINT) AS customer_id,
       CAST(o.status AS STRING) AS status,
       CAST(o.channel AS STRING) AS channel,
       CAST(o.payment_method AS STRING) AS payment_method,
       CAST(o.total_amount AS DECIMAL(14,2)) AS total_amount,
       CAST(o.note AS STRING) AS note,
       CAST(o.created_at AS TIMESTAMP) AS created_at,
       CAST(o.updated_at AS TIMESTAMP) AS updated_at
FROM src_orders o
