import type { Making } from './more-forms.ts';
import type { Kind } from './query-generator.ts';

const ZONES = ['Asia/Tokyo', 'America/New_York', 'Europe/London', '+05:30', '-03:30', 'UTC'] as const;
const PATHS = [
  'lax $.a',
  'lax $.b[0]',
  'lax $.b[*]',
  'lax $.b[last]',
  'lax $.c.d',
  'lax $.*',
  'strict $.b[1]',
  'lax $.b[*]?(@ > 1)',
  'lax $ ? (exists(@.a))',
  'lax $.b.size()',
] as const;

/** Forms of areas of their own: SQL's JSON functions, time zones, times of day, bytes, compared arrays. */
export function areaForms(kind: Kind, { of, pick }: Making): readonly string[] {
  const zone = pick(ZONES);
  const path = pick(PATHS);
  const format = pick(['%Y-%m-%d %H:%i:%s', '%d/%b/%Y %T', '%y%m%d %k:%i']);
  switch (kind) {
    case 'whole':
      return [
        `json_value(doc, '${path}' RETURNING ${pick(['bigint', 'integer'])} ${pick(['', 'DEFAULT 7 ON EMPTY', 'DEFAULT -1 ON ERROR'])})`,
        `${pick(['year', 'month', 'day', 'hour', 'minute', 'day_of_week', 'week'])}(${of('moment')} AT TIME ZONE '${zone}')`,
        `${pick(['hour', 'minute', 'second'])}(CAST(${of('moment')} AS time))`,
        `date_diff('${pick(['hour', 'minute', 'second'])}', CAST(${of('moment')} AS time), TIME '12:30:00')`,
        `date_diff('${pick(['day', 'hour', 'month'])}', ${of('moment')} AT TIME ZONE '${zone}', ${of('moment')} AT TIME ZONE '${zone}')`,
        `timezone_hour(${of('moment')} AT TIME ZONE '${zone}')`,
        `round(${of('whole')}, ${pick(['0', '-1', '-2', '1'])})`,
        `from_big_endian_64(to_big_endian_64(${of('whole')}))`,
        `width_bucket(${of('double')}, ARRAY[0e0, 1e0, 10e0])`,
        `nullif(${of('whole')}, ${of('decimal')})`,
        `CAST(json_extract(doc, '$.${pick(['a', 'b[1]', 'zz'])}') AS ${pick(['integer', 'bigint'])})`,
        `cardinality(regexp_split(${of('text')}, '${pick(['', 'a*', ',', '\\s*'])}'))`,
      ];
    case 'text':
      return [
        `json_value(doc, '${path}'${pick(['', " DEFAULT 'e' ON EMPTY", " DEFAULT 'e' ON EMPTY DEFAULT 'r' ON ERROR"])})`,
        `json_query(doc, '${path}'${pick(['', ' WITH WRAPPER', ' WITH CONDITIONAL WRAPPER', ' EMPTY ARRAY ON EMPTY', ' OMIT QUOTES'])})`,
        `json_object('id' : ${of('whole')}, 'name' : ${of('text')}${pick(['', ' ABSENT ON NULL'])})`,
        `json_object('v' : ${of(pick(['decimal', 'double', 'boolean', 'date', 'moment'] as const))})`,
        `json_array(${of('whole')}, ${of('text')}, ${of('boolean')}${pick(['', ' NULL ON NULL'])})`,
        `CAST(${of('moment')} AT TIME ZONE '${zone}' AS varchar)`,
        `date_format(${of('moment')} AT TIME ZONE '${zone}', '%Y-%m-%d %H:%i')`,
        `format_datetime(${of('moment')} AT TIME ZONE '${zone}', 'yyyy-MM-dd HH:mm:ss ZZ')`,
        `to_iso8601(${of('moment')} AT TIME ZONE '${zone}')`,
        `CAST(CAST(${of('moment')} AS time) AS varchar)`,
        `to_hex(${pick(['sha512', 'sha256', 'md5'])}(to_utf8(${of('text')})))`,
        `to_hex(hmac_sha256(to_utf8(${of('text')}), to_utf8('key')))`,
        `to_base32(to_utf8(${of('text')}))`,
        `from_utf8(substr(to_utf8(${of('text')}), ${pick(['1', '2', '-2'])}))`,
        `regexp_replace(${of('text')}, '(\\w)(\\w*)', x -> upper(x[1]) || lower(x[2]))`,
        `regexp_replace(${of('text')}, '${pick(['', 'a*', '$', '^'])}', '-')`,
        `trim(${of('text')}, ${pick(["'ab'", "' '", "'x_'"])})`,
        `soundex(coalesce(regexp_extract(word, '^[a-z]+$'), 'x'))`,
        `json_extract_scalar(${of('text')}, '$.a')`,
        `CAST(TRY(json_parse(doc)) AS varchar)`,
      ];
    case 'boolean':
      return [
        `json_exists(doc, '${path}'${pick(['', ' TRUE ON ERROR', ' UNKNOWN ON ERROR'])})`,
        `(${of('numbers')} = ${of('numbers')})`,
        `(${of('words')} IN (${of('words')}, ARRAY['a', 'b']))`,
        `(place = ROW('Kyoto', 1))`,
        `(counts = MAP(ARRAY['b', 'a'], ARRAY[2, 1]))`,
        `(CAST(${of('moment')} AS time) < TIME '12:00:00')`,
        `((${of('whole')}, ${of('text')}) = (1, 'a'))`,
        `(${of('moment')} AT TIME ZONE '${zone}' BETWEEN TIMESTAMP '2024-01-01 00:00:00 Asia/Tokyo' AND ${of('moment')})`,
        `(${of('text')} LIKE '%!%%' ESCAPE '!')`,
        `contains_sequence(${of('numbers')}, ARRAY[3, 1])`,
      ];
    case 'date':
      return [
        `CAST(${of('moment')} AT TIME ZONE '${zone}' AS date)`,
        `TRY(CAST(date_parse(${of('text')}, '%Y-%m-%d') AS date))`,
        `from_iso8601_date('${pick(['2024-W09-3', '2024-060', '2024-02', '2024-02-29'])}')`,
      ];
    case 'moment':
      return [
        `CAST(date_trunc('${pick(['hour', 'day', 'week', 'month', 'quarter', 'year'])}', ${of('moment')} AT TIME ZONE '${zone}') AS timestamp)`,
        `CAST(date_add('${pick(['hour', 'day', 'month'])}', ${pick(['1', '-1', '13'])}, ${of('moment')} AT TIME ZONE '${zone}') AS timestamp)`,
        `CAST(${of('moment')} AT TIME ZONE '${zone}' + INTERVAL '${pick(['1', '36'])}' HOUR AS timestamp)`,
        `CAST(with_timezone(${of('moment')}, '${zone}') AT TIME ZONE 'UTC' AS timestamp)`,
        `date_parse(date_format(${of('moment')}, '${format}'), '${format}')`,
        `TRY(date_parse(${of('text')}, '${pick(['%Y', '%H:%i', '%m-%d', '%d'])}'))`,
      ];
    case 'words':
      return [
        `regexp_extract_all(${of('text')}, '${pick(['a*', '(?<=a).', '(\\w)(\\d)?', ''])}')`,
        `regexp_split(${of('text')}, '${pick(['', ',|_', '\\s*'])}')`,
        `map_values(split_to_map('a=1,b=2', ',', '='))`,
        `element_at(combinations(${of('words')}, 2), 1)`,
        `CAST(json_extract(doc, '$.b') AS array(varchar))`,
      ];
    case 'numbers':
      return [
        `element_at(combinations(${of('numbers')}, 2), ${pick(['1', '-1'])})`,
        `CASE WHEN ${of('numbers')} = ${of('numbers')} THEN ${of('numbers')} END`,
        `array_sort(CAST(json_extract(doc, '$.b') AS array(integer)))`,
      ];
    default:
      return [];
  }
}

