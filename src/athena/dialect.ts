import { BYTE_SCALARS } from './scalar/bytes.ts';
import { DIGEST_SCALARS } from './scalar/digest.ts';
import { HASH_SCALARS } from './scalar/hashes.ts';
import { JAVA_TIME_SCALARS } from './scalar/java-time.ts';
import { JSON_SCALARS } from './scalar/json.ts';
import { NUMBER_SCALARS } from './scalar/numbers.ts';
import { PATTERN_SCALARS } from './scalar/patterns.ts';
import type { Scalar } from './scalar/scalar.ts';
import { SQL_JSON_SCALARS } from './scalar/sql-json.ts';
import { TEXT_SCALARS } from './scalar/texts.ts';
import { TIME_TEXT_SCALARS } from './scalar/time-text.ts';

/** Settings a DuckDB connection needs before it runs planned SQL. */
export const DIALECT_SETTINGS: readonly string[] = [
  "SET TimeZone = 'UTC'",
  // A double divided by zero is infinite in Trino as well; whole numbers and decimals are checked by the planner.
  'SET ieee_floating_point_ops = true',
  "SET default_null_order = 'nulls_last'",
];

/** Functions a DuckDB instance needs before it runs planned SQL. */
export const DIALECT_SCALARS: readonly Scalar[] = [
  ...NUMBER_SCALARS,
  ...TEXT_SCALARS,
  ...JSON_SCALARS,
  ...SQL_JSON_SCALARS,
  ...PATTERN_SCALARS,
  ...DIGEST_SCALARS,
  ...HASH_SCALARS,
  ...BYTE_SCALARS,
  ...JAVA_TIME_SCALARS,
  ...TIME_TEXT_SCALARS,
];
