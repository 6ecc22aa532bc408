/** A JSON value that keeps its numbers as written and its members in order. */
export type Json =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'array'; readonly items: readonly Json[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, Json])[] };

/** Deeper nesting is refused, as Trino's reader does at 1,000. */
const DEPTH_MAX = 1000;

/** Reads JSON text; undefined when it is not JSON. `start` reads what it starts with and leaves the rest. */
export function readJson(text: string, what: 'all' | 'start' = 'all'): Json | undefined {
  const reader = new Reader(text);
  try {
    const value = reader.value(0);
    reader.space();
    return what === 'start' || reader.done ? value : undefined;
  } catch (error) {
    if (error === NOT_JSON) return undefined;
    throw error;
  }
}

/**
 * The value that the steps lead to, read no further than it goes; undefined where there is none or the text stops
 * being JSON before. The first of equal names counts. A number takes an object's member of that name too.
 */
export function findJson(text: string, steps: readonly (string | number)[]): Json | undefined {
  try {
    return new Reader(text).find(steps);
  } catch (error) {
    if (error === NOT_JSON) return undefined;
    throw error;
  }
}

const NOT_JSON = new Error('not JSON');
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\n\r]*/y;
const WORD = /null|true|false/y;

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.at === this.text.length;
  }

  space(): void {
    SPACE.lastIndex = this.at;
    SPACE.exec(this.text);
    this.at = SPACE.lastIndex;
  }

  value(depth: number): Json {
    if (depth > DEPTH_MAX) throw NOT_JSON;
    this.space();
    switch (this.text[this.at]) {
      case '{':
        return { kind: 'object', members: this.members(depth) };
      case '[':
        return { kind: 'array', items: this.items(depth) };
      case '"':
        return { kind: 'string', value: this.string() };
      default:
        return this.scalar();
    }
  }

  find([step, ...rest]: readonly (string | number)[], depth = 0): Json | undefined {
    if (step === undefined) return this.value(depth);
    this.space();
    if (this.closes('{')) return this.findMember(String(step), rest, depth);
    const position = typeof step === 'number' ? step : /^\d+$/.test(step) ? Number(step) : undefined;
    return position !== undefined && this.closes('[') ? this.findItem(position, rest, depth) : undefined;
  }

  private findMember(name: string, rest: readonly (string | number)[], depth: number): Json | undefined {
    if (this.closes('}')) return undefined;
    for (;;) {
      this.space();
      const member = this.string();
      this.expect(':');
      if (member === name) return this.find(rest, depth + 1);
      this.value(depth + 1);
      if (this.closes('}')) return undefined;
      this.expect(',');
    }
  }

  private findItem(position: number, rest: readonly (string | number)[], depth: number): Json | undefined {
    if (this.closes(']')) return undefined;
    for (let at = 0; ; at++) {
      if (at === position) return this.find(rest, depth + 1);
      this.value(depth + 1);
      if (this.closes(']')) return undefined;
      this.expect(',');
    }
  }

  private scalar(): Json {
    const word = this.match(WORD);
    if (word === 'null') return { kind: 'null' };
    if (word !== undefined) return { kind: 'boolean', value: word === 'true' };
    const number = this.match(NUMBER);
    if (number === undefined) throw NOT_JSON;
    return { kind: 'number', text: number };
  }

  private string(): string {
    const literal = this.match(STRING);
    if (literal === undefined) throw NOT_JSON;
    return literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1);
  }

  private items(depth: number): Json[] {
    this.at += 1;
    const items: Json[] = [];
    if (this.closes(']')) return items;
    for (;;) {
      items.push(this.value(depth + 1));
      if (this.closes(']')) return items;
      this.expect(',');
    }
  }

  private members(depth: number): [string, Json][] {
    this.at += 1;
    const members: [string, Json][] = [];
    if (this.closes('}')) return members;
    for (;;) {
      this.space();
      const name = this.string();
      this.expect(':');
      members.push([name, this.value(depth + 1)]);
      if (this.closes('}')) return members;
      this.expect(',');
    }
  }

  private closes(bracket: string): boolean {
    this.space();
    if (this.text[this.at] !== bracket) return false;
    this.at += 1;
    return true;
  }

  private expect(symbol: string): void {
    if (!this.closes(symbol)) throw NOT_JSON;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return undefined;
    this.at = pattern.lastIndex;
    return found[0];
  }
}

/** JSON as text without white space. `sorted` puts members in order of their names, the last of a name winning. */
export function writeJson(
  value: Json,
  how: { readonly sorted: boolean },
  number: (text: string) => string,
): string {
  switch (value.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(value.value);
    case 'number':
      return number(value.text);
    case 'string':
      return JSON.stringify(value.value);
    case 'array':
      return `[${value.items.map((item) => writeJson(item, how, number)).join(',')}]`;
    default: {
      const members = how.sorted ? sortMembers(value.members) : value.members;
      return `{${members.map(([name, item]) => `${JSON.stringify(name)}:${writeJson(item, how, number)}`).join(',')}}`;
    }
  }
}

function sortMembers(members: readonly (readonly [string, Json])[]): [string, Json][] {
  return [...new Map(members)].sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
}
