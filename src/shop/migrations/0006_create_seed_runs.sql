-- Which generated shop this is. A row that is not complete says that a load was interrupted.
CREATE TABLE IF NOT EXISTS seed_runs (
  id            INT          NOT NULL,
  state         VARCHAR(16)  CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  seed          BIGINT       NOT NULL,
  orders        BIGINT       NOT NULL,
  days          INT          NOT NULL,
  last_day      DATE         NOT NULL,
  started_at    DATETIME(6)  NOT NULL,
  completed_at  DATETIME(6)  NULL,
  PRIMARY KEY (id),
  CONSTRAINT seed_runs_state_known CHECK (state IN ('loading', 'complete'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
