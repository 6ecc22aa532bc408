import type { Kind } from './query-generator.ts';

export interface Making {
  /** An expression of the kind. */
  of(kind: Kind): string;
  pick<T>(list: readonly T[]): T;
}

/** Forms that analysts use less often, by what they give. */
export function moreForms(kind: Kind, { of, pick }: Making): readonly string[] {
  switch (kind) {
    case 'whole':
      return [
        `strpos(${of('text')}, ${pick(["'a'", "'p'", "''"])}, ${pick(['1', '2', '-1'])})`,
        `regexp_position(${of('text')}, '${pick(['[a-z]', '\\d', ','])}')`,
        `regexp_count(${of('text')}, '[a-z]')`,
        `crc32(to_utf8(${of('text')}))`,
        `${pick(['bitwise_left_shift', 'bitwise_right_shift', 'bitwise_right_shift_arithmetic'])}(big, ${pick(['0', '1', '63', '64'])})`,
        `bit_count(big, 64)`,
        `date_diff('${pick(['minute', 'hour', 'day', 'month'])}', ${of('moment')} AT TIME ZONE 'Asia/Tokyo', ${of('moment')} AT TIME ZONE 'Asia/Tokyo')`,
        `${pick(['day', 'hour', 'day_of_week', 'week'])}(${of('moment')} AT TIME ZONE '${pick(['Asia/Tokyo', 'America/New_York', '-03:30'])}')`,
        `CAST(json_extract(doc, '$.a') AS ${pick(['bigint', 'integer', 'double'])}) `,
        `cardinality(array_distinct(${of('words')}))`,
        `json_size(doc, '$.${pick(['b', 'c', 'a'])}')`,
        `cardinality(filter(${of('numbers')}, x -> x IN (1, 3, NULL)))`,
        `width_bucket(ratio, 0, 10, 4)`,
        `codepoint(CAST(substr(coalesce(nullif(word, ''), 'x'), 1, 1) AS varchar(1)))`,
        `if(${of('boolean')}, ${of('whole')}, ${of('whole')})`,
      ];
    case 'decimal':
      return [
        `truncate(${of('decimal')}, ${pick(['0', '1', '-1', '5'])})`,
        `round(${of('decimal')}, ${pick(['0', '3', '-1', '-2'])})`,
        `mod(${of('decimal')}, ${pick(['3', '0.7', '-2.5'])})`,
        `CAST(${of('text')} AS decimal(10,3))`,
        `TRY_CAST(${of('text')} AS decimal(6,2))`,
        `(${of('decimal')} / nullif(${of('decimal')}, 0))`,
        `(${of('decimal')} * ${pick(['1.1', '0.08', '100', '-1'])})`,
      ];
    case 'double':
      return [
        `CAST(${of('text')} AS double)`,
        `nan()`,
        `(${of('double')} * infinity())`,
        `log(2, ${of('double')})`,
        `${pick(['sin', 'cos', 'atan', 'tanh', 'cbrt', 'log10', 'log2', 'degrees', 'radians'])}(${of('double')})`,
        `CAST(${of('double')} AS real)`,
        `date_diff('second', ${of('moment')}, ${of('moment')}) / 60e0`,
      ];
    case 'text':
      return moreTexts({ of, pick });
    case 'boolean':
      return [
        `(${of('whole')}, ${of('text')}) IN (SELECT order_id, status FROM orders)`,
        `${of('double')} IN (1, nan(), ${of('double')})`,
        `${of('text')} LIKE ${pick(["'%\\_%' ESCAPE '\\'", "'a%'", "'_p%'", "'%'", "''"])}`,
        `regexp_like(${of('text')}, '${pick(['^(?!a)', '(.)\\1', 'p(?=l)', '[^a-z]', '\\bb', '^$'])}')`,
        `(${of('date')} BETWEEN ${of('date')} AND ${of('moment')})`,
        `(${of('moment')} AT TIME ZONE 'Asia/Tokyo' > ${of('moment')})`,
        `is_nan(${of('double')})`,
        `starts_with(${of('text')}, ${of('text')})`,
        `contains(${of('words')}, ${of('text')})`,
        `arrays_overlap(${of('numbers')}, ${of('numbers')})`,
        `(${of('whole')} IS DISTINCT FROM ${of('whole')})`,
        `(${of('decimal')} > ALL (SELECT total FROM orders WHERE total IS NOT NULL))`,
        `(${of('whole')} = ANY (SELECT tiny FROM facts))`,
        `((SELECT max(total) FROM orders) > ${of('decimal')})`,
      ];
    case 'date':
      return [
        `CAST(${of('text')} AS date)`,
        `(${of('date')} + ${pick(['2', 'tiny'])} * INTERVAL '1' DAY)`,
        `from_iso8601_date(to_iso8601(${of('date')}))`,
        `date_add('day', -day_of_week(${of('date')}), ${of('date')})`,
        `element_at(sequence(DATE '2024-01-31', DATE '2024-06-01', INTERVAL '1' MONTH), ${pick(['2', '3', '5'])})`,
      ];
    case 'moment':
      return [
        `CAST(parse_datetime(date_format(${of('moment')}, '%Y-%m-%d %H:%i'), 'yyyy-MM-dd HH:mm') AS timestamp)`,
        `date_parse(date_format(${of('moment')}, '%Y%m%d%H%i%s'), '%Y%m%d%H%i%s')`,
        `CAST(date_trunc('${pick(['day', 'hour', 'month', 'week'])}', ${of('moment')} AT TIME ZONE '${pick(['Asia/Tokyo', 'America/New_York'])}') AS timestamp)`,
        `(${of('moment')} + INTERVAL '1' DAY * ${pick(['2.5', '1.5e0', '3', 'tiny'])})`,
        `CAST(with_timezone(${of('moment')}, 'America/New_York') AT TIME ZONE 'UTC' AS timestamp)`,
        `TRY_CAST(${of('text')} AS timestamp)`,
        `CAST(CAST(${of('moment')} AS varchar) AS timestamp)`,
        `CAST(from_unixtime(to_unixtime(${of('moment')})) AS timestamp)`,
        `greatest(${of('moment')}, ${of('date')})`,
      ];
    case 'numbers':
      return [
        `array_sort(${of('numbers')}, (a, b) -> CASE WHEN a IS NULL THEN IF(b IS NULL, 0, 1) WHEN b IS NULL THEN -1 WHEN a < b THEN 1 WHEN a = b THEN 0 ELSE -1 END)`,
        `map_values(map_filter(counts, (k, v) -> v > 1))`,
        `transform(sequence(1, 4), i -> i * i)`,
        `flatten(ngrams(${of('numbers')}, 2))`,
        `map_values(transform_values(counts, (k, v) -> v + 1))`,
        `CAST(json_extract(doc, '$.b') AS array(integer))`,
        `reduce(${of('numbers')}, CAST(ARRAY[] AS array(integer)), (s, x) -> x || s, s -> s)`,
      ];
    case 'words':
      return [
        `regexp_split(${of('text')}, '[,_]')`,
        `array_sort(map_keys(counts))`,
        `transform(${of('numbers')}, x -> CAST(x AS varchar))`,
        `split(${of('text')}, ',', 2)`,
        `zip_with(${of('words')}, ${of('numbers')}, (w, n) -> concat(w, CAST(n AS varchar)))`,
      ];
    default:
      return [];
  }
}

