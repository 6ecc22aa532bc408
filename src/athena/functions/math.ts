import { raiseWhen } from '../plan/bound.ts';
import { decimalArithmetic, decimalResult, decimalType, divideDecimals } from '../plan/decimal.ts';
import { once } from '../plan/once.ts';
import { DECIMAL_PRECISION_MAX, decimal, type Type } from '../types/type.ts';
import { type CallInput, constantOf, define, type Registry, sqlOf } from './registry.ts';

/** Numbers. */
export function defineMath(registry: Registry): void {
  for (const type of ['tinyint', 'smallint', 'integer', 'bigint', 'real', 'double']) {
    define(registry, 'abs', `${type} -> ${type}`, 'abs($1)');
    define(registry, 'sign', `${type} -> ${type}`, `CAST(sign($1) AS ${type === 'real' ? 'FLOAT' : type})`);
    if (type !== 'real' && type !== 'double') {
      define(registry, 'ceil ceiling floor round', `${type} -> ${type}`, '$1');
      define(registry, 'round', `${type}, bigint -> ${type}`, roundWhole);
      define(registry, 'mod', `${type}, ${type} -> ${type}`, remainder);
    }
  }
  define(registry, 'abs', 'decimal(p,s) -> decimal(p,s)', 'abs($1)');
  define(registry, 'sign', 'decimal(p,s) -> decimal(1,0)', 'CAST(sign($1) AS DECIMAL(1,0))', {
    result: () => decimal(1, 0),
  });
  defineRounding(registry);
  defineReal(registry);
  defineBits(registry);
  define(registry, 'mod', 'decimal(p,s), decimal(q,t) -> decimal(p,s)', modDecimal, { result: modType });
  define(registry, 'mod', 'double, double -> double', 'dp_remainder($1, $2)');
  define(registry, 'width_bucket', 'double, double, double, bigint -> bigint', widthBucket);
  define(registry, 'width_bucket', 'double, array(double) -> bigint', (call) =>
    once([sqlOf(call, 0), sqlOf(call, 1)], ([x, bins]) => {
      const isSorted = `list_sort(${bins}) = ${bins} AND len(${bins}) > 0`;
      const inside = `CAST(len(list_filter(${bins}, lambda dp__bin: dp__bin <= ${x})) AS BIGINT)`;
      return raiseWhen(
        `NOT (${isSorted}) OR isnan(${x})`,
        'width_bucket needs bins that are sorted, and a number',
        `CASE WHEN ${x} IS NOT NULL AND ${bins} IS NOT NULL THEN ${inside} END`,
      );
    }),
  );
  define(registry, 'from_base', 'varchar, bigint -> bigint', 'dp_from_base($1, $2)');
  define(registry, 'to_base', 'bigint, bigint -> varchar(64)', 'dp_to_base($1, $2)');
  define(registry, 'random rand', ' -> double', 'random()', { volatile: true });
  for (const type of ['integer', 'bigint']) {
    define(registry, 'random rand', `${type} -> ${type}`, randomBelow, { volatile: true });
  }
}

function modType(call: Omit<CallInput, 'result'>): Type {
  const [left, right] = ['p', 'q'].map((name) => call.bindings.sized.get(name));
  const digits =
    left?.base === 'decimal' && right?.base === 'decimal' ? decimalResult('%', left, right) : undefined;
  return decimalType(digits ?? { precision: DECIMAL_PRECISION_MAX, scale: 0 });
}

function modDecimal(call: CallInput): string {
  const sides = ['p', 'q'].map((name, index) => ({
    sql: sqlOf(call, index),
    type: call.bindings.sized.get(name) ?? call.result,
  }));
  const [left, right] = sides;
  if (left === undefined || right === undefined || call.result.base !== 'decimal')
    throw new Error('mod without two decimals');
  return decimalArithmetic('%', { left, right }, call.result);
}

