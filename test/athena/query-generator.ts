import { areaForms, areaQueries } from './area-forms.ts';
import { type Making, moreAggregates, moreForms, moreQueries } from './more-forms.ts';

/** Random numbers that are the same for the same seed: mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export type Kind =
  | 'whole'
  | 'decimal'
  | 'double'
  | 'text'
  | 'boolean'
  | 'date'
  | 'moment'
  | 'numbers'
  | 'words'
  | 'counts';

const KINDS: readonly Kind[] = [
  'whole',
  'whole',
  'decimal',
  'double',
  'text',
  'text',
  'boolean',
  'date',
  'moment',
  'numbers',
  'words',
];

const COLUMNS: Readonly<Record<Kind, readonly string[]>> = {
  whole: ['id', 'tiny', 'small', 'whole', 'big', 'place.code'],
  decimal: ['amount', 'rate'],
  double: ['ratio', 'single'],
  text: ['word', 'short', 'place.city', 'doc'],
  boolean: ['flag'],
  date: ['day'],
  moment: ['moment'],
  numbers: ['numbers'],
  words: ['words'],
  counts: ['counts'],
};

const LITERALS: Readonly<Record<Kind, readonly string[]>> = {
  whole: ['0', '1', '2', '-3', '7', '100', 'NULL', "BIGINT '5'"],
  decimal: ['0.5', '1.25', '-2.10', '100.00', "DECIMAL '0.333'", '3.0'],
  double: ['0e0', '1.5e0', '-2.25e0', '1e3', "DOUBLE '0.1'"],
  text: ["''", "'a'", "'apple'", "'日本'", "'x_y'", "'1'", "' b '", "'A,b,c'"],
  boolean: ['TRUE', 'FALSE', 'NULL'],
  date: ["DATE '2024-02-29'", "DATE '2023-12-31'", "DATE '1969-07-20'"],
  moment: [
    "TIMESTAMP '2024-01-31 23:59:59.999'",
    "TIMESTAMP '2000-02-29 00:00:00'",
    "TIMESTAMP '1969-12-31 12:30:00.250'",
  ],
  numbers: ['ARRAY[1, 2, 3]', 'ARRAY[5]', 'ARRAY[3, NULL, 3]', 'CAST(ARRAY[] AS array(integer))'],
  words: ["ARRAY['a', 'b']", "ARRAY['x', NULL]"],
  counts: ["MAP(ARRAY['a', 'b'], ARRAY[1, 2])"],
};

/** Makes queries over the sample tables. Most are ones Trino accepts; some it refuses. */
export class QueryGenerator {
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = randomOf(seed);
  }

  query(): string {
    const shape = this.pick([
      'plain',
      'plain',
      'plain',
      'grouped',
      'grouped',
      'sets',
      'window',
      'join',
      'unnest',
      'set',
      'with',
      'subquery',
      'more',
      'more',
      'area',
    ]);
    switch (shape) {
      case 'more':
        return this.pick(moreQueries(this.making(2)));
      case 'area':
        return this.pick(areaQueries(this.making(2)));
      case 'grouped':
        return this.grouped();
      case 'sets':
        return this.groupingSets();
      case 'window':
        return this.window();
      case 'join':
        return this.join();
      case 'unnest':
        return this.unnest();
      case 'set':
        return this.setOperation();
      case 'with':
        return `WITH q AS (${this.plain()}) SELECT count(*), count(x1) FROM q`;
      case 'subquery':
        return `SELECT id, ${this.any()} FROM facts f WHERE ${this.pick(['id IN', 'id NOT IN', 'EXISTS'])} (SELECT ${this.value('whole', 1)} AS v FROM facts WHERE ${this.value('boolean', 2)}) ORDER BY 1`;
      default:
        return this.plain();
    }
  }

  private plain(): string {
    const where = this.chance(0.5) ? ` WHERE ${this.value('boolean', 3)}` : '';
    return `SELECT id, ${this.any()} AS x1, ${this.any()} AS x2 FROM facts${where} ORDER BY id`;
  }

  private grouped(): string {
    const key = this.value(this.pick(['whole', 'text', 'date', 'boolean', 'moment', 'decimal'] as const), 2);
    const having = this.chance(0.3)
      ? ` HAVING ${this.pick(['count(*) > 1', 'max(id) > 5', 'sum(whole) IS NOT NULL'])}`
      : '';
    return `SELECT ${key} AS k, ${this.aggregate()} AS a, ${this.aggregate()} AS b FROM facts GROUP BY 1${having} ORDER BY 1`;
  }

  private groupingSets(): string {
    const by = this.pick([
      'ROLLUP (flag, short)',
      'CUBE (flag, day)',
      'GROUPING SETS ((flag), (short, day), ())',
      'flag, ROLLUP (short)',
    ]);
    const names = by.includes('short')
      ? by.includes('day')
        ? 'flag, short, day'
        : 'flag, short'
      : 'flag, day';
    return `SELECT ${names}, grouping(${names.split(', ').slice(0, 2).join(', ')}) AS g, ${this.aggregate()} AS a FROM facts GROUP BY ${by} ORDER BY ${names}, g`;
  }

  private window(): string {
    const call = this.pick([
      'row_number()',
      'rank()',
      'dense_rank()',
      `lag(${this.value('whole', 1)}) `,
      `lead(${this.value('text', 1)}, 2)`,
      `sum(${this.value('whole', 1)})`,
      'count(*)',
      `avg(${this.pick(['amount', 'whole', 'tiny'])})`,
      `max(${this.pick(COLUMNS.date)})`,
      'ntile(3)',
      'first_value(word)',
      'last_value(amount)',
      'nth_value(whole, 2)',
      'percent_rank()',
      'cume_dist()',
      'min(word)',
      'array_agg(id)',
    ]);
    const partition = this.chance(0.5)
      ? `PARTITION BY ${this.pick(['flag', 'short', 'day', 'whole % 2'])} `
      : '';
    const frame =
      /rank|row_number|ntile|lag|lead|cume/.test(call) || this.chance(0.5)
        ? ''
        : this.pick([
            ' ROWS BETWEEN 2 PRECEDING AND CURRENT ROW',
            ' ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING',
            ' RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
            ' ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING',
          ]);
    const order = this.pick(['id', 'id DESC', 'big DESC, id', 'day NULLS FIRST, id', 'word, id']);
    return `SELECT id, ${call} OVER (${partition}ORDER BY ${order}${frame}) AS w FROM facts ORDER BY id`;
  }

  private join(): string {
    const type = this.pick(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN']);
    const on = this.pick([
      'f.id = o.order_id',
      'f.whole = o.order_id',
      'f.id = o.customer_id - 9',
      'f.id = o.order_id AND o.total > 50',
    ]);
    return `SELECT f.id, o.order_id, ${this.pick(['o.total', 'o.status', 'o.dt', 'f.amount + o.total', 'coalesce(o.status, f.word)', 'o.address.city', 'f.amount * o.total', 'f.moment - o.created_at', "date_diff('day', f.moment, o.created_at)"])} AS v FROM facts f ${type} orders o ON ${on} ORDER BY 1, 2, 3`;
  }

  private unnest(): string {
    return this.pick([
      'SELECT id, n FROM facts CROSS JOIN UNNEST(numbers) AS t(n) ORDER BY 1, 2',
      'SELECT id, n, o FROM facts CROSS JOIN UNNEST(words) WITH ORDINALITY AS t(n, o) ORDER BY 1, 3',
      'SELECT id, k, v FROM facts LEFT JOIN UNNEST(counts) AS t(k, v) ON TRUE ORDER BY 1, 2',
      'SELECT id, a, b FROM facts CROSS JOIN UNNEST(numbers, words) AS t(a, b) ORDER BY 1, 2, 3',
      `SELECT id, ${this.value('whole', 1)} + n AS s FROM facts, UNNEST(sequence(1, 3)) AS t(n) WHERE id < 4 ORDER BY 1, 2`,
      `SELECT sum(n), count(*) FROM facts CROSS JOIN UNNEST(${this.value('numbers', 2)}) AS t(n)`,
    ]);
  }

  private setOperation(): string {
    const kind = this.pick(['whole', 'text', 'decimal', 'date'] as const);
    const operator = this.pick(['UNION', 'UNION ALL', 'INTERSECT', 'EXCEPT']);
    return `SELECT ${this.value(kind, 2)} AS v FROM facts ${operator} SELECT ${this.value(this.chance(0.8) ? kind : this.kind(), 2)} FROM facts WHERE id > 5 ORDER BY 1`;
  }

  /** What the forms beside these are made with, at most so many calls deep. */
  private making(depth: number): Making {
    return { of: (kind) => this.value(kind, depth - 1), pick: (list) => this.pick(list) };
  }

  private aggregate(): string {
    if (this.chance(0.3)) return this.pick(moreAggregates(this.making(1)));
    const filter = this.chance(0.2) ? ` FILTER (WHERE ${this.value('boolean', 1)})` : '';
    const call = this.pick([
      'count(*)',
      `count(${this.any()})`,
      `count(DISTINCT ${this.pick(['whole + id', 'short', 'day', 'moment', 'amount', 'upper(word)'])})`,
      `sum(${this.value(this.pick(['whole', 'decimal', 'double'] as const), 1)})`,
      `avg(${this.value(this.pick(['whole', 'decimal', 'double'] as const), 1)})`,
      `min(${this.value(this.pick(['whole', 'decimal', 'double', 'text', 'date', 'moment'] as const), 1)})`,
      `max(${this.value(this.pick(['whole', 'decimal', 'double', 'text', 'date', 'moment'] as const), 1)})`,
      `bool_and(${this.value('boolean', 1)})`,
      `bool_or(${this.value('boolean', 1)})`,
      `count_if(${this.value('boolean', 1)})`,
      `array_agg(${this.value('whole', 1)} ORDER BY id)`,
      `array_agg(DISTINCT ${this.pick(['tiny', 'short'])} ORDER BY ${this.pick(['tiny', 'short'])})`,
      `max_by(${this.value('text', 1)}, id)`,
      `min_by(${this.value('whole', 1)}, id)`,
      `listagg(short, ',') WITHIN GROUP (ORDER BY id)`,
      `approx_distinct(${this.value('whole', 1)})`,
      `stddev(${this.value('whole', 1)})`,
      `var_pop(${this.pick(['id', 'ratio', 'tiny'])})`,
      'map_agg(id, word)',
      'histogram(short)',
      `sum(${this.value('whole', 1)}) / count(*)`,
      'array_sort(array_agg(tiny))',
      'max(id, 2)',
    ]);
    return /[/]|array_sort/.test(call) ? call : call + filter;
  }

  private any(): string {
    return this.value(this.kind(), 3);
  }

  private kind(): Kind {
    return this.pick(KINDS);
  }

  /** An expression of the kind, at most so many calls deep. */
  private value(kind: Kind, depth: number): string {
    if (depth <= 0 || this.chance(0.2))
      return this.chance(0.7) ? this.pick(COLUMNS[kind]) : this.pick(LITERALS[kind]);
    if (this.chance(0.03)) return this.value(this.kind(), depth - 1); // Often the wrong type.
    if (this.chance(0.12)) return this.choice(kind, depth - 1);
    const of = (other: Kind): string => this.value(other, depth - 1);
    if (this.chance(0.35)) {
      const making = this.making(depth);
      const more = this.chance(0.5) ? moreForms(kind, making) : areaForms(kind, making);
      if (more.length > 0) return this.pick(more);
    }
    return this.pick(this.forms(kind, of));
  }

  private choice(kind: Kind, depth: number): string {
    const of = (other: Kind): string => this.value(other, depth);
    return this.pick([
      `CASE WHEN ${of('boolean')} THEN ${of(kind)} ELSE ${of(kind)} END`,
      `if(${of('boolean')}, ${of(kind)})`,
      `coalesce(${of(kind)}, ${of(kind)})`,
      `nullif(${of(kind)}, ${of(kind)})`,
      `try(${of(kind)})`,
      ...(['numbers', 'words', 'counts', 'boolean'].includes(kind)
        ? []
        : [`greatest(${of(kind)}, ${of(kind)})`, `least(${of(kind)}, ${of(kind)})`]),
    ]);
  }

  private forms(kind: Kind, of: (kind: Kind) => string): readonly string[] {
    switch (kind) {
      case 'whole':
        return this.wholeForms(of);
      case 'decimal':
        return [
          `(${of('decimal')} + ${of('decimal')})`,
          `(${of('decimal')} - ${of('whole')})`,
          `(${of('decimal')} * ${of('decimal')})`,
          `(${of('decimal')} / ${of('decimal')})`,
          `(${of('decimal')} / ${of('whole')})`,
          `(${of('decimal')} % ${of('decimal')})`,
          `abs(${of('decimal')})`,
          `round(${of('decimal')}, 1)`,
          `round(${of('decimal')})`,
          `floor(${of('decimal')})`,
          `ceiling(${of('decimal')})`,
          `truncate(${of('decimal')})`,
          `CAST(${of('whole')} AS decimal(12,2))`,
          `CAST(${of('decimal')} AS decimal(20,1))`,
          `CAST(${of('double')} AS decimal(18,3))`,
          `-${of('decimal')}`,
          `sign(${of('decimal')})`,
        ];
      case 'double':
        return [
          `(${of('double')} + ${of('whole')})`,
          `(${of('double')} * ${of('decimal')})`,
          `(${of('double')} / ${of('double')})`,
          `(${of('double')} - ${of('double')})`,
          `sqrt(${of('whole')})`,
          `round(${of('double')})`,
          `round(${of('double')}, 2)`,
          `floor(${of('double')})`,
          `abs(${of('double')})`,
          `power(${of('whole')}, 2)`,
          `ln(${of('double')})`,
          `CAST(${of('whole')} AS double)`,
          `CAST(${of('decimal')} AS double)`,
          `exp(${this.pick(['1', '0.5', 'tiny / 100'])})`,
          `to_unixtime(${of('moment')})`,
          `TRY_CAST(${of('text')} AS double)`,
          `truncate(${of('double')})`,
          `(${of('double')} % ${of('double')})`,
        ];
      case 'text':
        return this.textForms(of);
      case 'boolean':
        return this.booleanForms(of);
      case 'date':
        return [
          `(${of('date')} + INTERVAL '${this.pick(['1', '30', '365'])}' DAY)`,
          `(${of('date')} - INTERVAL '${this.pick(['1', '13'])}' MONTH)`,
          `date_add('${this.pick(['day', 'week', 'month', 'quarter', 'year'])}', ${this.pick(['1', '-1', '5', 'tiny'])}, ${of('date')})`,
          `date_trunc('${this.pick(['week', 'month', 'quarter', 'year'])}', ${of('date')})`,
          `CAST(${of('moment')} AS date)`,
          `last_day_of_month(${of('date')})`,
          `date(${of('moment')})`,
          `CAST(${of('moment')} AT TIME ZONE 'Asia/Tokyo' AS date)`,
          `TRY_CAST(${of('text')} AS date)`,
          `element_at(sequence(day, day + INTERVAL '3' DAY), ${this.pick(['1', '2', '-1', '9'])})`,
        ];
      case 'moment':
        return [
          `(${of('moment')} + INTERVAL '${this.pick(['1', '36'])}' HOUR)`,
          `(${of('moment')} - INTERVAL '2' MONTH)`,
          `(${of('moment')} + INTERVAL '1 02:03:04.005' DAY TO SECOND)`,
          `date_add('${this.pick(['second', 'minute', 'hour', 'day', 'month', 'year'])}', ${this.pick(['1', '-1', '100', 'tiny'])}, ${of('moment')})`,
          `date_trunc('${this.pick(['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'])}', ${of('moment')})`,
          `CAST(${of('date')} AS timestamp)`,
          `date_parse('2024-03-05 10:20:30', '%Y-%m-%d %H:%i:%s')`,
          `CAST(${of('moment')} AT TIME ZONE '${this.pick(['Asia/Tokyo', 'America/New_York', '+05:30'])}' AS timestamp)`,
          `CAST(from_unixtime(${this.pick(['0', '1704067200', 'id * 86400', '1.5'])}) AS timestamp)`,
        ];
      case 'numbers':
        return [
          `transform(${of('numbers')}, x -> ${this.pick(['x + 1', 'x * 2', '-x', 'coalesce(x, 0)', 'x + tiny'])})`,
          `filter(${of('numbers')}, x -> ${this.pick(['x > 1', 'x IS NOT NULL', 'x % 2 = 1'])})`,
          `array_sort(${of('numbers')})`,
          `array_distinct(${of('numbers')})`,
          `(${of('numbers')} || ${of('numbers')})`,
          `slice(${of('numbers')}, ${this.pick(['1', '2', '-2'])}, 2)`,
          `array_remove(${of('numbers')}, 3)`,
          `reverse(${of('numbers')})`,
          `array_sort(array_union(${of('numbers')}, ${of('numbers')}))`,
          `array_sort(array_intersect(${of('numbers')}, ${of('numbers')}))`,
          `array_sort(array_except(${of('numbers')}, ${of('numbers')}))`,
          `map_values(${this.pick(['counts', LITERALS.counts[0] ?? ''])})`,
          `ARRAY[${of('whole')}, ${of('whole')}]`,
          `repeat(tiny, 2)`,
          `flatten(ARRAY[${of('numbers')}, ${of('numbers')}])`,
          `zip_with(${of('numbers')}, ${of('numbers')}, (a, b) -> a + b)`,
        ];
      case 'words':
        return [
          `split(${of('text')}, ',')`,
          `array_sort(${of('words')})`,
          `transform(${of('words')}, w -> upper(w))`,
          `filter(${of('words')}, w -> w <> 'a')`,
          `map_keys(${this.pick(['counts', LITERALS.counts[0] ?? ''])})`,
          `regexp_extract_all(${of('text')}, '[a-z]+')`,
          `(${of('words')} || ${of('text')})`,
          `array_distinct(${of('words')})`,
        ];
      default:
        return COLUMNS.counts;
    }
  }

  private wholeForms(of: (kind: Kind) => string): string[] {
    const part = this.pick([
      'year',
      'quarter',
      'month',
      'week',
      'day',
      'day_of_week',
      'day_of_year',
      'year_of_week',
    ]);
    return [
      ...['+', '-', '*', '/', '%'].map((operator) => `(${of('whole')} ${operator} ${of('whole')})`),
      `abs(${of('whole')})`,
      `length(${of('text')})`,
      `strpos(${of('text')}, ${of('text')})`,
      `cardinality(${of('numbers')})`,
      `cardinality(${of('words')})`,
      `${part}(${of('date')})`,
      `${part}(${of('moment')})`,
      `${this.pick(['hour', 'minute', 'second', 'millisecond'])}(${of('moment')})`,
      `extract(${this.pick(['DOW', 'DOY', 'WEEK', 'YEAR', 'MONTH'])} FROM ${of('date')})`,
      `date_diff('${this.pick(['day', 'week', 'month', 'quarter', 'year'])}', ${of('date')}, ${of('date')})`,
      `date_diff('${this.pick(['second', 'minute', 'hour', 'day', 'week', 'month', 'year'])}', ${of('moment')}, ${of('moment')})`,
      `CAST(${of('double')} AS ${this.pick(['integer', 'bigint'])})`,
      `CAST(${of('decimal')} AS ${this.pick(['integer', 'bigint'])})`,
      `TRY_CAST(${of('text')} AS ${this.pick(['integer', 'bigint', 'smallint'])})`,
      `CAST(${of('boolean')} AS integer)`,
      `element_at(${of('numbers')}, ${this.pick(['1', '2', '-1', '4'])})`,
      `element_at(counts, ${this.pick(["'a'", "'k'", "'zz'"])})`,
      `reduce(${of('numbers')}, 0, (s, x) -> s + coalesce(x, 0), s -> s)`,
      `array_position(${of('numbers')}, 3)`,
      `array_max(${of('numbers')})`,
      `array_min(${of('numbers')})`,
      `json_array_length(doc)`,
      `levenshtein_distance(${of('text')}, 'apple')`,
      `bitwise_and(${of('whole')}, 6)`,
      `mod(${of('whole')}, 5)`,
      `try(${of('whole')} / ${of('whole')})`,
      `numbers[${this.pick(['1', '2'])}]`,
      `sign(${of('whole')})`,
      `-${of('whole')}`,
    ];
  }

  private textForms(of: (kind: Kind) => string): string[] {
    return [
      `(${of('text')} || ${of('text')})`,
      `concat(${of('text')}, ${of('text')}, '-')`,
      `${this.pick(['lower', 'upper', 'trim', 'ltrim', 'rtrim', 'reverse'])}(${of('text')})`,
      `substr(${of('text')}, ${this.pick(['1', '2', '-2', '0', '9'])}${this.chance(0.5) ? `, ${this.pick(['1', '3', '0'])}` : ''})`,
      `replace(${of('text')}, ${this.pick(["'a'", "'p', 'q'", "'日', ''"])})`,
      `${this.pick(['lpad', 'rpad'])}(${of('text')}, 4, '*')`,
      `split_part(${of('text')}, ',', ${this.pick(['1', '2', '5'])})`,
      `regexp_replace(${of('text')}, '${this.pick(['[aeiou]', '(\\w)(\\w)', '\\d+', '^.'])}', '${this.pick(['', '_', '<$0>'])}')`,
      `regexp_extract(${of('text')}, '${this.pick(['[a-z]+', '(\\w)\\w', '\\d', '(a)(b)?'])}')`,
      `CAST(${of('whole')} AS varchar)`,
      `CAST(${of('decimal')} AS varchar)`,
      `CAST(${of('double')} AS varchar)`,
      `CAST(${of('date')} AS varchar)`,
      `CAST(${of('moment')} AS varchar)`,
      `CAST(${of('boolean')} AS varchar)`,
      `CAST(${of('text')} AS varchar(3))`,
      `json_extract_scalar(doc, '$.${this.pick(['a', 'b[1]', 'c.d', 'A', 'zz'])}')`,
      `json_format(json_extract(doc, '$${this.pick(['.b', '.c', '', '[0]'])}'))`,
      `date_format(${of('moment')}, '${this.pick(['%Y-%m-%d', '%H:%i:%s', '%W %e %M %y', '%b %d %k %p %l %j', '%x-%v', '%f'])}')`,
      `format_datetime(${of('moment')}, '${this.pick(['yyyy-MM-dd HH:mm:ss.SSS', "EEE d MMM yy 'at' h a", 'D'])}')`,
      `array_join(${of('words')}, '|'${this.chance(0.5) ? ", 'none'" : ''})`,
      `array_join(${of('numbers')}, ',')`,
      `element_at(${of('words')}, ${this.pick(['1', '-1', '3'])})`,
      `to_iso8601(${of('date')})`,
      `format('%s-%03d', ${this.pick(['short', "'x'"])}, tiny)`,
      `CAST(${of('date')} - ${of('date')} AS varchar)`,
      `to_hex(md5(to_utf8(${of('text')})))`,
      `typeof(${this.pick(COLUMNS[this.kind()])})`,
      `url_encode(${of('text')})`,
      `CAST(CAST(${this.pick(['numbers', 'words', 'counts', 'place', 'whole', 'word', 'ratio', 'amount'])} AS json) AS varchar)`,
      `json_format(CAST(${this.pick(['numbers', 'words', 'counts', 'place', 'whole', 'word', 'ratio', 'amount', 'flag', 'day'])} AS json))`,
      `translate(${of('text')}, 'ab', 'xy')`,
    ];
  }

  private booleanForms(of: (kind: Kind) => string): string[] {
    const kind = this.pick(['whole', 'decimal', 'double', 'text', 'date', 'moment'] as const);
    const operator = this.pick(['=', '<>', '<', '<=', '>', '>=']);
    return [
      `(${of(kind)} ${operator} ${of(kind)})`,
      `(${of(kind)} ${operator} ${of(kind)})`,
      `(${of('whole')} ${operator} ${of('decimal')})`,
      `(${of('whole')} ${operator} ${of('double')})`,
      `(${of('date')} ${operator} ${of('moment')})`,
      `(${of('boolean')} AND ${of('boolean')})`,
      `(${of('boolean')} OR ${of('boolean')})`,
      `NOT ${of('boolean')}`,
      `(${of(kind)} IS ${this.pick(['', 'NOT '])}NULL)`,
      `(${of(kind)} IS ${this.pick(['', 'NOT '])}DISTINCT FROM ${of(kind)})`,
      `(${of(kind)} ${this.pick(['', 'NOT '])}BETWEEN ${of(kind)} AND ${of(kind)})`,
      `(${of(kind)} ${this.pick(['', 'NOT '])}IN (${of(kind)}, ${of(kind)}))`,
      `(${of('text')} ${this.pick(['', 'NOT '])}LIKE '${this.pick(['%a%', '_', 'a%', '%,%'])}')`,
      `(${of('text')} LIKE 'x!_%' ESCAPE '!')`,
      `regexp_like(${of('text')}, '${this.pick(['^[a-z]+$', '\\d', '[^a-z]', 'a|b', '\\w\\s', '^$'])}')`,
      `contains(${of('numbers')}, ${this.pick(['3', '1', 'whole'])})`,
      `arrays_overlap(${of('numbers')}, ARRAY[1, 5])`,
      `any_match(${of('numbers')}, x -> x > 2)`,
      `all_match(${of('numbers')}, x -> x > 0)`,
      `none_match(${of('words')}, w -> w = 'a')`,
      `starts_with(${of('text')}, 'a')`,
      `(flag IS NOT NULL AND tiny IS NOT NULL AND (flag, tiny) IN ((TRUE, 1), (FALSE, 5)))`,
      `is_nan(${of('double')})`,
      `is_json_scalar(coalesce(try(json_format(json_parse(doc))), '1'))`,
    ];
  }

  private chance(share: number): boolean {
    return this.random() < share;
  }

  private pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.random() * items.length)];
    if (item === undefined) throw new Error('a choice among nothing');
    return item;
  }
}
