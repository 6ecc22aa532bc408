import { quoteText, raiseWhen } from '../plan/bound.ts';
import { divideDecimals } from '../plan/decimal.ts';
import { once } from '../plan/once.ts';
import { DIGEST_ROWS_MAX } from '../scalar/digest.ts';
import { isFloating } from '../types/coercion.ts';
import { DECIMAL_PRECISION_MAX, decimal, duckdbType, type Type } from '../types/type.ts';
import { type CallInput, constantOf, type Definition, define, type Registry, sqlOf } from './registry.ts';

const AGGREGATE: Definition = { kind: 'aggregate' };
const WINDOW: Definition = { kind: 'window' };

/** Aggregates. Braces mark the calls that take DISTINCT, ORDER BY, FILTER and OVER. */
export function defineAggregates(registry: Registry): void {
  define(registry, 'count', 'T -> bigint', '{count($1)}', AGGREGATE);
  define(registry, 'count', ' -> bigint', '{count(*)}', AGGREGATE);
  define(registry, 'count_if', 'boolean -> bigint', '{count(CASE WHEN $1 THEN 1 END)}', AGGREGATE);
  for (const name of ['min', 'max']) {
    define(registry, name, 'T -> T', (call) => extreme(name, call), AGGREGATE);
  }
  define(registry, 'min', 'T, bigint -> array(T)', '{min($1, $2)}', AGGREGATE);
  define(registry, 'max', 'T, bigint -> array(T)', '{max($1, $2)}', AGGREGATE);
  define(registry, 'min_by', 'T, U -> T', '{arg_min_null($1, $2)}', AGGREGATE);
  define(registry, 'max_by', 'T, U -> T', '{arg_max_null($1, $2)}', AGGREGATE);
  define(registry, 'min_by', 'T, U, bigint -> array(T)', (call) => firstBy(call, 'ASC'), AGGREGATE);
  define(registry, 'max_by', 'T, U, bigint -> array(T)', (call) => firstBy(call, 'DESC'), AGGREGATE);
  define(registry, 'arbitrary any_value', 'T -> T', '{any_value($1)}', AGGREGATE);
  define(registry, 'array_agg', 'T -> array(T)', '{array_agg($1)}', AGGREGATE);
  define(registry, 'bool_and every', 'boolean -> boolean', '{bool_and($1)}', AGGREGATE);
  define(registry, 'bool_or', 'boolean -> boolean', '{bool_or($1)}', AGGREGATE);
  define(registry, 'approx_distinct', 'T -> bigint', '{count(DISTINCT $1)}', AGGREGATE);
  define(
    registry,
    'approx_distinct',
    'T, double -> bigint',
    (call) => {
      constantOf(call, 1, 'a standard error');
      return `{count(DISTINCT ${sqlOf(call, 0)})}`;
    },
    AGGREGATE,
  );
  define(registry, 'bitwise_and_agg', 'bigint -> bigint', '{bit_and($1)}', AGGREGATE);
  define(registry, 'bitwise_or_agg', 'bigint -> bigint', '{bit_or($1)}', AGGREGATE);
  define(
    registry,
    'listagg',
    'varchar, varchar -> varchar',
    (call) => {
      if (call.types[0]?.base === 'unknown')
        throw call.refuse(call.arguments[0], 'Expected expression of varchar, but it has unknown type');
      return `{string_agg(${sqlOf(call, 0)}, ${quoteText(constantOf(call, 1, 'a separator'))})}`;
    },
    AGGREGATE,
  );
  define(registry, 'grouping', 'A, A... -> integer', 'CAST(grouping($*) AS INTEGER)', AGGREGATE);
  defineSums(registry);
  defineStatistics(registry);
  definePercentiles(registry);
  defineWindows(registry);
}

/** NaN counts only where there is no number; DuckDB has it the greatest of all. */
function extreme(name: string, call: CallInput): string {
  const sql = sqlOf(call, 0);
  if (!isFloating(call.result)) return `{${name}(${sql})}`;
  return `coalesce({${name}(CASE WHEN NOT isnan(${sql}) THEN ${sql} END)}, {${name}(${sql})})`;
}

/** The values beside the so many least or greatest keys; rows without a key do not count. */
function firstBy(call: CallInput, direction: 'ASC' | 'DESC'): string {
  const count = constantOf(call, 2, 'a number of values');
  if (!(Number(count) > 0)) throw call.refuse(call.arguments[2], 'the number of values must be positive');
  const entries = `{array_agg(CASE WHEN ${sqlOf(call, 1)} IS NOT NULL THEN struct_pack(k := ${sqlOf(call, 1)}, v := ${sqlOf(call, 0)}) END)}`;
  return once([`list_filter(${entries}, lambda dp__entry: dp__entry IS NOT NULL)`], ([list]) => {
    const first = `list_sort(${list}, '${direction}')[1:${count}]`;
    const values = `CASE WHEN len(${list}) > 0 THEN list_transform(${first}, lambda dp__entry: dp__entry.v) END`;
    // Trino 435 gives NULL in the place of some values once one of them is NULL.
    const isMissing = `len(list_filter(${list}, lambda dp__entry: dp__entry.v IS NULL)) > 0`;
    return raiseWhen(isMissing, 'not supported in local: a number of values of which some are NULL', values);
  });
}