function moreTexts({ of, pick }: Making): readonly string[] {
  return [
    `normalize(${of('text')}, ${pick(['NFC', 'NFD', 'NFKC'])})`,
    `to_hex(xxhash64(to_utf8(${of('text')})))`,
    `format('${pick(['%5s|', '%-6s|', '%S', '%.2s'])}', ${of('text')})`,
    `format('%s', ${of(pick(['double', 'whole', 'date', 'decimal', 'boolean', 'moment'] as const))})`,
    `format('%${pick(['.2f', ',.1f', '8.3f', '.0f'])}', ${of(pick(['double', 'decimal'] as const))})`,
    `regexp_replace(${of('text')}, '(?<first>\\w)(\\w)', '${pick(['$2$1', '[$0]'])}')`,
    `regexp_extract(${of('text')}, '${pick(['(.)\\1', '[a-z]+(?=,)', '(?<=a)p+'])}')`,
    `json_format(CAST(${of(pick(['numbers', 'words', 'date', 'moment', 'double', 'text', 'decimal'] as const))} AS json))`,
    `json_format(CAST(ROW(${of('whole')}, ${of('text')}) AS json))`,
    `CAST(json_extract(doc, '$.${pick(['a', 'b[2]', 'c'])}') AS varchar)`,
    `concat_ws('-', ${of('text')}, ${of('text')}, 'z')`,
    `concat_ws('/', ${of('words')})`,
    `translate(${of('text')}, 'abp', 'xy')`,
    `from_utf8(reverse(to_utf8(${of('text')})))`,
    `url_encode(${of('text')})`,
    `CAST(${of('moment')} AT TIME ZONE '${pick(['Asia/Tokyo', 'America/New_York', '+05:30'])}' AS varchar)`,
    `to_iso8601(${of('moment')} AT TIME ZONE 'Asia/Tokyo')`,
    `format_datetime(${of('moment')} AT TIME ZONE 'Asia/Tokyo', '${pick(['yyyy-MM-dd HH:mm Z', "yyyy-MM-dd''T''HH:mm:ssZZ"])}')`,
    `human_readable_seconds(${of('whole')})`,
    `chr(${pick(['65', '12354', 'tiny + 200'])})`,
    `CAST(${of('moment')} - ${of('moment')} AS varchar)`,
    `array_join(transform(${of('numbers')}, x -> IF(x > 1, 'big', 'small')), '/')`,
    `element_at(map_concat(MAP(ARRAY['a'], ARRAY['one']), MAP(ARRAY[${of('text')}], ARRAY['two'])), 'a')`,
  ];
}

