-- The lines of an order, at the price of that moment. A deleted order takes its lines along.
CREATE TABLE IF NOT EXISTS order_items (
  id           BIGINT         NOT NULL AUTO_INCREMENT,
  order_id     BIGINT         NOT NULL,
  line_number  INT            NOT NULL,
  product_id   BIGINT         NOT NULL,
  quantity     INT            NOT NULL,
  unit_price   DECIMAL(14,2)  NOT NULL,
  -- quantity × unit_price.
  line_amount  DECIMAL(14,2)  NOT NULL,
  created_at   DATETIME(6)    NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at   DATETIME(6)    NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  UNIQUE KEY order_items_order (order_id, line_number),
  KEY order_items_product (product_id),
  CONSTRAINT order_items_order_exists FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
  CONSTRAINT order_items_product_exists FOREIGN KEY (product_id) REFERENCES products (id),
  CONSTRAINT order_items_quantity_positive CHECK (quantity > 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
