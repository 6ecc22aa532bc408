import { isWhole } from '../types/coercion.ts';
import { duckdbFieldName, duckdbType, type Type } from '../types/type.ts';
import { quoteName, quoteText, raiseWhen } from './bound.ts';
import { decimalText, elementName, textOf } from './cast.ts';
import { castText } from './cast-text.ts';
import { once } from './once.ts';

/** SQL of CAST(… AS json): the text Trino's JSON would have. Undefined for types that have none. */
export function castToJson(sql: string, from: Type): string | undefined {
  const text = jsonText(sql, from);
  return text === undefined ? undefined : `CAST(${text} AS JSON)`;
}

export function jsonText(sql: string, from: Type): string | undefined {
  switch (from.base) {
    case 'unknown':
      return 'CAST(NULL AS VARCHAR)';
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return `CAST(${sql} AS VARCHAR)`;
    case 'decimal':
      return decimalText(sql, from);
    case 'double':
      return `dp_double_json(${sql})`;
    case 'varchar':
      return `CAST(to_json(${sql}) AS VARCHAR)`;
    case 'real':
      return `dp_double_json(CAST(dp_real_plain(${sql}) AS DOUBLE))`;
    case 'date':
      return `('"' || CAST(${sql} AS VARCHAR) || '"')`;
    case 'timestamp': {
      const text = textOf(sql, from);
      return text === undefined ? undefined : `('"' || ${text} || '"')`;
    }
    case 'json':
      return `CAST(${sql} AS VARCHAR)`;
    case 'array': {
      const element = elementName(sql);
      const inner = jsonText(element, from.element);
      if (inner === undefined) return undefined;
      return `('[' || array_to_string(list_transform(${sql}, lambda ${element}: coalesce(${inner}, 'null')), ',') || ']')`;
    }
    case 'map':
      return jsonOfMap(sql, from);
    case 'row':
      return jsonOfRow(sql, from);
    default:
      return undefined;
  }
}

function jsonOfMap(sql: string, from: Type & { base: 'map' }): string | undefined {
  const entry = elementName(sql);
  const name = keyText(`${entry}.key`, from.key);
  const key = name === undefined ? undefined : `CAST(to_json(${name}) AS VARCHAR)`;
  const value = jsonText(`${entry}.value`, from.value);
  if (key === undefined || value === undefined) return undefined;
  return `('{' || array_to_string(list_transform(list_sort(list_transform(map_entries(${sql}), lambda ${entry}: struct_pack(name := ${name}, key := ${entry}.key, value := ${entry}.value))), lambda ${entry}: ${key} || ':' || coalesce(${value}, 'null')), ',') || '}')`;
}

/** Names of members are texts; other keys are written as Trino's cast to varchar writes them. */
function keyText(sql: string, type: Type): string | undefined {
  return type.base === 'varchar'
    ? sql
    : isWhole(type) || type.base === 'boolean'
      ? textOf(sql, type)
      : undefined;
}

function jsonOfRow(sql: string, from: Type & { base: 'row' }): string | undefined {
  const made = once([sql], ([row = '']) => {
    const fields = from.fields.map((field, index) => {
      const name = duckdbFieldName(field, index);
      const value = jsonText(`struct_extract(${row}, ${quoteText(name)})`, field.type);
      const label = JSON.stringify(field.name ?? '');
      return value === undefined ? 'dp:none' : `${quoteText(`${label}:`)} || coalesce(${value}, 'null')`;
    });
    return `CASE WHEN ${row} IS NULL THEN NULL ELSE '{' || ${fields.join(" || ',' || ")} || '}' END`;
  });
  return made.includes('dp:none') ? undefined : `(${made})`;
}