function defineSums(registry: Registry): void {
  define(registry, 'sum', 'bigint -> bigint', 'CAST({sum($1)} AS BIGINT)', AGGREGATE);
  define(registry, 'sum', 'double -> double', '{sum($1)}', AGGREGATE);
  define(registry, 'sum', 'real -> real', 'CAST({sum(CAST($1 AS DOUBLE))} AS FLOAT)', AGGREGATE);
  define(registry, 'sum', 'decimal(p,s) -> decimal(p,s)', sumOfDecimals, {
    kind: 'aggregate',
    result: (call) => decimal(38, digitsOf(call).scale),
  });
  define(registry, 'sum', 'dayToSecond -> dayToSecond', 'CAST({sum($1)} AS BIGINT)', AGGREGATE);
  define(registry, 'sum', 'yearToMonth -> yearToMonth', 'CAST({sum($1)} AS INTEGER)', AGGREGATE);
  define(registry, 'avg', 'bigint -> double', '{avg($1)}', AGGREGATE);
  define(registry, 'avg', 'double -> double', '{avg($1)}', AGGREGATE);
  define(registry, 'avg', 'real -> real', 'CAST({avg(CAST($1 AS DOUBLE))} AS FLOAT)', AGGREGATE);
  define(
    registry,
    'avg',
    'decimal(p,s) -> decimal(p,s)',
    (call) => {
      const { precision, scale } = digitsOf(call);
      return divideDecimals(
        { sql: `{sum(${sqlOf(call, 0)})}`, type: decimal(38, scale) },
        { sql: `{count(${sqlOf(call, 0)})}`, type: { base: 'bigint' } },
        { precision, scale },
        'NULL',
      );
    },
    AGGREGATE,
  );
  define(registry, 'avg', 'dayToSecond -> dayToSecond', 'CAST(round({avg($1)}) AS BIGINT)', AGGREGATE);
}

/** Trino raises where 38 digits do not hold the sum; DuckDB has room for some of a 39th. */
function sumOfDecimals(call: CallInput): string {
  const { precision, scale } = digitsOf(call);
  const sum = `{sum(${sqlOf(call, 0)})}`;
  if (precision < DIGITS_SURELY_SUMMED) return sum;
  const most = '9'.repeat(DECIMAL_PRECISION_MAX);
  const limit = `${most.slice(scale)}${scale === 0 ? '' : `.${most.slice(0, scale)}`}`;
  return once([sum], ([x]) =>
    raiseWhen(`abs(${x}) > CAST('${limit}' AS DECIMAL(38,${scale}))`, 'Decimal overflow', x ?? 'NULL'),
  );
}

/** Of decimals with fewer digits no local table holds so many rows. */
const DIGITS_SURELY_SUMMED = 29;

function digitsOf(call: Omit<CallInput, 'result'>): { precision: number; scale: number } {
  const type: Type | undefined = call.bindings.sized.get('p');
  return type?.base === 'decimal' ? type : { precision: 38, scale: 0 };
}

function defineStatistics(registry: Registry): void {
  for (const [names, name] of [
    ['stddev stddev_samp', 'stddev_samp'],
    ['stddev_pop', 'stddev_pop'],
    ['variance var_samp', 'var_samp'],
    ['var_pop', 'var_pop'],
  ] as const) {
    define(registry, names, 'double -> double', `{${name}($1)}`, AGGREGATE);
  }
  for (const name of ['covar_samp', 'covar_pop', 'corr', 'regr_slope', 'regr_intercept']) {
    // Where there is no line through the points Trino gives NULL.
    const known = (sql: string): string => once([sql], ([x]) => `CASE WHEN isfinite(${x}) THEN ${x} END`);
    define(registry, name, 'double, double -> double', known(`{${name}($1, $2)}`), AGGREGATE);
    // Whole numbers and decimals become reals before they become doubles.
    const onReals = `CAST(${known(`{${name}(CAST($1 AS DOUBLE), CAST($2 AS DOUBLE))}`)} AS FLOAT)`;
    define(registry, name, 'real, real -> real', onReals, AGGREGATE);
  }
  // DuckDB corrects the skewness of a sample; Trino gives the one of the rows themselves.
  define(
    registry,
    'skewness',
    'double -> double',
    'CASE WHEN {count($1)} > 2 THEN {skewness($1)} * ({count($1)} - 2) / sqrt(CAST({count($1)} AS DOUBLE) * ({count($1)} - 1)) END',
    AGGREGATE,
  );
  define(
    registry,
    'kurtosis',
    'double -> double',
    "CASE WHEN {count($1)} > 3 THEN coalesce({kurtosis($1)}, CAST('nan' AS DOUBLE)) END",
    AGGREGATE,
  );
  const mean =
    "exp({avg(CASE WHEN $1 < 0 THEN CAST('nan' AS DOUBLE) WHEN $1 = 0 THEN CAST('-infinity' AS DOUBLE) ELSE ln($1) END)})";
  for (const type of ['bigint', 'double'])
    define(registry, 'geometric_mean', `${type} -> double`, mean, AGGREGATE);
  define(registry, 'geometric_mean', 'real -> real', `CAST(${mean} AS FLOAT)`, AGGREGATE);
}

