import { asDecimal } from '../types/coercion.ts';
import { DECIMAL_PRECISION_MAX, decimal, type Type } from '../types/type.ts';
import { raiseWhen } from './bound.ts';
import { once } from './once.ts';

interface Digits {
  readonly precision: number;
  readonly scale: number;
}

/** The type of decimal arithmetic in Trino; undefined when the result would have too many digits. */
export function decimalResult(operator: string, left: Digits, right: Digits): Digits | undefined {
  const { precision: p1, scale: s1 } = left;
  const { precision: p2, scale: s2 } = right;
  const scale = Math.max(s1, s2);
  switch (operator) {
    case '*':
      return s1 + s2 > DECIMAL_PRECISION_MAX
        ? undefined
        : { precision: Math.min(38, p1 + p2), scale: s1 + s2 };
    case '/':
      return { precision: Math.min(38, p1 + s2 + Math.max(s2 - s1, 0)), scale };
    case '%':
      return { precision: Math.min(p2 - s2, p1 - s1) + scale, scale };
    default:
      return { precision: Math.min(38, scale + Math.max(p1 - s1, p2 - s2) + 1), scale };
  }
}

interface Side {
  readonly sql: string;
  readonly type: Type;
}

/** SQL of decimal + - * %, with Trino's result type. */
export function decimalArithmetic(
  operator: string,
  sides: { left: Side; right: Side },
  result: Digits,
): string {
  const type = `DECIMAL(${result.precision},${result.scale})`;
  const widened = `DECIMAL(${DECIMAL_PRECISION_MAX},${result.scale})`;
  if (operator === '*') {
    // DuckDB would stay in 64 bits for two decimals of up to 18 digits.
    const scale = asDecimal(sides.left.type)?.scale ?? 0;
    const left = `CAST(${asDecimalSql(sides.left)} AS DECIMAL(${DECIMAL_PRECISION_MAX},${scale}))`;
    return `CAST(${left} * ${asDecimalSql(sides.right)} AS ${type})`;
  }
  const as = operator === '%' ? widened : type;
  const left = `CAST(${sides.left.sql} AS ${as})`;
  const right = `CAST(${sides.right.sql} AS ${as})`;
  if (operator !== '%') return `CAST(${left} ${operator} ${right} AS ${type})`;
  return once([left, right], ([a, b]) =>
    raiseWhen(`${b} = 0 AND ${a} IS NOT NULL`, 'Division by zero', `CAST(${a} % ${b} AS ${type})`),
  );
}

function asDecimalSql(side: Side): string {
  const digits = asDecimal(side.type);
  if (side.type.base === 'decimal' || digits === undefined) return side.sql;
  return `CAST(${side.sql} AS DECIMAL(${digits.precision},0))`;
}

/**
 * SQL of an exact decimal division, rounded half away from zero: DuckDB's own gives a double. Both sides become
 * whole numbers of their smallest digit. `byZero` is SQL for a divisor of zero; without it that is an error.
 */
export function divideDecimals(left: Side, right: Side, result: Digits, byZero?: string): string {
  const leftScale = asDecimal(left.type)?.scale ?? 0;
  const rightScale = asDecimal(right.type)?.scale ?? 0;
  const shift = result.scale - leftScale + rightScale;
  const numerator = powerOfTen(unscaled(left.sql, leftScale), shift);
  const divisor = powerOfTen(unscaled(right.sql, rightScale), -shift);
  return once([numerator, divisor], ([a, b]) => {
    const size = `(2 * abs(${a}) + abs(${b})) // (2 * abs(${b}))`;
    const whole = `CASE WHEN (${a} < 0) <> (${b} < 0) THEN -(${size}) ELSE ${size} END`;
    const value = scaled(whole, result);
    return byZero === undefined
      ? raiseWhen(`${b} = 0 AND ${a} IS NOT NULL`, 'Division by zero', value)
      : `CASE WHEN ${b} = 0 THEN ${byZero} ELSE ${value} END`;
  });
}

/** The whole number with so many zeros more; as it is when there are none to add. */
function powerOfTen(sql: string, zeros: number): string {
  return zeros <= 0 ? sql : `(${sql} * CAST('1${'0'.repeat(zeros)}' AS HUGEINT))`;
}

function unscaled(sql: string, scale: number): string {
  if (scale === 0) return `CAST(${sql} AS HUGEINT)`;
  return `CAST(CAST(${sql} AS DECIMAL(38,${scale})) * CAST('1${'0'.repeat(scale)}' AS DECIMAL(${scale + 1},0)) AS HUGEINT)`;
}

function scaled(sql: string, result: Digits): string {
  const type = `DECIMAL(${result.precision},${result.scale})`;
  if (result.scale === 0) return `CAST(${sql} AS ${type})`;
  const unit = `CAST('0.${'0'.repeat(result.scale - 1)}1' AS DECIMAL(${result.scale + 1},${result.scale}))`;
  return `CAST(CAST(${sql} AS DECIMAL(38,0)) * ${unit} AS ${type})`;
}

export function decimalType(digits: Digits): Type {
  return decimal(digits.precision, digits.scale);
}
