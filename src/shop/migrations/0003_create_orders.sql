-- One purchase. A day's extract reads a window of created_at; late changes are found through updated_at.
CREATE TABLE IF NOT EXISTS orders (
  id              BIGINT         NOT NULL AUTO_INCREMENT,
  customer_id     BIGINT         NOT NULL,
  status          VARCHAR(16)    CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'pending',
  -- Where it was ordered: web, app, store, phone.
  channel         VARCHAR(16)    NOT NULL DEFAULT 'web',
  -- NULL while the customer has not chosen one.
  payment_method  VARCHAR(16)    NULL,
  -- The sum of the items' line_amount.
  total_amount    DECIMAL(14,2)  NOT NULL,
  -- Free text from the customer: may be NULL, empty, and hold any character.
  note            VARCHAR(1000)  NULL,
  created_at      DATETIME(6)    NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at      DATETIME(6)    NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  KEY orders_created_at (created_at),
  KEY orders_updated_at (updated_at),
  KEY orders_customer (customer_id, id),
  CONSTRAINT orders_customer_exists FOREIGN KEY (customer_id) REFERENCES customers (id),
  CONSTRAINT orders_status_known
    CHECK (status IN ('pending', 'paid', 'shipped', 'delivered', 'cancelled', 'refunded'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
