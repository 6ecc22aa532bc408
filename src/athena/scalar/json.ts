import { canonicalNumber } from '../json/canonical-number.ts';
import { findJson, type Json, readJson, writeJson } from '../json/json.ts';
import { parseJsonPath } from '../json/path.ts';
import { RAISED } from '../plan/bound.ts';
import { doubleText } from './numbers.ts';
import { type Scalar, scalar } from './scalar.ts';

/** JSON in texts. A text that is not JSON gives NULL where Trino gives NULL. */
export const JSON_SCALARS: readonly Scalar[] = [
  scalar('dp_json_parse', ['VARCHAR'], 'VARCHAR', parse),
  scalar('dp_json_extract', ['VARCHAR', 'VARCHAR'], 'VARCHAR', (text, path) => {
    const value = find(text, path);
    return value === undefined ? null : writeJson(value, { sorted: false }, canonicalNumber);
  }),
  scalar('dp_json_scalar', ['VARCHAR', 'VARCHAR'], 'VARCHAR', (text, path) => scalarText(find(text, path))),
  scalar('dp_json_size', ['VARCHAR', 'VARCHAR'], 'BIGINT', (text, path) => {
    const value = find(text, path);
    return value === undefined ? null : BigInt(sizeOf(value));
  }),
  scalar('dp_json_array_length', ['VARCHAR'], 'BIGINT', (text) => {
    const value = readJson(text, 'start');
    return value?.kind === 'array' ? BigInt(value.items.length) : null;
  }),
  scalar('dp_json_is_scalar', ['VARCHAR'], 'BOOLEAN', (text) => {
    const value = readJson(text);
    if (value === undefined) throw new Error(`${RAISED}Invalid JSON value`);
    return value.kind !== 'array' && value.kind !== 'object';
  }),
  scalar('dp_json_array_contains', ['VARCHAR', 'VARCHAR'], 'BOOLEAN', arrayContains),
  scalar('dp_json_array_contains_double', ['VARCHAR', 'DOUBLE'], 'BOOLEAN', (text, wanted) => {
    const value = readJson(text);
    if (value?.kind !== 'array') return null;
    return value.items.some(
      (item) => item.kind === 'number' && !/^-?\d+$/.test(item.text) && Number(item.text) === wanted,
    );
  }),
  scalar('dp_json_array_get', ['VARCHAR', 'BIGINT'], 'VARCHAR', arrayGet),
  scalar('dp_json_member', ['VARCHAR', 'VARCHAR'], 'VARCHAR', memberOf),
  scalar('dp_json_cast_text', ['VARCHAR'], 'VARCHAR', castText),
  scalar('dp_json_cast_number', ['VARCHAR', 'VARCHAR'], 'VARCHAR', castNumber),
];

function parse(text: string): string {
  const value = readJson(text);
  if (value === undefined) throw new Error(`${RAISED}Cannot convert value to JSON: '${text}'`);
  return writeJson(value, { sorted: true }, canonicalNumber);
}

function find(text: string, path: string): Json | undefined {
  const steps = parseJsonPath(path);
  return steps === undefined ? undefined : findJson(text, steps);
}

function scalarText(value: Json | undefined): string | null {
  switch (value?.kind) {
    case 'string':
      return value.value;
    case 'number':
      return value.text;
    case 'boolean':
      return String(value.value);
    default:
      return null;
  }
}

function sizeOf(value: Json): number {
  if (value.kind === 'array') return value.items.length;
  return value.kind === 'object' ? value.members.length : 0;
}

function arrayContains(text: string, wanted: string): boolean | null {
  const value = readJson(text);
  const sought = readJson(wanted);
  if (value?.kind !== 'array' || sought === undefined) return null;
  return value.items.some((item) => item.kind === sought.kind && scalarText(item) === scalarText(sought));
}

function arrayGet(text: string, position: bigint): string | null {
  const value = readJson(text);
  if (value?.kind !== 'array') return null;
  const item = value.items.at(Number(position));
  // Trino gives the text without its quotes, which is no JSON.
  if (item?.kind === 'string') throw new Error(`${RAISED}not supported in local: json_array_get of a text`);
  return item === undefined || item.kind === 'null'
    ? null
    : writeJson(item, { sorted: false }, canonicalNumber);
}

/** A member by its name in any case, as the fields of rows are named. */
function memberOf(text: string, name: string): string | null {
  const value = readJson(text);
  const members = value?.kind === 'object' ? value.members : [];
  const found = members.filter(([member]) => member.toLowerCase() === name.toLowerCase());
  const [first] = found;
  if (found.length > 1) throw new Error(`${RAISED}Duplicate field: ${name}`);
  return first === undefined ? null : writeJson(first[1], { sorted: false }, (number) => number);
}

function castText(text: string): string | null {
  const value = readJson(text);
  if (value?.kind === 'array' || value?.kind === 'object') {
    throw new Error(`${RAISED}Cannot cast '${text}' to varchar`);
  }
  const isWhole = value?.kind !== 'number' || /^-?\d+$/.test(value.text);
  return isWhole ? scalarText(value) : doubleText(Number(value.text));
}

const WHOLE: readonly string[] = ['tinyint', 'smallint', 'integer', 'bigint'];

/** The text of the number a JSON scalar is, for DuckDB to read as the type. */
function castNumber(text: string, type: string): string | null {
  const value = readJson(text);
  const wrong = new Error(`${RAISED}Cannot cast '${text}' to ${type}`);
  if (value?.kind === 'null') return null;
  if (value?.kind === 'boolean') return type === 'boolean' ? String(value.value) : value.value ? '1' : '0';
  if (value?.kind !== 'number' && value?.kind !== 'string') throw wrong;
  const written = value.kind === 'number' ? value.text : value.value;
  if (type === 'boolean') {
    if (value.kind === 'number') return String(Number(written) !== 0);
    if (/^(?:true|t|1)$/i.test(written)) return 'true';
    if (/^(?:false|f|0)$/i.test(written)) return 'false';
    throw wrong;
  }
  if (!WHOLE.includes(type)) return written;
  if (/^[+-]?\d+$/.test(written)) return written;
  if (value.kind === 'string' || !Number.isFinite(Number(written))) throw wrong;
  return String(BigInt(Math.sign(Number(written)) * Math.round(Math.abs(Number(written)))));
}