/** SQL of a JSON value cast to another type. JSON's null becomes NULL. */
export function castFromJson(sql: string, to: Type): string | undefined {
  switch (to.base) {
    case 'varchar':
      return once([`dp_json_cast_text(CAST(${sql} AS VARCHAR))`], ([text = '']) =>
        to.length === undefined
          ? text
          : raiseWhen(
              `length(${text}) > ${to.length}`,
              `Value does not fit in type varchar(${to.length})`,
              text,
            ),
      );
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return `CAST(dp_json_cast_number(CAST(${sql} AS VARCHAR), ${quoteText(to.base)}) AS ${duckdbType(to)})`;
    case 'double':
    case 'real': {
      const number = castText(`dp_json_cast_number(CAST(${sql} AS VARCHAR), 'double')`, to);
      return number;
    }
    case 'decimal':
      return `CAST(dp_json_cast_number(CAST(${sql} AS VARCHAR), 'decimal') AS ${duckdbType(to)})`;
    case 'array': {
      const element = elementName(sql);
      const inner = to.element.base === 'json' ? element : castFromJson(element, to.element);
      if (inner === undefined) return undefined;
      return onlyWhen(
        sql,
        'ARRAY',
        (json) => `list_transform(json_extract(${json}, '$[*]'), lambda ${element}: ${inner})`,
      );
    }
    case 'map':
      return mapFromJson(sql, to);
    case 'row':
      return rowFromJson(sql, to);
    default:
      return undefined;
  }
}

function onlyWhen(sql: string, kind: 'ARRAY' | 'OBJECT', value: (json: string) => string): string {
  return once([sql], ([json = '']) => {
    const checked = raiseWhen(
      `json_type(${json}) <> '${kind}'`,
      `Cannot cast JSON: expected ${kind}`,
      value(json),
    );
    return `CASE WHEN json_type(${json}) = 'NULL' THEN NULL ELSE ${checked} END`;
  });
}

function mapFromJson(sql: string, to: Type & { base: 'map' }): string | undefined {
  if (to.key.base !== 'varchar') return undefined;
  const key = elementName(sql);
  const made = onlyWhen(sql, 'OBJECT', (json) => {
    const value = `json_extract(${json}, '$."' || replace(${key}, '"', '\\"') || '"')`;
    const inner = to.value.base === 'json' ? value : (castFromJson(value, to.value) ?? 'dp:none');
    return `map_from_entries(list_transform(json_keys(${json}), lambda ${key}: struct_pack(k := ${key}, v := ${inner})))`;
  });
  return made.includes('dp:none') ? undefined : made;
}

/** From an object by field name, from an array by position. */
function rowFromJson(sql: string, to: Type & { base: 'row' }): string | undefined {
  const made = once([sql], ([json = '']) => {
    const fields = (part: (name: string, index: number) => string): string =>
      to.fields
        .map((field, index) => {
          const name = duckdbFieldName(field, index);
          const value = part(field.name ?? '', index);
          const inner = field.type.base === 'json' ? value : castFromJson(value, field.type);
          return `${quoteName(name)} := ${inner ?? 'dp:none'}`;
        })
        .join(', ');
    const byName = `struct_pack(${fields((name) => `CAST(dp_json_member(CAST(${json} AS VARCHAR), ${quoteText(name)}) AS JSON)`)})`;
    const byPosition = `struct_pack(${fields((_, index) => `json_extract(${json}, '$[${index}]')`)})`;
    const byKind = `CASE WHEN json_type(${json}) = 'OBJECT' THEN ${byName} ELSE ${byPosition} END`;
    const strange = `json_type(${json}) NOT IN ('OBJECT', 'ARRAY', 'NULL')`;
    const short = `json_type(${json}) = 'ARRAY' AND json_array_length(${json}) <> ${to.fields.length}`;
    const checked = raiseWhen(`${strange} OR (${short})`, 'Cannot cast JSON to a row', byKind);
    return `CASE WHEN json_type(${json}) = 'NULL' THEN NULL ELSE ${checked} END`;
  });
  return made.includes('dp:none') ? undefined : made;
}
