/**
 * The words of SQL that mean the same on DuckDB, Spark (ANSI) and MySQL. What is not here is refused: a new
 * word is added together with a test that runs it on all three.
 */
export const FUNCTIONS: ReadonlySet<string> = new Set([
  'abs',
  'cast',
  'char_length',
  'coalesce',
  'count',
  'dense_rank',
  'extract',
  'lag',
  'lead',
  'max',
  'min',
  'nullif',
  'rank',
  'row_number',
  'substring',
  'sum',
]); // prettier-ignore

export const KEYWORDS: ReadonlySet<string> = new Set([
  'all',
  'and',
  'as',
  'asc',
  'between',
  'by',
  'case',
  'cross',
  'current',
  'desc',
  'distinct',
  'else',
  'end',
  'exists',
  'false',
  'first',
  'following',
  'from',
  'group',
  'having',
  'in',
  'inner',
  'interval',
  'is',
  'join',
  'last',
  'left',
  'like',
  'not',
  'null',
  'nulls',
  'on',
  'or',
  'order',
  'outer',
  'over',
  'partition',
  'preceding',
  'row',
  'rows',
  'select',
  'then',
  'true',
  'unbounded',
  'union',
  'when',
  'where',
  'with',
]); // prettier-ignore

export const TYPES: ReadonlySet<string> = new Set([
  'bigint',
  'boolean',
  'date',
  'decimal',
  'double',
  'int',
  'smallint',
  'string',
  'timestamp',
  'tinyint',
]); // prettier-ignore

export const INTERVAL_UNITS: ReadonlySet<string> = new Set([
  'day',
  'hour',
  'minute',
  'month',
  'second',
  'year',
]);

/** Seconds are whole on one engine and a fraction on another; weeks and weekdays begin differently. */
export const EXTRACT_UNITS: ReadonlySet<string> = new Set(['day', 'hour', 'minute', 'month', 'year']);

export const OPERATORS: ReadonlySet<string> = new Set([
  '+',
  '-',
  '*',
  '/',
  '%',
  '=',
  '<>',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  '(',
  ')',
  ',',
  '.',
  '||',
]); // prettier-ignore

const DATES = "use CAST(x + INTERVAL '1' DAY AS DATE), or EXTRACT(YEAR FROM x)";
const ZONES = "write the zone as x + INTERVAL '9' HOUR";
const CLOCKS = 'take the day from run_params: a run must give the same rows whenever it runs';
const LISTS = 'lists and texts of many rows have no common form';
const HASHES = 'each engine hashes differently';
const VAGUE = 'which row it takes, or how it rounds, differs';

