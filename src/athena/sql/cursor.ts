import { syntaxFailure } from '../errors.ts';
import { lex, type Token } from './lex.ts';
import { RESERVED } from './reserved.ts';
import type { Identifier } from './tree.ts';

/** How deep expressions and queries may nest: far beyond what people write, well within the stack. */
const DEPTH_MAX = 400;

/** Walks over the tokens of a statement. Every method that starts with `expect` throws a Failure at the place. */
export class Cursor {
  readonly sql: string;
  private readonly tokens: readonly Token[];
  private index = 0;
  private depth = 0;
  /** `?` markers met so far. */
  parameters = 0;

  constructor(sql: string) {
    this.sql = sql;
    this.tokens = lex(sql);
  }

  get token(): Token {
    return this.look(0);
  }

  get at(): number {
    return this.token.at;
  }

  /** Where the token before this one ended. */
  get endOfLast(): number {
    return this.tokens[this.index - 1]?.end ?? 0;
  }

  look(ahead: number): Token {
    const token = this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)];
    if (token === undefined) throw new Error('a token list without its end');
    return token;
  }

  next(): Token {
    const token = this.token;
    this.index = Math.min(this.index + 1, this.tokens.length - 1);
    return token;
  }

  /** A place to come back to with `back`. */
  mark(): number {
    return this.index;
  }

  back(mark: number): void {
    this.index = mark;
  }

  is(text: string, ahead = 0): boolean {
    const token = this.look(ahead);
    return (token.kind === 'word' || token.kind === 'symbol') && token.text === text;
  }

  /** Whether these words or symbols come next. */
  areNext(...texts: readonly string[]): boolean {
    return texts.every((text, ahead) => this.is(text, ahead));
  }

  accept(...texts: readonly string[]): boolean {
    if (!this.areNext(...texts)) return false;
    for (const _ of texts) this.next();
    return true;
  }

  expect(...texts: readonly string[]): void {
    for (const text of texts) if (!this.accept(text)) throw this.unexpected(`'${text}'`);
  }

  expectString(): string {
    if (this.token.kind !== 'string') throw this.unexpected('a string in single quotes');
    return this.next().text;
  }

  expectInteger(): number {
    if (this.token.kind !== 'integer') throw this.unexpected('a whole number');
    return Number(this.next().text);
  }

  /** Whether a name comes next, `ahead` tokens on: quoted, or a word that is not reserved. */
  isName(ahead = 0): boolean {
    const token = this.look(ahead);
    return token.kind === 'quoted' || (token.kind === 'word' && !RESERVED.has(token.text));
  }

  expectName(): Identifier {
    if (!this.isName()) throw this.unexpected('a name');
    const token = this.next();
    const written = token.kind === 'quoted' ? token.text : this.sql.slice(token.at, token.end);
    return { name: written.toLowerCase(), written, at: token.at };
  }

  /** `a.b.c` */
  expectQualifiedName(): Identifier[] {
    const names = [this.expectName()];
    while (this.accept('.')) names.push(this.expectName());
    return names;
  }

  /** Comma-separated things, at least one. */
  list<T>(read: () => T): T[] {
    const items = [read()];
    while (this.accept(',')) items.push(read());
    return items;
  }

  parenthesised<T>(read: () => T): T {
    this.expect('(');
    const value = read();
    this.expect(')');
    return value;
  }

  nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > DEPTH_MAX) throw syntaxFailure(this.sql, this.at, 'the statement is nested too deeply');
    const value = read();
    this.depth -= 1;
    return value;
  }

  unexpected(wanted: string): Error {
    const token = this.token;
    const found = token.kind === 'end' ? 'the end' : `'${this.sql.slice(token.at, token.end)}'`;
    return syntaxFailure(this.sql, token.at, `found ${found} where ${wanted} belongs`);
  }
}