/** Calls of aggregates with the arguments an analyst gives them. */
export function moreAggregates({ of, pick }: Making): readonly string[] {
  return [
    `approx_percentile(${of(pick(['whole', 'double', 'decimal'] as const))}, ${pick(['0.5', '0.9', '0.25'])})`,
    `approx_percentile(CAST(id AS double), ARRAY[0.1, 0.5, 0.9])`,
    `max_by(${pick(['id', 'amount', 'tiny'])}, id, 2)`,
    `${pick(['skewness', 'kurtosis', 'stddev_pop', 'variance', 'geometric_mean'])}(${pick(['id', 'tiny', 'amount'])})`,
    `corr(id, ${pick(['tiny', 'ratio'])})`,
    `try(sum(id) / ${pick(['count_if(flag)', 'min(tiny)', 'count(*)'])})`,
    `try(max(id) / (count(*) - ${pick(['1', '5'])}))`,
    `array_agg(${of('text')} ORDER BY ${pick(['id DESC', 'word, id', 'day NULLS FIRST, id'])})`,
    `transform_values(multimap_agg(short, id), (k, v) -> array_sort(v))`,
    `listagg(DISTINCT short, '/') WITHIN GROUP (ORDER BY short)`,
    `sum(DISTINCT ${pick(['tiny', 'amount', 'whole % 7'])})`,
    `count(DISTINCT (flag, short))`,
    `sum(IF(${of('boolean')}, ${of('decimal')}, 0))`,
    `count(CASE WHEN ${of('boolean')} THEN 1 END) * 1.0 / count(*)`,
    `100.0 * count_if(${of('boolean')}) / count(*)`,
    `round(avg(${of('decimal')}), 1)`,
    `cardinality(array_agg(DISTINCT ${pick(['short', 'day', 'tiny'])}))`,
    `reduce(array_agg(tiny), 0, (s, x) -> s + coalesce(x, 0), s -> s)`,
    `element_at(map_agg(short, id), 'one') IS NULL`,
    `bitwise_and_agg(${pick(['id', 'tiny'])})`,
    `min(${of('moment')} AT TIME ZONE 'Asia/Tokyo')`,
    `max(${of('moment')} - TIMESTAMP '2024-01-01 00:00:00')`,
  ];
}

