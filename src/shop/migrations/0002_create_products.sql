-- What is sold. Money is DECIMAL(14,2) everywhere; yen have no fraction, but discounts and weighed goods do.
CREATE TABLE IF NOT EXISTS products (
  id          BIGINT         NOT NULL AUTO_INCREMENT,
  sku         VARCHAR(32)    NOT NULL,
  name        VARCHAR(200)   NOT NULL,
  category    VARCHAR(50)    NOT NULL,
  price       DECIMAL(14,2)  NOT NULL,
  stock       INT            NOT NULL DEFAULT 0,
  active      TINYINT(1)     NOT NULL DEFAULT 1,
  created_at  DATETIME(6)    NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at  DATETIME(6)    NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  UNIQUE KEY products_sku (sku),
  KEY products_category (category, id),
  KEY products_updated_at (updated_at),
  CONSTRAINT products_price_positive CHECK (price >= 0),
  -- The last guard against overselling: an order that takes too much fails as a whole.
  CONSTRAINT products_stock_not_negative CHECK (stock >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
