-- What the Shop API answered to a request that carried an Idempotency-Key, written in the transaction that did
-- the work: a retry gets the same answer and no second order.
CREATE TABLE IF NOT EXISTS idempotency_keys (
  idempotency_key  VARCHAR(128)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- SHA-256 of the request, in hex: the same key with another request is refused.
  request_hash     CHAR(64)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_id         BIGINT        NULL,
  created_at       DATETIME(6)   NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (idempotency_key),
  KEY idempotency_keys_created_at (created_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