function definePercentiles(registry: Registry): void {
  for (const type of ['bigint', 'double', 'real']) {
    const inner = type === 'bigint' ? (_: CallInput, quantile: string) => quantile : digest;
    define(
      registry,
      'approx_percentile',
      `${type}, double -> ${type}`,
      (call) => inner(call, `{quantile_disc(${sqlOf(call, 0)}, ${percentile(call)})}`),
      AGGREGATE,
    );
    define(
      registry,
      'approx_percentile',
      `${type}, array(double) -> array(${type})`,
      (call) =>
        inner(
          call,
          `{quantile_disc(${sqlOf(call, 0)}, list_transform(${sqlOf(call, 1)}, lambda dp__item: least(1.0, dp__item + ${PERCENTILE_STEP})))}`,
        ),
      AGGREGATE,
    );
  }
}

/** Few rows go through Trino's digest, which is between values; of many, it would depend on their order. */
function digest(call: CallInput, quantile: string): string {
  // The least values, sorted, and one more than the digest takes: a long list is never made.
  const values = `{min(CAST(${sqlOf(call, 0)} AS DOUBLE), ${DIGEST_ROWS_MAX + 1})}`;
  return once(
    [values],
    ([sorted], [exact, shares]) => {
      const value =
        call.result.base === 'array'
          ? `list_transform(${shares}, lambda dp__share: dp_digest_value(${sorted}, dp__share))`
          : `dp_digest_value(${sorted}, ${shares})`;
      const few = `len(${sorted}) BETWEEN 1 AND ${DIGEST_ROWS_MAX}`;
      return `CASE WHEN ${few} THEN CAST(${value} AS ${duckdbType(call.result)}) ELSE ${exact} END`;
    },
    [quantile, sqlOf(call, 1)],
  );
}

/** Trino takes the value after the share of rows, DuckDB the one at it. */
const PERCENTILE_STEP = 1e-9;

function justAfter(share: number): number {
  return Math.min(1, share + PERCENTILE_STEP);
}

function percentile(call: CallInput): string {
  const share = Number(constantOf(call, 1, 'a percentile'));
  if (!(share >= 0 && share <= 1)) throw call.refuse(call.arguments[1], 'Percentile must be between 0 and 1');
  return String(justAfter(share));
}

function defineWindows(registry: Registry): void {
  for (const name of ['row_number', 'rank', 'dense_rank']) {
    define(registry, name, ' -> bigint', `{${name}()}`, WINDOW);
  }
  for (const name of ['percent_rank', 'cume_dist'])
    define(registry, name, ' -> double', `{${name}()}`, WINDOW);
  define(registry, 'ntile', 'bigint -> bigint', '{ntile($1)}', WINDOW);
  for (const name of ['first_value', 'last_value']) define(registry, name, 'T -> T', `{${name}($1)}`, WINDOW);
  define(
    registry,
    'nth_value',
    'T, bigint -> T',
    (call) => `{nth_value(${sqlOf(call, 0)}, ${offsetAtLeast(1, call)})}`,
    WINDOW,
  );
  for (const name of ['lag', 'lead']) {
    define(registry, name, 'T -> T', `{${name}($1)}`, WINDOW);
    for (const more of ['', ', T']) {
      define(
        registry,
        name,
        `T, bigint${more} -> T`,
        (call) =>
          `{${name}(${sqlOf(call, 0)}, ${offsetAtLeast(0, call)}${more === '' ? '' : `, ${sqlOf(call, 2)}`})}`,
        WINDOW,
      );
    }
  }
}

function offsetAtLeast(least: number, call: CallInput): string {
  const offset = sqlOf(call, 1);
  if (Number(call.arguments[1]?.constant) >= least) return offset;
  return raiseWhen(`${offset} < ${least}`, `Offset must be at least ${least}`, offset);
}