function remainder(call: CallInput): string {
  return once([sqlOf(call, 0), sqlOf(call, 1)], ([a, b]) =>
    raiseWhen(`${b} = 0 AND ${a} IS NOT NULL`, 'Division by zero', `${a} % ${b}`),
  );
}

function randomBelow(call: CallInput): string {
  const limit = sqlOf(call, 0);
  const type = call.result.base.toUpperCase();
  return once([limit], ([n]) =>
    raiseWhen(`${n} <= 0`, 'bound must be positive', `CAST(floor(random() * ${n}) AS ${type})`),
  );
}

function defineRounding(registry: Registry): void {
  define(registry, 'round', 'double -> double', 'round($1)');
  define(registry, 'round', 'real -> real', 'CAST(round($1) AS FLOAT)');
  define(registry, 'round', 'double, bigint -> double', roundDouble);
  define(registry, 'round', 'real, bigint -> real', (call) => `CAST(${roundDouble(call)} AS FLOAT)`);
  for (const [names, name] of [
    ['ceil ceiling', 'ceil'],
    ['floor', 'floor'],
    ['truncate', 'trunc'],
  ] as const) {
    define(registry, names, 'real -> real', `CAST(${name}($1) AS FLOAT)`);
  }
  define(registry, 'ceil ceiling', 'double -> double', 'ceil($1)');
  define(registry, 'floor', 'double -> double', 'floor($1)');
  define(registry, 'truncate', 'double -> double', 'trunc($1)');
  const whole = { result: wholeDecimal };
  define(registry, 'round', 'decimal(p,s) -> decimal(p,s)', 'CAST(round($1, 0) AS $result)', whole);
  define(registry, 'ceil ceiling', 'decimal(p,s) -> decimal(p,s)', 'CAST(ceil($1) AS $result)', whole);
  define(registry, 'floor', 'decimal(p,s) -> decimal(p,s)', 'CAST(floor($1) AS $result)', whole);
  define(registry, 'truncate', 'decimal(p,s) -> decimal(p,s)', 'CAST(trunc($1) AS $result)', {
    result: (call) => {
      const { precision, scale } = decimalOf(call);
      return decimal(Math.max(1, precision - scale), 0);
    },
  });
  define(registry, 'truncate', 'decimal(p,s), bigint -> decimal(p,s)', (call) => {
    const digits = Number(constantOf(call, 1, 'a number of digits'));
    const { precision, scale } = decimalOf(call);
    if (digits >= scale) return sqlOf(call, 0);
    const places = scale - digits;
    if (places >= precision)
      return `CAST(CASE WHEN ${sqlOf(call, 0)} IS NOT NULL THEN 0 END AS DECIMAL(${precision},${scale}))`;
    const unit = `CAST('${digits > 0 ? `0.${'1'.padStart(digits, '0')}` : `1${'0'.repeat(-digits)}`}' AS DECIMAL(38,${Math.max(0, digits)}))`;
    const type = decimal(38, Math.max(0, digits));
    return once([sqlOf(call, 0)], ([x = '']) => {
      const sides = { left: { sql: x, type: decimal(precision, scale) }, right: { sql: unit, type } };
      return `CAST(${x} - ${decimalArithmetic('%', sides, { precision: 38, scale })} AS DECIMAL(${precision},${scale}))`;
    });
  });
  define(registry, 'round', 'decimal(p,s), bigint -> decimal(p,s)', roundDecimal, {
    result: (call) => {
      const { precision, scale } = decimalOf(call);
      return decimal(Math.min(38, precision + 1), scale);
    },
  });
}

function decimalOf(call: Omit<CallInput, 'result'>): { precision: number; scale: number } {
  const type = call.bindings.sized.get('p');
  return type?.base === 'decimal' ? type : { precision: 38, scale: 0 };
}

