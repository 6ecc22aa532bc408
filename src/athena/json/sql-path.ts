import type { Json } from './json.ts';

/** A path of SQL's JSON functions: `lax $.items[*]?(@.qty > 1).sku`. */
export interface SqlPath {
  readonly strict: boolean;
  readonly value: PathValue;
}

/** Where a value starts, and the steps from there. */
export interface PathValue {
  readonly from: '$' | '@' | { readonly literal: Json };
  readonly steps: readonly SqlStep[];
}

export type SqlStep =
  | { readonly kind: 'member' | 'descendants'; readonly name: string }
  | { readonly kind: 'members' | 'elements' | 'size' | 'type' }
  | { readonly kind: 'places'; readonly ranges: readonly PlaceRange[] }
  | { readonly kind: 'filter'; readonly predicate: PathPredicate };

export interface PlaceRange {
  readonly from: Place;
  readonly to?: Place;
}

/** Counted from 0, or back from the last. */
export interface Place {
  readonly fromLast: boolean;
  readonly offset: number;
}

export type PathOperator = '==' | '<>' | '<' | '<=' | '>' | '>=';

export type PathPredicate =
  | { readonly kind: 'all' | 'any'; readonly terms: readonly PathPredicate[] }
  | { readonly kind: 'not'; readonly of: PathPredicate }
  | { readonly kind: 'exists'; readonly value: PathValue }
  | {
      readonly kind: 'compare' | 'starts with';
      readonly operator: PathOperator;
      readonly left: PathValue;
      readonly right: PathValue;
    };

const known = new Map<string, SqlPath | undefined>();

/** Reads a path; undefined for one that is not valid or has parts that are not read here. */
export function parseSqlPath(path: string): SqlPath | undefined {
  if (!known.has(path)) known.set(path, readPath(path));
  return known.get(path);
}

function readPath(text: string): SqlPath | undefined {
  try {
    const reader = new Reader(text);
    const strict = reader.accept(/strict\b/iy) !== undefined;
    if (!strict) reader.expect(/lax\b/iy);
    const value = reader.value('$');
    reader.expect(/$/y);
    return { strict, value };
  } catch (error) {
    if (error === NOT_READ) return undefined;
    throw error;
  }
}

const NOT_READ = new Error('not a path that is read here');

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The text that matches here, past white space, with its first group where it has one. */
  accept(pattern: RegExp): string | undefined {
    const space = /\s*/y;
    space.lastIndex = this.at;
    space.exec(this.text);
    pattern.lastIndex = space.lastIndex;
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    this.at = pattern.lastIndex;
    return match[1] ?? match[0];
  }

  expect(pattern: RegExp): string {
    const found = this.accept(pattern);
    if (found === undefined) throw NOT_READ;
    return found;
  }

  /** In a filter `@` is the item that is looked at. */
  value(root: '$' | '@'): PathValue {
    const from = this.start(root);
    const steps: SqlStep[] = [];
    for (let step = this.step(); step !== undefined; step = this.step()) steps.push(step);
    return { from, steps };
  }

  private start(root: '$' | '@'): PathValue['from'] {
    if (this.accept(/\$(?![A-Za-z_])/y) !== undefined) return '$';
    if (root === '@' && this.accept(/@/y) !== undefined) return '@';
    const word = this.accept(/(?:true|false|null)\b/y);
    if (word === 'null') return { literal: { kind: 'null' } };
    if (word !== undefined) return { literal: { kind: 'boolean', value: word === 'true' } };
    const number = this.accept(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (number !== undefined) return { literal: { kind: 'number', text: number } };
    return { literal: { kind: 'string', value: this.string() } };
  }

  private string(): string {
    return this.expect(/"((?:[^"]|"")*)"/y).replaceAll('""', '"');
  }

  private step(): SqlStep | undefined {
    if (this.accept(/\[\s*\*\s*\]/y) !== undefined) return { kind: 'elements' };
    if (this.accept(/\[/y) !== undefined) return this.places();
    if (this.accept(/\?\s*\(/y) !== undefined) {
      const predicate = this.either();
      this.expect(/\)/y);
      return { kind: 'filter', predicate };
    }
    const method = this.accept(/\.\s*(size|type)\s*\(\s*\)/y);
    if (method !== undefined) return { kind: method === 'size' ? 'size' : 'type' };
    if (this.accept(/\.\s*\*/y) !== undefined) return { kind: 'members' };
    const kind = this.accept(/\.\./y) !== undefined ? 'descendants' : 'member';
    if (kind === 'member' && this.accept(/\./y) === undefined) return undefined;
    const plain = this.accept(/[A-Za-z_]\w*/y);
    if (plain !== undefined && this.accept(/\(/y) !== undefined) throw NOT_READ;
    return { kind, name: plain ?? this.string() };
  }

  private places(): SqlStep {
    const ranges: PlaceRange[] = [];
    do {
      const from = this.place();
      ranges.push(this.accept(/to\b/y) === undefined ? { from } : { from, to: this.place() });
    } while (this.accept(/,/y) !== undefined);
    this.expect(/\]/y);
    return { kind: 'places', ranges };
  }

  private place(): Place {
    if (this.accept(/last\b/y) === undefined) return { fromLast: false, offset: Number(this.expect(/\d+/y)) };
    if (this.accept(/-/y) === undefined) return { fromLast: true, offset: 0 };
    return { fromLast: true, offset: Number(this.expect(/\d+/y)) };
  }

  private either(): PathPredicate {
    const terms = [this.both()];
    while (this.accept(/\|\|/y) !== undefined) terms.push(this.both());
    return terms.length === 1 && terms[0] !== undefined ? terms[0] : { kind: 'any', terms };
  }

  private both(): PathPredicate {
    const terms = [this.single()];
    while (this.accept(/&&/y) !== undefined) terms.push(this.single());
    return terms.length === 1 && terms[0] !== undefined ? terms[0] : { kind: 'all', terms };
  }

  private single(): PathPredicate {
    if (this.accept(/!(?!=)/y) !== undefined) return { kind: 'not', of: this.bracketed() };
    if (this.accept(/exists\s*\(/y) !== undefined) {
      const value = this.value('@');
      this.expect(/\)/y);
      return { kind: 'exists', value };
    }
    return this.accept(/(?=\()/y) === undefined ? this.comparison() : this.bracketed();
  }

  private bracketed(): PathPredicate {
    if (this.accept(/(?=exists\s*\()/y) !== undefined) return this.single();
    this.expect(/\(/y);
    const predicate = this.either();
    this.expect(/\)/y);
    return predicate;
  }

  private comparison(): PathPredicate {
    const left = this.value('@');
    if (this.accept(/starts\s+with\b/y) !== undefined) {
      return { kind: 'starts with', operator: '==', left, right: this.value('@') };
    }
    const written = this.expect(/==|<>|!=|<=|>=|<|>/y);
    const operator = (written === '!=' ? '<>' : written) as PathOperator;
    return { kind: 'compare', operator, left, right: this.value('@') };
  }
}
