-- People who buy. Times are UTC: every session that writes runs with time_zone = '+00:00'.
CREATE TABLE IF NOT EXISTS customers (
  id          BIGINT       NOT NULL AUTO_INCREMENT,
  name        VARCHAR(100) NOT NULL,
  name_kana   VARCHAR(100) NULL,
  -- NULL for customers the shop registered by phone.
  email       VARCHAR(254) NULL,
  prefecture  VARCHAR(10)  NULL,
  birth_date  DATE         NULL,
  created_at  DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at  DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  UNIQUE KEY customers_email (email),
  KEY customers_updated_at (updated_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
