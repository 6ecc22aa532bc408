import { asDecimal, canCoerce, commonSuperType, isWhole } from '../types/coercion.ts';
import type { Type } from '../types/type.ts';
import * as types from '../types/type.ts';

/** A parameter's or result's type with variables: `array(T)`, `varchar(x)`, `function(T,boolean)`. */
export interface Pattern {
  readonly base: string;
  readonly of: readonly Pattern[];
}

export interface Signature {
  readonly parameters: readonly Pattern[];
  /** The last parameter may come any number of times more. */
  readonly variadic: boolean;
  readonly result: Pattern;
}

const cache = new Map<string, Signature>();

/** Reads `array(T), function(T,U) -> array(U)`. */
export function signatureOf(text: string): Signature {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const [left = '', right = ''] = text.split('->');
  const variadic = left.includes('...');
  const list = left.replace('...', '').trim();
  const signature = {
    parameters: list === '' ? [] : splitTop(list).map(patternOf),
    variadic,
    result: patternOf(right.trim()),
  };
  cache.set(text, signature);
  return signature;
}

function patternOf(text: string): Pattern {
  const open = text.indexOf('(');
  if (open === -1) return { base: text.trim(), of: [] };
  return {
    base: text.slice(0, open).trim(),
    of: splitTop(text.slice(open + 1, text.lastIndexOf(')'))).map(patternOf),
  };
}

function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '(') depth += 1;
    else if (text[index] === ')') depth -= 1;
    else if (text[index] === ',' && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, text.slice(start)].map((part) => part.trim());
}

/** What variables stand for: types by capital, and the sizes or zones of the parameters that named them. */
export class Bindings {
  readonly types = new Map<string, Type>();
  readonly sized = new Map<string, Type>();
}

const IMPOSSIBLE = Number.POSITIVE_INFINITY;

/** How far an argument's type is from a parameter's: 0 is exact, infinite is impossible. Binds variables. */
export function matchType(pattern: Pattern, type: Type, bindings: Bindings): number {
  if (isVariable(pattern)) return matchVariable(pattern.base, type, bindings);
  if (type.base === 'unknown') {
    // A bare NULL is the shortest text there is.
    const size = pattern.of[0]?.base;
    if (pattern.base === 'varchar' && size !== undefined) bindings.sized.set(size, types.varchar(0));
    if (pattern.base === 'decimal' && size !== undefined) bindings.sized.set(size, types.decimal(1, 0));
    return 1;
  }
  const [first, second] = pattern.of;
  switch (pattern.base) {
    case 'array':
      return type.base === 'array' && first !== undefined
        ? matchType(first, type.element, bindings)
        : IMPOSSIBLE;
    case 'map':
      if (type.base !== 'map' || first === undefined || second === undefined) return IMPOSSIBLE;
      return matchType(first, type.key, bindings) + matchType(second, type.value, bindings);
    case 'row':
      if (type.base !== 'row' || type.fields.length !== pattern.of.length) return IMPOSSIBLE;
      return type.fields.reduce((sum, field, index) => {
        const inner = pattern.of[index];
        return inner === undefined ? IMPOSSIBLE : sum + matchType(inner, field.type, bindings);
      }, 0);
    case 'decimal':
      return matchDecimal(pattern, type, bindings);
    case 'varchar':
    case 'time':
    case 'timestamp':
    case 'tstz':
      return matchSized(pattern, type, bindings);
    default:
      return matchPlain(pattern.base, type);
  }
}

export function isVariable(pattern: Pattern): boolean {
  return /^[A-Z]$/.test(pattern.base);
}

function matchVariable(name: string, type: Type, bindings: Bindings): number {
  const bound = bindings.types.get(name);
  if (bound === undefined) {
    bindings.types.set(name, type);
    return 0;
  }
  const common = commonSuperType(bound, type);
  if (common === undefined) return IMPOSSIBLE;
  bindings.types.set(name, common);
  return types.sameType(bound, type) ? 0 : 1;
}

/** A whole number goes to a wider whole number first, then to a decimal, then to a double. */
const WHOLE_TO_DECIMAL = 4.5;
const TO_FLOATING = 10;

function matchDecimal(pattern: Pattern, type: Type, bindings: Bindings): number {
  const digits = asDecimal(type);
  if (digits === undefined) return IMPOSSIBLE;
  bindings.sized.set(pattern.of[0]?.base ?? '', types.decimal(digits.precision, digits.scale));
  return type.base === 'decimal' ? 0 : WHOLE_TO_DECIMAL;
}

