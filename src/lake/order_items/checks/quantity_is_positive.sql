SELECT i.id, i.quantity
FROM order_items i
WHERE i.quantity <= 0
