SELECT o.id, o.created_at
FROM orders o CROSS JOIN run_params p
WHERE o.created_at < p.lo_utc OR o.created_at >= p.hi_utc