/** Whole queries of shapes of their own. */
export function moreQueries({ of, pick }: Making): readonly string[] {
  const order = pick(['id', 'id DESC', 'tiny, id', 'day NULLS FIRST, id DESC']);
  const frame = pick([
    'GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW',
    'GROUPS BETWEEN CURRENT ROW AND 1 FOLLOWING',
    'ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING',
    'RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING',
    'ROWS 3 PRECEDING',
  ]);
  const span = pick(["INTERVAL '1' MONTH", "INTERVAL '30' DAY", "INTERVAL '2' HOUR"]);
  const measured = pick(['count(*)', 'sum(id)', 'min(word)', 'max(amount)', 'array_agg(id)']);
  return [
    `SELECT id, ${measured} OVER (PARTITION BY ${pick(['flag', 'short'])} ORDER BY ${order} ${frame}) AS w FROM facts ORDER BY id`,
    `SELECT id, count(*) OVER (ORDER BY moment RANGE BETWEEN ${span} PRECEDING AND CURRENT ROW) AS w FROM facts WHERE moment IS NOT NULL ORDER BY id`,
    `SELECT id, count(*) OVER (ORDER BY ${pick(['tiny', 'amount', 'id'])} ${pick(['', 'DESC'])} RANGE BETWEEN 2 PRECEDING AND 3 FOLLOWING) AS w FROM facts ORDER BY id`,
    `SELECT id, ${pick(['lag(word)', 'lead(amount)', 'last_value(tiny)', 'first_value(short)', 'nth_value(tiny, 2)'])} ${pick(['IGNORE NULLS ', ''])}OVER (ORDER BY id) AS w FROM facts ORDER BY id`,
    `SELECT * FROM (SELECT ${pick(['flag', 'short', 'tiny'])} AS k, count(*) AS n FROM facts GROUP BY 1 ORDER BY n DESC FETCH FIRST ${pick(['1', '2'])} ROWS WITH TIES) ORDER BY 1`,
    `SELECT id, (SELECT ${pick(['count(*)', 'max(o.total)', 'sum(o.order_id)'])} FROM orders o WHERE o.order_id ${pick(['=', '<', '<>'])} f.id) AS c FROM facts f ORDER BY id`,
    `SELECT id FROM facts f WHERE ${pick(['', 'NOT '])}EXISTS (SELECT 1 FROM orders o WHERE o.order_id = f.${pick(['id', 'tiny'])} AND ${pick(['f.flag', 'o.total > 50', 'f.amount < o.total', 'TRUE'])}) ORDER BY id`,
    `SELECT ${of('whole')} AS a, ${of('text')} AS b FROM facts WHERE id < 4 UNION ${pick(['', 'ALL '])}SELECT NULL, ${of('text')} FROM facts WHERE id > 22 ORDER BY 1, 2`,
    `SELECT k, sum(n) AS s, max(n) AS m FROM (SELECT ${of('text')} AS k, count(*) AS n FROM facts GROUP BY 1) GROUP BY ROLLUP (k) ORDER BY 1, 2`,
    `WITH a AS (SELECT id, ${of('decimal')} AS v FROM facts), b AS (SELECT id, v, row_number() OVER (ORDER BY v DESC, id) AS r FROM a) SELECT * FROM b WHERE r <= 5 ORDER BY r`,
    `SELECT f.id, t.n, ${of('whole')} AS x FROM facts f CROSS JOIN UNNEST(sequence(1, ${pick(['2', '3'])})) AS t(n) WHERE f.id < 5 ORDER BY 1, 2`,
    `SELECT id, x.v FROM facts f CROSS JOIN LATERAL (SELECT ${of('text')} AS v) x ORDER BY id`,
    `SELECT DISTINCT ${of('whole')} AS a, ${of('boolean')} AS b FROM facts ORDER BY 1, 2`,
    `SELECT id, ${of('text')} AS v FROM facts ORDER BY 2 ${pick(['', 'DESC'])} NULLS ${pick(['FIRST', 'LAST'])}, id ${pick(['LIMIT 5', 'OFFSET 3 LIMIT 4', 'OFFSET 20'])}`,
    `WITH RECURSIVE r(n, t) AS (SELECT 1, CAST(${pick(["'a'", "''"])} AS varchar) UNION ALL SELECT n + 1, t || CAST(n AS varchar) FROM r WHERE n < ${pick(['3', '6'])}) SELECT n, t FROM r ORDER BY n`,
  ];
}
