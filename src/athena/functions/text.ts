import { quoteText, raiseWhen } from '../plan/bound.ts';
import { once } from '../plan/once.ts';
import { type Type, varchar } from '../types/type.ts';
import { formatSql } from './format.ts';
import {
  checkedReplacement,
  needsJavaScript,
  replacesByName,
  translatePattern,
  translateReplacement,
} from './pattern.ts';
import { type CallInput, constantOf, define, type Registry, sqlOf } from './registry.ts';

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
  define(registry, 'concat_ws', 'varchar, array(varchar) -> varchar', 'array_to_string($2, $1)');
  define(registry, 'strpos', 'varchar, varchar -> bigint', 'strpos($1, $2)');
  define(registry, 'strpos', 'varchar, varchar, bigint -> bigint', 'dp_strpos($1, $2, $3)');
  define(registry, 'normalize', 'varchar, varchar -> varchar', 'dp_normalize($1, $2)');
  define(registry, 'starts_with', 'varchar, varchar -> boolean', 'starts_with($1, $2)');
  define(registry, 'replace', 'varchar(x), varchar -> varchar(x)', "dp_replace($1, $2, '')");
  define(registry, 'replace', 'varchar(x), varchar(y), varchar(z) -> varchar', 'dp_replace($1, $2, $3)', {
    result: (call) => {
      const [text, , by] = call.types;
      if (text?.base !== 'varchar' || by?.base !== 'varchar') return varchar();
      if (text.length === undefined || by.length === undefined) return varchar();
      return varchar(text.length + by.length * (text.length + 1));
    },
  });
  for (const name of ['lpad', 'rpad'])
    define(registry, name, 'varchar, bigint, varchar -> varchar', padding(name));
  define(registry, 'chr', 'bigint -> varchar(1)', 'chr(CAST($1 AS INTEGER))');
  define(registry, 'codepoint', 'varchar(1) -> integer', codepoint);
  define(registry, 'translate', 'varchar, varchar, varchar -> varchar', 'translate($1, $2, $3)');
  define(registry, 'levenshtein_distance', 'varchar, varchar -> bigint', 'dp_levenshtein($1, $2)');
  define(registry, 'hamming_distance', 'varchar, varchar -> bigint', 'dp_hamming($1, $2)');
  define(registry, 'format', 'varchar, A... -> varchar', formatSql);
  defineSplit(registry);
  definePatterns(registry);
  defineAddresses(registry);
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
    const key = sqlOf(call, 2);
    const entries = `list_filter(string_split(${sqlOf(call, 0)}, ${sqlOf(call, 1)}), lambda dp__pair: dp__pair <> '')`;
    const one = once([`string_split(dp__pair, ${key})`], ([parts]) =>
      raiseWhen(
        `len(${parts}) <> 2`,
        'Key-value delimiter must appear exactly once in each entry',
        `struct_pack(k := ${parts}[1], v := ${parts}[2])`,
      ),
    );
    return `map_from_entries(list_transform(${entries}, lambda dp__pair: ${one}))`;
  });
}

function definePatterns(registry: Registry): void {
  const pattern = (call: CallInput): string =>
    quoteText(translatePattern(constantOf(call, 1, 'a pattern'), call));
  define(registry, 'regexp_like', 'varchar, varchar -> boolean', (call) =>
    needsJavaScript(call)
      ? `dp_regexp_like(${sqlOf(call, 0)}, ${sqlOf(call, 1)})`
      : `regexp_matches(${sqlOf(call, 0)}, ${pattern(call)})`,
  );
  const extract = (call: CallInput): string => {
    if (!needsJavaScript(call)) translatePattern(constantOf(call, 1, 'a pattern'), call);
    return `dp_regexp_extract(${sqlOf(call, 0)}, ${sqlOf(call, 1)}, ${call.arguments.length > 2 ? sqlOf(call, 2) : 'CAST(0 AS BIGINT)'})`;
  };
  define(registry, 'regexp_extract', 'varchar(x), varchar -> varchar(x)', extract);
  define(registry, 'regexp_extract', 'varchar(x), varchar, bigint -> varchar(x)', extract);
  for (const more of ['', ', bigint', ', bigint, bigint']) {
    define(registry, 'regexp_position', `varchar, varchar${more} -> integer`, (call) => {
      if (!needsJavaScript(call)) translatePattern(constantOf(call, 1, 'a pattern'), call);
      const places = [2, 3].map((index) => call.arguments[index]?.sql ?? 'CAST(1 AS BIGINT)');
      return `dp_regexp_position(${sqlOf(call, 0)}, ${sqlOf(call, 1)}, ${places.join(', ')})`;
    });
  }
  const extractAll = (call: CallInput): string =>
    `regexp_extract_all(${sqlOf(call, 0)}, ${pattern(call)}${call.arguments.length > 2 ? `, ${constantOf(call, 2, 'a group')}` : ''})`;
  define(registry, 'regexp_extract_all', 'varchar(x), varchar -> array(varchar(x))', extractAll);
  define(registry, 'regexp_extract_all', 'varchar(x), varchar, bigint -> array(varchar(x))', extractAll);
  define(
    registry,
    'regexp_count',
    'varchar, varchar -> bigint',
    (call) => `len(regexp_extract_all(${sqlOf(call, 0)}, ${pattern(call)}))`,
  );
  define(
    registry,
    'regexp_split',
    'varchar(x), varchar -> array(varchar(x))',
    (call) => `string_split_regex(${sqlOf(call, 0)}, ${pattern(call)})`,
  );
  define(registry, 'regexp_replace', 'varchar(x), varchar -> varchar(x)', (call) =>
    needsJavaScript(call)
      ? `dp_regexp_replace(${sqlOf(call, 0)}, ${sqlOf(call, 1)}, '')`
      : `regexp_replace(${sqlOf(call, 0)}, ${pattern(call)}, '', 'g')`,
  );
  define(
    registry,
    'regexp_replace',
    'varchar(x), varchar, varchar(z) -> varchar',
    (call) => {
      if (needsJavaScript(call) || replacesByName(call)) {
        return `dp_regexp_replace(${sqlOf(call, 0)}, ${sqlOf(call, 1)}, ${quoteText(checkedReplacement(call))})`;
      }
      const by = quoteText(translateReplacement(constantOf(call, 2, 'a replacement'), call));
      return `regexp_replace(${sqlOf(call, 0)}, ${pattern(call)}, ${by}, 'g')`;
    },
    { result: replacedType },
  );
}

/** The longest text that replacing can give, as Trino declares it. */
function replacedType(call: Omit<CallInput, 'result'>): Type {
  const [text, , by] = call.types;
  if (text?.base !== 'varchar' || by?.base !== 'varchar') return varchar();
  if (text.length === undefined || by.length === undefined) return varchar();
  const each = Math.max(Math.floor((text.length * by.length) / 2), by.length);
  return varchar(Math.min(VARCHAR_LENGTH_MAX, text.length + (text.length + 1) * each));
}

const VARCHAR_LENGTH_MAX = 2_147_483_647;

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
      const [text] = call.types;
      return text?.base === 'varchar' && text.length !== undefined
        ? varchar(text.length * URL_ENCODED_MAX)
        : varchar();
    },
  });
  define(registry, 'url_decode', 'varchar(x) -> varchar(x)', 'dp_url_decode($1)');
}
