SELECT o.id, o.status
FROM orders o
WHERE o.status NOT IN ('pending', 'paid', 'shipped', 'delivered', 'cancelled', 'refunded')