/** One digit more before the point, for 9.9 that becomes 10; none after it. */
function wholeDecimal(call: Omit<CallInput, 'result'>): Type {
  const { precision, scale } = decimalOf(call);
  return decimal(Math.min(38, precision - scale + (scale > 0 ? 1 : 0)), 0);
}

/** Trino computes round(x, d) as Math.round(x * 10^d) / 10^d on the number itself. */
function roundDouble(call: CallInput): string {
  return `dp_round(${sqlOf(call, 0)}, ${sqlOf(call, 1)})`;
}

function roundWhole(call: CallInput): string {
  const digits = Number(constantOf(call, 1, 'a number of digits'));
  const x = sqlOf(call, 0);
  if (digits >= 0) return x;
  const type = call.result.base.toUpperCase();
  if (-digits > WHOLE_DIGITS_MAX) return `CAST(CASE WHEN ${x} IS NOT NULL THEN 0 END AS ${type})`;
  const unit = `1${'0'.repeat(-digits)}`;
  const half = `CAST(${unit} AS HUGEINT) // 2`;
  return once(
    [x],
    ([n]) =>
      `CAST(CASE WHEN ${n} < 0 THEN -((-CAST(${n} AS HUGEINT) + ${half}) // ${unit}) ELSE (${n} + ${half}) // ${unit} END * ${unit} AS ${type})`,
  );
}

/** Digits of the largest bigint. */
const WHOLE_DIGITS_MAX = 18;

function roundDecimal(call: CallInput): string {
  const digits = constantOf(call, 1, 'a number of digits');
  const { scale } = decimalOf(call);
  const type = call.result.base === 'decimal' ? call.result : decimalOf(call);
  if (digits.startsWith('-')) return roundBeforePoint(call, Number(digits.slice(1)), type);
  const kept = Math.min(Number(digits), scale);
  return `CAST(CAST(${sqlOf(call, 0)} AS DECIMAL(${Math.max(1, Math.min(38, type.precision - scale + kept))},${kept})) AS DECIMAL(${type.precision},${scale}))`;
}

/** `round(1234.5, -2)`: whole hundreds. */
function roundBeforePoint(
  call: CallInput,
  digits: number,
  type: { precision: number; scale: number },
): string {
  const from = call.arguments[0];
  if (from === undefined || digits >= DECIMAL_PRECISION_MAX) {
    throw call.notSupported(call.arguments[1], 'rounding to so many digits');
  }
  const unit = `CAST('1${'0'.repeat(digits)}' AS DECIMAL(${digits + 1},0))`;
  const units = divideDecimals(
    { sql: from.sql, type: from.type },
    { sql: unit, type: decimal(digits + 1, 0) },
    { precision: DECIMAL_PRECISION_MAX, scale: 0 },
  );
  return `CAST(${units} * ${unit} AS DECIMAL(${type.precision},${type.scale}))`;
}

function defineReal(registry: Registry): void {
  define(registry, 'cbrt', 'double -> double', 'dp_cbrt($1)');
  for (const name of ['cos', 'sin', 'tan']) {
    define(registry, name, 'double -> double', within(name, 'isinf($x)'));
  }
  for (const name of ['degrees', 'radians', 'exp', 'atan', 'tanh', 'cosh', 'sinh']) {
    define(registry, name, 'double -> double', `${name}($1)`);
  }
  define(registry, 'acos', 'double -> double', within('acos', 'abs($x) > 1'));
  define(registry, 'asin', 'double -> double', within('asin', 'abs($x) > 1'));
  define(registry, 'sqrt', 'double -> double', within('sqrt', '$x < 0'));
  define(registry, 'ln', 'double -> double', logarithm('ln'));
  define(registry, 'log2', 'double -> double', logarithm('log2'));
  define(registry, 'log10', 'double -> double', logarithm('log10'));
  define(registry, 'log', 'double, double -> double', (call) =>
    once(
      [sqlOf(call, 0), sqlOf(call, 1)],
      ([base = '', x = '']) => `(${logarithmSql('ln', x)} / ${logarithmSql('ln', base)})`,
    ),
  );
  define(registry, 'power pow', 'double, double -> double', 'dp_power($1, $2)');
  define(registry, 'atan2', 'double, double -> double', 'atan2($1, $2)');
  define(registry, 'pi', ' -> double', 'pi()');
  define(registry, 'e', ' -> double', 'exp(1e0)');
  define(registry, 'nan', ' -> double', "CAST('nan' AS DOUBLE)");
  define(registry, 'infinity', ' -> double', "CAST('infinity' AS DOUBLE)");
  define(registry, 'is_nan', 'double -> boolean', 'isnan($1)');
  define(registry, 'is_finite', 'double -> boolean', 'isfinite($1)');
  define(registry, 'is_infinite', 'double -> boolean', 'isinf($1)');
}

