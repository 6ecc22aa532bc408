import { quoteText, raiseWhen } from '../plan/bound.ts';
import { once } from '../plan/once.ts';
import { type Type, varchar } from '../types/type.ts';
import { formatSql } from './format.ts';
import { type CallInput, define, type Registry, sqlOf } from './registry.ts';

/** What Trino's trim takes away: Unicode's white space without the no-break spaces. */
const WHITE_SPACE =
  ' \t\n\v\f\r\u001c\u001d\u001e\u001f\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000';

/** Texts. */
export function defineText(registry: Registry): void {
  define(registry, 'lower', 'varchar(x) -> varchar(x)', 'lower($1)');
  // Java keeps the sharp s that DuckDB makes a capital.
  define(registry, 'upper', 'varchar(x) -> varchar(x)', (call) =>
    once(
      [sqlOf(call, 0)],
      ([text]) =>
        `CASE WHEN contains(${text}, 'ß') THEN replace(upper(${text}), 'ẞ', 'ß') ELSE upper(${text}) END`,
    ),
  );
  define(registry, 'reverse', 'varchar(x) -> varchar(x)', 'dp_reverse($1)');
  define(registry, 'length', 'varchar -> bigint', 'length($1)');
  for (const name of ['trim', 'ltrim', 'rtrim']) {
    define(registry, name, 'varchar(x) -> varchar(x)', `${name}($1, ${quoteText(WHITE_SPACE)})`);
    define(registry, name, 'varchar(x), varchar -> varchar(x)', `${name}($1, $2)`);
  }
  define(registry, 'substr substring', 'varchar(x), bigint -> varchar(x)', substring);
  define(registry, 'substr substring', 'varchar(x), bigint, bigint -> varchar(x)', substring);
  define(
    registry,
    'concat',
    'varchar, varchar, varchar... -> varchar',
    (call) => `(${call.arguments.map((item) => item.sql).join(' || ')})`,
  );
  define(registry, 'concat', 'varchar, varchar -> varchar', '($1 || $2)');
  define(registry, 'concat_ws', 'varchar, varchar... -> varchar', 'concat_ws($*)');
  define(
    registry,
    'concat_ws',
    'varchar, array(varchar) -> varchar',
    "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN coalesce(array_to_string($2, $1), '') END",
  );
  define(registry, 'strpos', 'varchar, varchar -> bigint', 'strpos($1, $2)');
  define(registry, 'strpos', 'varchar, varchar, bigint -> bigint', 'dp_strpos($1, $2, $3)');
  define(registry, 'normalize', 'varchar, varchar -> varchar', 'dp_normalize($1, $2)');
  define(registry, 'starts_with', 'varchar, varchar -> boolean', 'starts_with($1, $2)');
  define(registry, 'replace', 'varchar(x), varchar -> varchar(x)', "dp_replace($1, $2, '')");
  define(registry, 'replace', 'varchar(x), varchar(y), varchar(z) -> varchar', 'dp_replace($1, $2, $3)', {
    result: (call) => {
      const [text, by] = [lengthOf(call.types[0]), lengthOf(call.types[2])];
      return text === undefined || by === undefined ? varchar() : varchar(text + by * (text + 1));
    },
  });
  for (const name of ['lpad', 'rpad'])
    define(registry, name, 'varchar, bigint, varchar -> varchar', padding(name));
  define(registry, 'chr', 'bigint -> varchar(1)', 'chr(CAST($1 AS INTEGER))');
  define(registry, 'codepoint', 'varchar(1) -> integer', codepoint);
  define(registry, 'translate', 'varchar, varchar, varchar -> varchar', 'translate($1, $2, $3)');
  define(registry, 'levenshtein_distance', 'varchar, varchar -> bigint', 'dp_levenshtein($1, $2)');
  define(registry, 'hamming_distance', 'varchar, varchar -> bigint', 'dp_hamming($1, $2)');
  define(registry, 'soundex', 'varchar -> varchar(4)', 'dp_soundex($1)');
  define(registry, 'luhn_check', 'varchar -> boolean', 'dp_luhn($1)');
  define(registry, 'format', 'varchar, A... -> varchar', formatSql);
  defineSplit(registry);
  defineAddresses(registry);
}

/** The most characters a text may have; a bare NULL has none. */
export function lengthOf(type: Type | undefined): number | undefined {
  if (type?.base === 'unknown') return 0;
  return type?.base === 'varchar' ? type.length : undefined;
}

function substring(call: CallInput): string {
  const parts = call.arguments.map((item) => item.sql);
  return once(parts, ([text, start, length]) => {
    const outside = `${start} = 0 OR abs(${start}) > length(${text})${length === undefined ? '' : ` OR ${length} <= 0`}`;
    const rest = length === undefined ? '' : `, least(${length}, 2147483647)`;
    const inside = `substr(${text}, ${start}${rest})`;
    return `CASE WHEN ${parts
      .slice(1)
      .map((_, index) => `${index === 0 ? start : length} IS NULL`)
      .join(' OR ')} THEN NULL WHEN ${outside} THEN ${text}[1:0] ELSE ${inside} END`;
  });
}

