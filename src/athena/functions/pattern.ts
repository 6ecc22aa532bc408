import { type CallInput, constantOf } from './registry.ts';

/** RE2's \\s lacks the vertical tab; \\d and \\w are ASCII in both. */
const CLASSES: Readonly<Record<string, string>> = {
  d: '0-9',
  w: 'A-Za-z0-9_',
  s: '\\t\\n\\v\\f\\r ',
};

/**
 * A pattern in Trino's regular expressions, which are Java's, as one of RE2 that matches the same. What RE2
 * lacks (looking around, back references, possessive repeats) or reads differently is refused.
 */
export function translatePattern(pattern: string, call: CallInput): string {
  let out = '';
  let inClass = false;
  // To Java ß is the same as two letters s, in any case.
  if (/^\(\?[ms]*i/.test(pattern) && /ss/i.test(pattern))
    throw call.notSupported(call.arguments[1], "'ss' in any case in a pattern");
  const isMultiline = /^\(\?[is]*m/.test(pattern);
  for (let index = 0; index < pattern.length; index++) {
    const rest = pattern.slice(index);
    const refused = refusedHere(rest, inClass);
    if (refused !== undefined) throw call.notSupported(call.arguments[1], `${refused} in a pattern`);
    const char = rest[0] ?? '';
    if (char === '\\') {
      const property = PROPERTY.exec(rest)?.[0];
      if (property !== undefined) {
        out += property;
        index += property.length - 1;
        continue;
      }
      const escaped = rest[1] ?? '';
      out += translateEscape(escaped, inClass, call);
      index += 1;
      continue;
    }
    const named = !inClass && /^\(\?<[A-Za-z]/.test(rest);
    if (named) {
      out += '(?P<';
      index += 2;
      continue;
    }
    if (char === '$' && !inClass && !isMultiline) {
      out += TEXT_END;
      continue;
    }
    if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    out += char;
  }
  return out;
}

/** The end of a text, or the line feed it ends with: of use where the match itself does not matter. */
const TEXT_END = '(?:\\n?\\z)';
/** Characters of a kind or of a script, which are called the same everywhere. */
const PROPERTY =
  /^\\[pP]\{(?:L|Lu|Ll|N|Nd|P|S|Z|M|Han|Hiragana|Katakana|Hangul|Latin|Greek|Cyrillic|Arabic|Thai)\}/;

function refusedHere(rest: string, inClass: boolean): string | undefined {
  if (inClass) {
    if (rest.startsWith('&&')) return 'an intersection of classes';
    return rest.startsWith('[') ? 'a class within a class' : undefined;
  }
  if (rest.startsWith('(?>')) return 'an atomic group';
  if (AROUND.test(rest)) return 'looking around';
  if (/^\(\?(?![:<])/.test(rest) && !/^\(\?[ims]+\)/.test(rest)) return 'a flag';
  if (/^(?:[*+?]|\{\d+(?:,\d*)?\})\+/.test(rest)) return 'a possessive repeat';
  return undefined;
}

function translateEscape(escaped: string, inClass: boolean, call: CallInput): string {
  const lower = escaped.toLowerCase();
  if (lower === 'z' && !inClass) return escaped === 'z' ? '\\z' : TEXT_END;
  const set = CLASSES[lower];
  if (set !== undefined) {
    if (escaped === lower) return inClass ? set : `[${set}]`;
    if (!inClass) return `[^${set}]`;
  } else if (/^[tnrfvbBA]$/.test(escaped)) {
    if (!inClass || /^[tnrfv]$/.test(escaped)) return `\\${escaped}`;
  } else if (/^[^A-Za-z0-9]$/.test(escaped)) return `\\${escaped}`;
  throw call.notSupported(call.arguments[1], `'\\${escaped}' in a pattern`);
}

const AROUND = /^\(\?(?:[=!]|<[=!])/;

/** Whether a pattern looks around or refers back, which RE2 cannot and JavaScript does as Java. */
export function needsJavaScript(call: CallInput): boolean {
  const pattern = constantOf(call, 1, 'a pattern');
  const plain = pattern.replaceAll(/\\[^1-9]/gs, '').replaceAll(/\[(?:\\.|[^\]])*\]/gs, '');
  const isRicher = /\\[1-9]/.test(plain) || /\(\?(?:[=!]|<[=!])/.test(plain);
  if (!isRicher) return false;
  // All the rest of it must be what both languages mean alike.
  translatePattern(
    plain.replaceAll(/\\[1-9]/g, '').replaceAll(new RegExp(AROUND.source.slice(1), 'g'), '('),
    call,
  );
  for (const [set] of pattern.matchAll(/\[(?:\\.|[^\]])*\]/gs)) translatePattern(set, call);
  return true;
}

/** `${name}` in a replacement. */
export function replacesByName(call: CallInput): boolean {
  return /(?<!\\)\$\{\w+\}/.test(constantOf(call, 2, 'a replacement'));
}

export function checkedReplacement(call: CallInput): string {
  const text = constantOf(call, 2, 'a replacement');
  translateReplacement(text.replaceAll(/\$\{\w+\}/g, ''), call);
  return text;
}

/** A replacement's `$1` and `\$` in RE2's words. */
export function translateReplacement(text: string, call: CallInput): string {
  return text.replace(/\\(.)|\$(\d)|\$(\{?)|\\/g, (match, escaped?: string, group?: string) => {
    if (group !== undefined) return `\\${group}`;
    if (escaped !== undefined) return escaped === '\\' ? '\\\\' : escaped;
    throw call.notSupported(call.arguments[2], `'${match}' in a replacement`);
  });
}
