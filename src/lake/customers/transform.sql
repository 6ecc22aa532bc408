SELECT CAST(c.id AS BIGINT) AS id,
       CAST(c.name AS STRING) AS name,
       CAST(c.name_kana AS STRING) AS name_kana,
       CAST(c.email AS STRING) AS email,
       CAST(c.prefecture AS STRING) AS prefecture,
       CAST(c.birth_date AS DATE) AS birth_date,
       CAST(c.created_at AS TIMESTAMP) AS created_at,
       CAST(c.updated_at AS TIMESTAMP) AS updated_at
FROM src_customers c
