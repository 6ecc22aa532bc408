import { quoteText } from '../plan/bound.ts';
import { compiledPattern, groupsOf } from '../scalar/patterns.ts';
import { type Type, varchar } from '../types/type.ts';
import {
  checkedReplacement,
  needsJavaScript,
  replacesByName,
  translatePattern,
  translateReplacement,
} from './pattern.ts';
import { bodyOf, type CallInput, constantOf, define, type Registry, sqlOf } from './registry.ts';
import { lengthOf } from './text.ts';

/** Regular expressions: by DuckDB's engine where it matches as Java's does, else by JavaScript's. */
export function definePatterns(registry: Registry): void {
  define(registry, 'regexp_like', 'varchar, varchar -> boolean', (call) =>
    needsJavaScript(call)
      ? `dp_regexp_like(${sqlOf(call, 0)}, ${sqlOf(call, 1)})`
      : `regexp_matches(${sqlOf(call, 0)}, ${pattern(call)})`,
  );
  define(registry, 'regexp_extract', 'varchar(x), varchar -> varchar(x)', extract);
  define(registry, 'regexp_extract', 'varchar(x), varchar, bigint -> varchar(x)', extract);
  for (const more of ['', ', bigint', ', bigint, bigint']) {
    define(registry, 'regexp_position', `varchar, varchar${more} -> integer`, (call) => {
      if (!needsJavaScript(call)) translatePattern(constantOf(call, 1, 'a pattern'), call);
      const places = [2, 3].map((index) => call.arguments[index]?.sql ?? 'CAST(1 AS BIGINT)');
      return `dp_regexp_position(${sqlOf(call, 0)}, ${sqlOf(call, 1)}, ${places.join(', ')})`;
    });
  }
  define(registry, 'regexp_extract_all', 'varchar(x), varchar -> array(varchar(x))', extractAll);
  define(registry, 'regexp_extract_all', 'varchar(x), varchar, bigint -> array(varchar(x))', extractAll);
  define(registry, 'regexp_count', 'varchar, varchar -> bigint', (call) => `len(${extractAll(call)})`);
  define(registry, 'regexp_split', 'varchar(x), varchar -> array(varchar(x))', (call) =>
    mayMatchNothing(call)
      ? listOf(`dp_regexp_split(${sqlOf(call, 0)}, ${sqlOf(call, 1)})`)
      : `string_split_regex(${sqlOf(call, 0)}, ${pattern(call)})`,
  );
  defineReplacing(registry);
}

function pattern(call: CallInput): string {
  return quoteText(translatePattern(constantOf(call, 1, 'a pattern'), call));
}

/**
 * Whether the pattern is one for JavaScript, or may match an empty text: engines go on differently from there.
 * Checks that the pattern means the same in JavaScript.
 */
function mayMatchNothing(call: CallInput): boolean {
  if (needsJavaScript(call)) return true;
  const text = constantOf(call, 1, 'a pattern');
  translatePattern(text, call);
  return /\\[bBAzZ]|[$^]/.test(text) || compiledPattern(text, '').test('');
}

/** SQL of the list that a function of dp's own wrote as JSON. */
function listOf(json: string): string {
  return `from_json(${json}, '["VARCHAR"]')`;
}

function extract(call: CallInput): string {
  if (!needsJavaScript(call)) translatePattern(constantOf(call, 1, 'a pattern'), call);
  return `dp_regexp_extract(${sqlOf(call, 0)}, ${sqlOf(call, 1)}, ${call.arguments.length > 2 ? sqlOf(call, 2) : 'CAST(0 AS BIGINT)'})`;
}

function extractAll(call: CallInput): string {
  const group = call.arguments.length > 2 ? constantOf(call, 2, 'a group') : '0';
  if (mayMatchNothing(call))
    return listOf(`dp_regexp_all(${sqlOf(call, 0)}, ${sqlOf(call, 1)}, CAST(${group} AS BIGINT))`);
  return `regexp_extract_all(${sqlOf(call, 0)}, ${pattern(call)}${call.arguments.length > 2 ? `, ${group}` : ''})`;
}

function defineReplacing(registry: Registry): void {
  define(registry, 'regexp_replace', 'varchar(x), varchar -> varchar(x)', (call) =>
    mayMatchNothing(call)
      ? `dp_regexp_replace(${sqlOf(call, 0)}, ${sqlOf(call, 1)}, '')`
      : `regexp_replace(${sqlOf(call, 0)}, ${pattern(call)}, '', 'g')`,
  );
  define(registry, 'regexp_replace', 'varchar(x), varchar, varchar(z) -> varchar', replaced, {
    result: replacedType,
  });
  define(
    registry,
    'regexp_replace',
    'varchar, varchar, function(array(varchar),varchar) -> varchar',
    (call) => {
      mayMatchNothing(call);
      const pieces = `from_json(dp_regexp_pieces(${sqlOf(call, 0)}, ${sqlOf(call, 1)}), '[{"before":"VARCHAR","groups":["VARCHAR"]}]')`;
      const by = `CASE WHEN dp__piece.groups IS NULL THEN '' ELSE coalesce(${bodyOf(call, 2, ['dp__piece.groups'])}, '') END`;
      const texts = `list_transform(${pieces}, lambda dp__piece: dp__piece.before || ${by})`;
      return `CASE WHEN ${sqlOf(call, 0)} IS NOT NULL THEN array_to_string(${texts}, '') END`;
    },
  );
}

function replaced(call: CallInput): string {
  refuseUnknownGroups(call);
  if (replacesByName(call) || mayMatchNothing(call)) {
    return `dp_regexp_replace(${sqlOf(call, 0)}, ${sqlOf(call, 1)}, ${quoteText(checkedReplacement(call))})`;
  }
  const by = quoteText(translateReplacement(constantOf(call, 2, 'a replacement'), call));
  return `regexp_replace(${sqlOf(call, 0)}, ${pattern(call)}, ${by}, 'g')`;
}

function refuseUnknownGroups(call: CallInput): void {
  if (!needsJavaScript(call)) translatePattern(constantOf(call, 1, 'a pattern'), call);
  const count = groupsOf(constantOf(call, 1, 'a pattern'));
  const written = constantOf(call, 2, 'a replacement').replaceAll(/\\./gs, '');
  for (const [, group] of written.matchAll(/\$(\d)/g)) {
    if (Number(group) > count)
      throw call.refuse(call.arguments[2], `Illegal replacement sequence: unknown group ${group}`);
  }
}

/** The longest text that replacing can give, as Trino declares it. */
function replacedType(call: Omit<CallInput, 'result'>): Type {
  const [text, by] = [lengthOf(call.types[0]), lengthOf(call.types[2])];
  if (text === undefined || by === undefined) return varchar();
  const each = Math.max(Math.floor((text * by) / 2), by);
  return varchar(Math.min(VARCHAR_LENGTH_MAX, text + (text + 1) * each));
}

const VARCHAR_LENGTH_MAX = 2_147_483_647;