function padding(name: string): (call: CallInput) => string {
  return (call) =>
    once([sqlOf(call, 0), sqlOf(call, 1), sqlOf(call, 2)], ([text, length, pad]) =>
      raiseWhen(
        `${pad} = '' OR ${length} < 0`,
        'Padding string must not be empty, nor the length negative',
        `${name}(${text}, CAST(${length} AS INTEGER), ${pad})`,
      ),
    );
}

function codepoint(call: CallInput): string {
  return once([sqlOf(call, 0)], ([text]) =>
    raiseWhen(`length(${text}) <> 1`, 'Input string must be a single character string', `unicode(${text})`),
  );
}

function defineSplit(registry: Registry): void {
  define(registry, 'split', 'varchar(x), varchar -> array(varchar(x))', (call) =>
    once([sqlOf(call, 0), sqlOf(call, 1)], ([text, by]) =>
      raiseWhen(
        `${by} = ''`,
        'The delimiter may not be the empty string',
        `CASE WHEN ${by} IS NULL THEN NULL ELSE string_split(${text}, ${by}) END`,
      ),
    ),
  );
  define(registry, 'split', 'varchar(x), varchar, bigint -> array(varchar(x))', (call) =>
    once([sqlOf(call, 0), sqlOf(call, 1), sqlOf(call, 2)], ([text, by, limit]) => {
      const parts = `string_split(${text}, ${by})`;
      // The last part keeps all that is left.
      const joined = `list_append(${parts}[1:${limit} - 1], array_to_string(${parts}[${limit}:], ${by}))`;
      return raiseWhen(
        `${by} = '' OR ${limit} <= 0`,
        'split needs a delimiter and a positive limit',
        `CASE WHEN ${text} IS NULL OR ${by} IS NULL OR ${limit} IS NULL THEN NULL WHEN len(${parts}) <= ${limit} THEN ${parts} ELSE ${joined} END`,
      );
    }),
  );
  define(registry, 'split_part', 'varchar(x), varchar, bigint -> varchar(x)', (call) =>
    once([sqlOf(call, 0), sqlOf(call, 1), sqlOf(call, 2)], ([text, by, index]) =>
      raiseWhen(
        `${index} <= 0 OR ${by} = ''`,
        'split_part counts from 1 and needs a delimiter',
        `CASE WHEN ${by} IS NULL THEN NULL ELSE list_extract(string_split(${text}, ${by}), ${index}) END`,
      ),
    ),
  );
  define(registry, 'split_to_map', 'varchar, varchar, varchar -> map(varchar,varchar)', (call) => {
    const made = `map_from_entries(${splitPairs(call)})`;
    return `CASE WHEN ${sqlOf(call, 1)} IS NOT NULL AND ${sqlOf(call, 2)} IS NOT NULL THEN ${made} END`;
  });
  define(registry, 'split_to_multimap', 'varchar, varchar, varchar -> map(varchar,array(varchar))', (call) =>
    once([splitPairs(call)], ([pairs]) => {
      const keys = `list_transform(${pairs}, lambda dp__one: dp__one.k)`;
      const first = `list_filter(${keys}, lambda dp__key, dp__place: list_position(${keys}, dp__key) = dp__place)`;
      const values = `list_transform(list_filter(${pairs}, lambda dp__one: dp__one.k = dp__key), lambda dp__one: dp__one.v)`;
      const made = `map_from_entries(list_transform(${first}, lambda dp__key: struct_pack(k := dp__key, v := ${values})))`;
      return `CASE WHEN ${sqlOf(call, 1)} IS NOT NULL AND ${sqlOf(call, 2)} IS NOT NULL THEN ${made} END`;
    }),
  );
}

/** SQL of the pairs `k` and `v` that a text holds. */
function splitPairs(call: CallInput): string {
  const entries = `list_filter(string_split(${sqlOf(call, 0)}, ${sqlOf(call, 1)}), lambda dp__pair: dp__pair <> '')`;
  const one = once([`string_split(dp__pair, ${sqlOf(call, 2)})`], ([parts]) =>
    raiseWhen(
      `len(${parts}) <> 2`,
      'Key-value delimiter must appear exactly once in each entry',
      `struct_pack(k := ${parts}[1], v := ${parts}[2])`,
    ),
  );
  return `list_transform(${entries}, lambda dp__pair: ${one})`;
}

/** What a character becomes at most: four bytes of three characters each. */
const URL_ENCODED_MAX = 12;

function defineAddresses(registry: Registry): void {
  for (const part of ['protocol', 'host', 'path', 'query', 'fragment']) {
    define(registry, `url_extract_${part}`, 'varchar(x) -> varchar(x)', `dp_url_part($1, '${part}')`);
  }
  define(registry, 'url_extract_port', 'varchar -> bigint', `CAST(dp_url_part($1, 'port') AS BIGINT)`);
  define(registry, 'url_extract_parameter', 'varchar(x), varchar -> varchar(x)', 'dp_url_parameter($1, $2)');
  define(registry, 'url_encode', 'varchar(x) -> varchar', 'dp_url_encode($1)', {
    result: (call) => {
      const length = lengthOf(call.types[0]);
      return length === undefined ? varchar() : varchar(length * URL_ENCODED_MAX);
    },
  });
  define(registry, 'url_decode', 'varchar(x) -> varchar(x)', 'dp_url_decode($1)');
}