/** Whole queries of those areas: frames by value, groups by a subquery, arrays in an order. */
export function areaQueries({ of, pick }: Making): readonly string[] {
  const measured = pick(['count(*)', 'sum(id)', 'max(word)', 'avg(amount)', 'min(day)']);
  const numbers = pick([
    '2 PRECEDING AND CURRENT ROW',
    '1 PRECEDING AND 1 FOLLOWING',
    'CURRENT ROW AND 5 FOLLOWING',
  ]);
  const days = pick([
    "INTERVAL '30' DAY PRECEDING AND CURRENT ROW",
    "INTERVAL '1' MONTH PRECEDING AND INTERVAL '1' MONTH FOLLOWING",
    "CURRENT ROW AND INTERVAL '1' YEAR FOLLOWING",
  ]);
  const direction = pick(['', 'DESC', 'NULLS FIRST', 'DESC NULLS FIRST']);
  return [
    `SELECT id, ${measured} OVER (ORDER BY ${pick(['tiny', 'small', 'id', 'amount'])} ${direction} RANGE BETWEEN ${numbers}) AS w FROM facts ORDER BY id`,
    `SELECT id, ${measured} OVER (PARTITION BY flag ORDER BY ${pick(['day', 'moment'])} ${direction} RANGE BETWEEN ${days}) AS w FROM facts ORDER BY id`,
    `SELECT id, ${measured} OVER (ORDER BY ${pick(['short', 'flag', 'day'])} ${direction} GROUPS BETWEEN ${numbers}) AS w FROM facts ORDER BY id`,
    `SELECT ${of('moment')} AT TIME ZONE '${pick(ZONES)}' AS z, count(*) AS n FROM facts GROUP BY 1 ORDER BY 1`,
    `SELECT date_trunc('${pick(['day', 'month', 'week'])}', moment AT TIME ZONE '${pick(ZONES)}') AS z, ${measured} AS n FROM facts GROUP BY 1 ORDER BY 1`,
    `SELECT ${pick(['whole', 'tiny'])} IN (SELECT order_id FROM orders) AS k, count(*) AS n FROM facts GROUP BY 1 ORDER BY 1`,
    `SELECT amount > ${pick(['ALL', 'ANY'])} (SELECT total FROM orders WHERE total ${pick(['IS NOT NULL', '> 30'])}) AS k, ${measured} AS n FROM facts GROUP BY 1 ORDER BY 1`,
    `SELECT tags, order_id FROM orders ORDER BY tags ${direction}, order_id`,
    `SELECT ${of('numbers')} AS k, id FROM facts WHERE cardinality(numbers) <> 2 ORDER BY 1, 2`,
    `SELECT CAST(moment AS time) AS t, count(*) AS n FROM facts GROUP BY 1 ORDER BY 1`,
    `SELECT map_union(counts) AS m, ${pick(['max(id)', 'count(*)'])} AS n FROM facts WHERE id < 5`,
    `SELECT typeof(${of(pick(['whole', 'decimal', 'text', 'moment', 'numbers'] as const))}) AS t, count(*) AS n FROM facts GROUP BY 1`,
    `SELECT id, json_query(payload, 'lax $.items[*].sku' WITH WRAPPER) AS skus FROM facts JOIN orders ON id = order_id ORDER BY id`,
  ];
}
