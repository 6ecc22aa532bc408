import { canonicalNumber } from '../json/canonical-number.ts';
import { followSqlPath, PATH_ERROR } from '../json/follow-sql-path.ts';
import { type Json, readJson, writeJson } from '../json/json.ts';
import { parseSqlPath } from '../json/sql-path.ts';
import { RAISED } from '../plan/bound.ts';
import { doubleText } from './numbers.ts';
import { type Scalar, scalar } from './scalar.ts';

/** SQL's own JSON functions. A path's answer is `v` with the value, `m` where nothing was found, `e` for an error. */
export const SQL_JSON_SCALARS: readonly Scalar[] = [
  scalar('dp_json_path_exists', ['VARCHAR', 'VARCHAR'], 'VARCHAR', (text, path) => {
    const items = itemsAt(text, path);
    return items === undefined ? 'e' : `v${items.length > 0}`;
  }),
  scalar('dp_json_path_value', ['VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR', valueAt),
  scalar('dp_json_path_query', ['VARCHAR', 'VARCHAR', 'VARCHAR', 'BOOLEAN'], 'VARCHAR', queryAt),
  scalar('dp_json_text', ['VARCHAR'], 'VARCHAR', (text) => {
    const value = readJson(text);
    if (value === undefined) throw new Error(`${RAISED}conversion to JSON failed: '${text}'`);
    return written(value);
  }),
];

/** Undefined where the text is not JSON or the path does not fit it. */
function itemsAt(text: string, path: string): readonly Json[] | undefined {
  // A blank text is a document with nothing in it.
  const document: Json | undefined = /^\s*$/.test(text) ? { kind: 'null' } : readJson(text, 'start');
  const known = parseSqlPath(path);
  if (document === undefined || known === undefined) return undefined;
  try {
    return followSqlPath(known, document);
  } catch (error) {
    if (error === PATH_ERROR) return undefined;
    throw error;
  }
}

/** The last of equal names stays, in the place of the first. */
function written(value: Json): string {
  return writeJson(once(value), { sorted: false }, canonicalNumber);
}

function once(value: Json): Json {
  if (value.kind === 'array') return { kind: 'array', items: value.items.map(once) };
  if (value.kind !== 'object') return value;
  return { kind: 'object', members: [...new Map(value.members)].map(([name, item]) => [name, once(item)]) };
}

function queryAt(text: string, path: string, wrapper: string, omitsQuotes: boolean): string {
  const items = itemsAt(text, path);
  if (items === undefined) return 'e';
  const [first] = items;
  if (first === undefined) return 'm';
  const isContainer = first.kind === 'array' || first.kind === 'object';
  const isSingle = items.length === 1 && (wrapper === 'none' || (wrapper === 'conditional' && isContainer));
  if (!isSingle && wrapper === 'none') return 'e';
  if (isSingle) return `v${omitsQuotes && first.kind === 'string' ? first.value : written(first)}`;
  return `v${written({ kind: 'array', items })}`;
}

/** The text of a single scalar, as the type is read from. */
function valueAt(text: string, path: string, type: string): string | null {
  const items = itemsAt(text, path);
  if (items === undefined) return 'e';
  const [item] = items;
  if (item === undefined) return 'm';
  if (items.length > 1 || item.kind === 'array' || item.kind === 'object') return 'e';
  if (item.kind === 'null') return null;
  if (item.kind === 'number' && isTooLong(item.text)) return 'e';
  const value = WHOLE_BITS[type] === undefined ? otherText(item, type) : wholeText(item, type);
  return value === undefined ? 'e' : `v${value}`;
}

type JsonScalar = Extract<Json, { kind: 'boolean' | 'number' | 'string' }>;

const BIGINT_MAX = 9_223_372_036_854_775_807n;

function isTooLong(number: string): boolean {
  if (!/^-?\d+$/.test(number)) return false;
  const value = BigInt(number);
  return value > BIGINT_MAX || value < -BIGINT_MAX - 1n;
}

const WHOLE_BITS: Readonly<Record<string, number>> = { tinyint: 8, smallint: 16, integer: 32, bigint: 64 };

/** Undefined where the value is no such number. */
function wholeText(item: JsonScalar, type: string): string | undefined {
  if (item.kind === 'boolean') return item.value ? '1' : '0';
  const written = item.kind === 'number' ? item.text : item.value;
  const isWhole = /^[+-]?\d+$/.test(written);
  if (!isWhole && item.kind === 'string') return undefined;
  const double = Number(written);
  const value = isWhole ? BigInt(written) : BigInt(Math.sign(double) * Math.round(Math.abs(double)));
  return BigInt.asIntN(WHOLE_BITS[type] ?? 64, value) === value ? String(value) : undefined;
}

function otherText(item: JsonScalar, type: string): string | undefined {
  const isNumber = item.kind === 'number';
  const plain = isNumber ? item.text : String(item.value);
  switch (type) {
    case 'varchar':
      return isNumber && !/^-?\d+$/.test(plain) ? doubleText(Number(plain)) : plain.replace(/^-0$/, '0');
    case 'boolean':
      if (isNumber) return String(Number(plain) !== 0);
      return /^(?:true|t|1)$/i.test(plain) ? 'true' : /^(?:false|f|0)$/i.test(plain) ? 'false' : undefined;
    default:
      if (item.kind === 'boolean') return item.value ? '1' : '0';
      return /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(plain) ? plain : undefined;
  }
}
