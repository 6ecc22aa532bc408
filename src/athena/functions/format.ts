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
    const position = /^%(\d+)\$/.exec(match[0])?.[1];
    const argument = call.arguments[position === undefined ? next : Number(position)];
    if (position === undefined) next += 1;
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
  const [text, , flags = '', width, precision, conversion = ''] = match;
  return {
    flags,
    width: Number(width ?? 0),
    ...(precision === undefined ? {} : { precision: Number(precision) }),
    conversion,
    text,
  };
}

function valueSql(argument: Argument, specifier: Specifier, call: CallInput): string {
  const { conversion, flags, precision } = specifier;
  const plain = /^[-,0]*$/.test(flags);
  if (argument.type.base === 'unknown' && /^[-]?$/.test(flags))
    return quoteText(flags === '-' ? 'null'.padEnd(specifier.width) : 'null'.padStart(specifier.width));
  if (plain && conversion === 'd' && isWhole(argument.type)) {
    return orNull(
      `dp_format_number(CAST(${argument.sql} AS VARCHAR), ${quoteText(flags)}, ${specifier.width})`,
      specifier,
    );
  }
  if (plain && conversion === 'f' && isNumeric(argument.type) && !isWhole(argument.type)) {
    const digits = precision ?? 6;
    return orNull(
      `dp_format_number(dp_fixed(${plainText(argument)}, ${digits}), ${quoteText(flags)}, ${specifier.width})`,
      specifier,
    );
  }
  const whole = wholeText(argument, specifier);
  if (whole === undefined) throw call.notSupported(argument, `the format '${specifier.text}' for this type`);
  const text = precision === undefined ? whole : `left(coalesce(${whole}, 'null'), ${precision})`;
  if (specifier.width === 0) return `coalesce(${text}, 'null')`;
  return `dp_format_number(coalesce(${text}, 'null'), ${quoteText(flags)}, ${specifier.width})`;
}

/** `%s`, `%S` in capitals, and `%b` of a boolean. */
function wholeText(argument: Argument, { conversion, flags }: Specifier): string | undefined {
  if (!/^-?$/.test(flags)) return undefined;
  if (conversion === 'b' && argument.type.base === 'boolean')
    return `coalesce(CAST(${argument.sql} AS VARCHAR), 'false')`;
  if (conversion === 's') return formatText(argument);
  const text = conversion === 'S' && argument.type.base === 'varchar' ? formatText(argument) : undefined;
  return text === undefined ? undefined : `upper(coalesce(${text}, 'null'))`;
}

/** Java writes NULL as the word, cut to the precision and in the width asked for. */
function orNull(sql: string, { width, precision }: Specifier): string {
  return `coalesce(${sql}, '${'null'.slice(0, precision).padStart(width)}')`;
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
  if (argument.type.base === 'real') return `dp_java_double(CAST(dp_real_plain(${argument.sql}) AS DOUBLE))`;
  if (isFloating(argument.type)) return `dp_java_double(${argument.sql})`;
  if (base === 'varchar') return argument.sql;
  if (base === 'json') return `CAST(${argument.sql} AS VARCHAR)`;
  if (base === 'timestamp') return `dp_java_time(strftime(${argument.sql}, '%Y-%m-%dT%H:%M:%S.%f'))`;
  return isNumeric(argument.type) || base === 'boolean' || base === 'date' || base === 'uuid'
    ? textOf(argument.sql, argument.type)
    : undefined;
}
