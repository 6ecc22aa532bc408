import { quoteText } from '../plan/bound.ts';
import { textOf } from '../plan/cast.ts';
import { isFloating, isNumeric, isWhole } from '../types/coercion.ts';
import { type Argument, type CallInput, constantOf } from './registry.ts';

const SPECIFIER = /%(\d+\$)?([-,0+# (]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g;

/** SQL of `format('%s-%03d', a, 7)`: Java's specifiers, those that are answered exactly. */
export function formatSql(call: CallInput): string {
  const format = constantOf(call, 0, 'a format');
  const parts: string[] = [];
  let last = 0;
  let next = 1;
  for (const match of format.matchAll(SPECIFIER)) {
    parts.push(quoteText(format.slice(last, match.index)));
    last = match.index + match[0].length;
    const specifier = specifierOf(match);
    if (specifier.conversion === '%' || specifier.conversion === 'n') {
      parts.push(quoteText(specifier.conversion === 'n' ? '\n' : '%'));
      continue;
    }
    const argument = call.arguments[next];
    next += 1;
    if (argument === undefined) throw call.refuse(call.arguments[0], `no value for ${match[0]}`);
    parts.push(valueSql(argument, specifier, call));
  }
  const rest = format.slice(last);
  if (rest.includes('%')) throw call.notSupported(call.arguments[0], `the format '${rest}'`);
  return `(${[...parts, quoteText(rest)].filter((part) => part !== "''").join(' || ') || "''"})`;
}

interface Specifier {
  readonly flags: string;
  readonly width: number;
  readonly precision?: number;
  readonly conversion: string;
  readonly text: string;
}

function specifierOf(match: RegExpExecArray): Specifier {
  const [text, position, flags = '', width, precision, conversion = ''] = match;
  return {
    flags: position === undefined ? flags : `${flags}$`,
    width: Number(width ?? 0),
    ...(precision === undefined ? {} : { precision: Number(precision) }),
    conversion,
    text,
  };
}

function valueSql(argument: Argument, specifier: Specifier, call: CallInput): string {
  const { conversion, flags, precision } = specifier;
  const plain = /^[-,0]*$/.test(flags);
  if (plain && conversion === 'd' && isWhole(argument.type)) {
    return orNull(
      `dp_format_number(CAST(${argument.sql} AS VARCHAR), ${quoteText(flags)}, ${specifier.width})`,
      specifier.width,
    );
  }
  if (plain && conversion === 'f' && isNumeric(argument.type) && !isWhole(argument.type)) {
    const digits = precision ?? 6;
    return orNull(
      `dp_format_number(dp_fixed(${plainText(argument)}, ${digits}), ${quoteText(flags)}, ${specifier.width})`,
      specifier.width,
    );
  }
  const text =
    conversion === 's' && /^-?$/.test(flags) && precision === undefined ? formatText(argument) : undefined;
  if (text === undefined) throw call.notSupported(argument, `the format '${specifier.text}' for this type`);
  if (specifier.width === 0) return `coalesce(${text}, 'null')`;
  return `dp_format_number(coalesce(${text}, 'null'), ${quoteText(flags)}, ${specifier.width})`;
}

/** Java writes NULL as the word, in the width asked for. */
function orNull(sql: string, width: number): string {
  return `coalesce(${sql}, '${'null'.padStart(width)}')`;
}

function plainText(argument: Argument): string {
  if (argument.type.base === 'real') return `dp_real_plain(${argument.sql})`;
  return argument.type.base === 'double'
    ? `dp_double_plain(${argument.sql})`
    : `CAST(${argument.sql} AS VARCHAR)`;
}

/** Java's String.valueOf, where it is the same as Trino's cast to varchar. */
function formatText(argument: Argument): string | undefined {
  const { base } = argument.type;
  if (isFloating(argument.type)) return undefined;
  if (base === 'varchar') return argument.sql;
  return isNumeric(argument.type) || base === 'boolean' || base === 'date' || base === 'uuid'
    ? textOf(argument.sql, argument.type)
    : undefined;
}