function matchSized(pattern: Pattern, type: Type, bindings: Bindings): number {
  const name = pattern.of[0]?.base;
  if (name !== undefined && /^\d+$/.test(name)) {
    return type.base === 'varchar' && type.length !== undefined && type.length <= Number(name)
      ? 0
      : IMPOSSIBLE;
  }
  const accepted =
    pattern.base === 'tstz' ? asZoned(type) : pattern.base === 'timestamp' ? asTimestamp(type) : type;
  const mustBe = pattern.base === 'varchar' || pattern.base === 'time';
  if (accepted === undefined || (mustBe && type.base !== pattern.base)) return IMPOSSIBLE;
  if (name !== undefined) bindings.sized.set(name, accepted);
  return types.sameType(accepted, type) ? 0 : 2;
}

function asTimestamp(type: Type): Type | undefined {
  if (type.base === 'date') return types.timestamp(0);
  return type.base === 'timestamp' ? type : undefined;
}

function asZoned(type: Type): Type | undefined {
  if (type.base === 'timestamp with time zone') return type;
  const local = asTimestamp(type);
  return local?.base === 'timestamp' ? types.timestampWithZone(local.precision, 'UTC') : undefined;
}

const PLAIN: Readonly<Record<string, Type>> = {
  boolean: types.BOOLEAN,
  tinyint: types.TINYINT,
  smallint: types.SMALLINT,
  integer: types.INTEGER,
  bigint: types.BIGINT,
  real: types.REAL,
  double: types.DOUBLE,
  varbinary: types.VARBINARY,
  json: types.JSON_TYPE,
  uuid: types.UUID,
  date: types.DATE,
  dayToSecond: types.DAY_TO_SECOND,
  yearToMonth: types.YEAR_TO_MONTH,
};

const WIDTH: readonly string[] = ['tinyint', 'smallint', 'integer', 'bigint', 'decimal', 'real', 'double'];

function matchPlain(base: string, type: Type): number {
  const wanted = PLAIN[base];
  if (wanted === undefined) throw new Error(`a signature names the type ${base}`);
  if (!canCoerce(type, wanted)) return IMPOSSIBLE;
  const steps = WIDTH.indexOf(wanted.base) - WIDTH.indexOf(type.base);
  return wanted.base === type.base ? 0 : isWhole(wanted) ? steps : steps + TO_FLOATING;
}

/** The type a pattern means once its variables are bound. */
export function typeOfPattern(pattern: Pattern, bindings: Bindings): Type {
  if (isVariable(pattern)) return bindings.types.get(pattern.base) ?? types.UNKNOWN;
  const name = pattern.of[0]?.base;
  switch (pattern.base) {
    case 'array':
      return types.array(innerType(pattern.of[0], bindings));
    case 'map':
      return types.map(innerType(pattern.of[0], bindings), innerType(pattern.of[1], bindings));
    case 'row':
      return { base: 'row', fields: pattern.of.map((inner) => ({ type: typeOfPattern(inner, bindings) })) };
    case 'varchar':
      return name === undefined
        ? types.VARCHAR
        : /^\d+$/.test(name)
          ? types.varchar(Number(name))
          : (bindings.sized.get(name) ?? types.VARCHAR);
    case 'time':
      return bindings.sized.get(name ?? '') ?? { base: 'time', precision: types.TIMESTAMP_PRECISION_DEFAULT };
    case 'timestamp':
      return sizedTime(name, bindings, types.timestamp());
    case 'tstz':
      return sizedTime(name, bindings, types.timestampWithZone(types.TIMESTAMP_PRECISION_DEFAULT, 'UTC'));
    case 'decimal':
      return bindings.sized.get(name ?? '') ?? types.decimal(types.DECIMAL_PRECISION_MAX, 0);
    default:
      return PLAIN[pattern.base] ?? types.UNKNOWN;
  }
}

function innerType(pattern: Pattern | undefined, bindings: Bindings): Type {
  return pattern === undefined ? types.UNKNOWN : typeOfPattern(pattern, bindings);
}

function sizedTime(name: string | undefined, bindings: Bindings, otherwise: Type): Type {
  if (name !== undefined && /^\d$/.test(name)) {
    return otherwise.base === 'timestamp'
      ? types.timestamp(Number(name))
      : types.timestampWithZone(Number(name), 'UTC');
  }
  return bindings.sized.get(name ?? '') ?? otherwise;
}