/** DuckDB raises where Trino's double is NaN. */
function within(name: string, outside: string): (call: CallInput) => string {
  return (call) =>
    once(
      [sqlOf(call, 0)],
      ([x = '']) =>
        `CASE WHEN ${outside.replaceAll('$x', x)} THEN CAST('nan' AS DOUBLE) ELSE ${name}(${x}) END`,
    );
}

function logarithm(name: string): (call: CallInput) => string {
  return (call) => once([sqlOf(call, 0)], ([x = '']) => logarithmSql(name, x));
}

function logarithmSql(name: string, x: string): string {
  return `CASE WHEN ${x} < 0 THEN CAST('nan' AS DOUBLE) WHEN ${x} = 0 THEN CAST('-infinity' AS DOUBLE) ELSE ${name}(${x}) END`;
}

function defineBits(registry: Registry): void {
  define(registry, 'bitwise_and', 'bigint, bigint -> bigint', '($1 & $2)');
  define(registry, 'bitwise_or', 'bigint, bigint -> bigint', '($1 | $2)');
  define(registry, 'bitwise_xor', 'bigint, bigint -> bigint', 'xor($1, $2)');
  define(registry, 'bitwise_not', 'bigint -> bigint', '(~($1))');
  define(registry, 'bit_count', 'bigint, bigint -> bigint', 'dp_bit_count($1, $2)');
  for (const type of ['tinyint', 'smallint', 'integer', 'bigint']) {
    const size = { tinyint: 8, smallint: 16, integer: 32, bigint: 64 }[type];
    for (const [name, way] of [
      ['bitwise_left_shift', 'left'],
      ['bitwise_right_shift', 'right'],
      ['bitwise_right_shift_arithmetic', 'arithmetic'],
    ] as const) {
      define(
        registry,
        name,
        `${type}, bigint -> ${type}`,
        `CAST(dp_shift($1, $2, '${way}', CAST(${size} AS INTEGER)) AS ${type})`,
      );
    }
  }
}

function widthBucket(call: CallInput): string {
  return once(
    [0, 1, 2, 3].map((index) => sqlOf(call, index)),
    ([x, low, high, count]) =>
      raiseWhen(
        `${count} <= 0 OR ${low} = ${high}`,
        'width_bucket needs a positive number of buckets and two different bounds',
        `CASE WHEN ${x} IS NULL OR ${low} IS NULL OR ${high} IS NULL OR ${count} IS NULL THEN NULL WHEN ${low} < ${high}
        THEN CASE WHEN ${x} < ${low} THEN 0 WHEN ${x} >= ${high} THEN ${count} + 1
          ELSE CAST(floor(${count} * (${x} - ${low}) / (${high} - ${low})) AS BIGINT) + 1 END
        ELSE CASE WHEN ${x} > ${low} THEN 0 WHEN ${x} <= ${high} THEN ${count} + 1
          ELSE CAST(floor(${count} * (${low} - ${x}) / (${low} - ${high})) AS BIGINT) + 1 END END`,
      ),
  );
}