/** Words people reach for, and what to write instead. */
export const ADVICE: Readonly<Record<string, string>> = {
  ...adviceFor(
    DATES,
    'date_add dateadd date_sub datediff date_diff to_date to_timestamp date_format strftime trunc date_trunc months_between add_months unix_timestamp from_unixtime last_day make_date timestampadd timestampdiff',
  ),
  ...adviceFor(
    'join a calendar table: the first day of the week differs',
    'dow isodow dayofweek weekday dayofyear week weekofyear',
  ),
  ...adviceFor(ZONES, 'at timezone from_utc_timestamp to_utc_timestamp convert_tz zone'),
  ...adviceFor(
    CLOCKS,
    'current_date current_timestamp current_time now localtime localtimestamp sysdate today getdate utc_timestamp',
  ),
  ...adviceFor('write CAST(SUM(x) AS DOUBLE) / CAST(NULLIF(COUNT(x), 0) AS DOUBLE)', 'avg mean'),
  ...adviceFor('use a || b, with COALESCE around what may be NULL', 'concat concat_ws format printf'),
  ...adviceFor(
    'use CAST(x AS DECIMAL(p,s)), which rounds half away from zero everywhere',
    'round ceil ceiling floor truncate',
  ),
  ...adviceFor('use CASE: MySQL gives NULL where the others skip it', 'greatest least'),
  ...adviceFor('use ROW_NUMBER() in a subquery', 'qualify'),
  ...adviceFor(
    'use SUM(CASE WHEN … THEN … ELSE 0 END)',
    'filter countif count_if sum_if grouping rollup cube sets',
  ),
  ...adviceFor('use EXISTS, or a LEFT JOIN with IS NULL', 'semi anti except intersect minus'),
  ...adviceFor('write the join with ON', 'natural using lateral full right positional asof'),
  ...adviceFor(
    LISTS,
    'string_agg group_concat collect_list collect_set listagg array_agg list array struct map row_to_json pivot unpivot unnest explode',
  ),
  ...adviceFor(
    'regular expressions differ',
    'regexp rlike similar regexp_like regexp_matches regexp_replace regexp_extract',
  ),
  ...adviceFor('LIKE without regard to case differs: use LIKE', 'ilike'),
  ...adviceFor(
    'engines disagree about letters beyond ASCII, such as ß: keep the text as it is',
    'upper lower ucase lcase initcap',
  ),
  ...adviceFor(
    'one engine trims every kind of blank, the others only spaces: keep the text as it is',
    'trim ltrim rtrim btrim',
  ),
  ...adviceFor('a wildcard cannot be escaped the same way everywhere', 'escape'),
  ...adviceFor(HASHES, 'hash md5 sha sha1 sha2 sha256 crc32 xxhash64'),
  ...adviceFor(
    VAGUE,
    'any_value first_value last_value nth_value approx_count_distinct approx_distinct approx_quantile stddev variance median percentile mode corr',
  ),
  ...adviceFor('the same input must give the same rows', 'rand random uuid gen_random_uuid'),
  ...adviceFor('use /, with both sides CAST AS DOUBLE', 'div'),
  ...adviceFor('use %', 'mod'),
  ...adviceFor('rows have no order outside a window', 'limit offset fetch top sort cluster distribute'),
  ...adviceFor('list the columns', 'exclude'),
  ...adviceFor('use CHAR_LENGTH: LENGTH counts bytes on MySQL', 'length len char'),
  ...adviceFor('use CASE', 'if iff ifnull nvl nvl2 decode'),
  ...adviceFor('use CAST, which fails on what does not fit', 'try_cast try convert'),
  ...adviceFor('Spark 3.5 has no such thing', 'recursive values tablesample'),
  ...adviceFor('repeat the window', 'window range groups'),
  ...adviceFor(
    'a transform only reads',
    'insert update delete merge create drop alter truncate copy set use attach call pragma describe show explain',
  ),
}; // prettier-ignore

function adviceFor(advice: string, words: string): Record<string, string> {
  return Object.fromEntries(words.split(' ').map((word) => [word, advice]));
}

/** Words that cannot name a column or a table: MySQL and MariaDB keep them for themselves, and in the last line DuckDB does. */
export const RESERVED: ReadonlySet<string> = new Set(
  `
    accessible add analyze asensitive before both cascade change character check collate column condition constraint continue cube
    cume_dist current_role current_user cursor database databases day_hour day_microsecond day_minute day_second declare default delayed
    dense_rank deterministic distinctrow dual each elseif empty enclosed escaped exit float float4 float8 for force foreign fulltext function
    general generated get grant grouping groups high_priority hour_microsecond hour_minute hour_second ignore index infile inout insensitive
    int1 int2 int3 int4 int8 integer into iterate json_table key keys kill lag lead leading leave linear lines load lock long longblob
    longtext loop low_priority match maxvalue mediumblob mediumint mediumtext middleint minute_microsecond minute_second modifies no_write_to_binlog
    ntile numeric of optimize option optionally out outfile percent_rank precision primary procedure purge rank read reads read_write real
    references release rename repeat replace require resignal restrict return returning revoke row_number schema schemas second_microsecond
    sensitive separator signal slow spatial specific sql sqlexception sqlstate sqlwarning ssl starting stored straight_join system table
    terminated tinyblob tinytext to trailing trigger undo unique unlock unsigned usage utc_date utc_time varbinary varchar varcharacter varying
    virtual while write xor year_month zerofill
    asymmetric deferrable do initially lambda only placing some symmetric variadic
  `
    .trim()
    .split(/\s+/),
);
