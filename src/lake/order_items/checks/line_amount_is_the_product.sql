SELECT i.id, i.line_amount
FROM order_items i
WHERE i.line_amount <> CAST(i.quantity AS DECIMAL(20,0)) * i.unit_price
