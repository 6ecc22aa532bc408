import type { Bound } from '../plan/bound.ts';
import type { Type } from '../types/type.ts';
import { type Bindings, type Signature, signatureOf } from './signature.ts';

/** An argument as a function's SQL is made from it: coerced to its parameter's type. */
export interface Argument extends Bound {
  /** For a lambda: `sql` is its body, and these are the names its parameters have in it. */
  readonly lambda?: readonly string[];
}

export interface CallInput {
  readonly arguments: readonly Argument[];
  /** As written, before coercion. */
  readonly types: readonly Type[];
  readonly bindings: Bindings;
  readonly result: Type;
  /** A Failure at the argument: Athena refuses it. */
  refuse(argument: Argument | undefined, why: string): Error;
  /** A Failure at the argument: local cannot do it. */
  notSupported(argument: Argument | undefined, what: string): Error;
}

/**
 * SQL with `$1` for the first argument and `$*` for all. In an aggregate, `{sum($1)}` marks the calls that
 * take DISTINCT, ORDER BY, FILTER and OVER.
 */
export type Emit = string | ((call: CallInput) => string);

export interface Overload {
  readonly kind: 'scalar' | 'aggregate' | 'window';
  readonly signature: Signature;
  readonly emit: Emit;
  /** The result's type where the signature cannot say it. */
  readonly result?: (call: Omit<CallInput, 'result'>) => Type;
  readonly volatile: boolean;
}

export type Registry = Map<string, Overload[]>;

export interface Definition {
  readonly kind?: Overload['kind'];
  readonly result?: Overload['result'];
  readonly volatile?: boolean;
}

/** Adds one signature under one or more names: `define(registry, 'ceil ceiling', 'double -> double', 'ceil($1)')`. */
export function define(
  registry: Registry,
  names: string,
  signature: string,
  emit: Emit,
  more: Definition = {},
): void {
  const overload: Overload = {
    kind: more.kind ?? 'scalar',
    signature: signatureOf(signature),
    emit,
    volatile: more.volatile ?? false,
    ...(more.result === undefined ? {} : { result: more.result }),
  };
  for (const name of names.split(' ')) {
    const overloads = registry.get(name) ?? [];
    overloads.push(overload);
    registry.set(name, overloads);
  }
}

/** The text of an argument that must be written in the query. */
export function constantOf(call: CallInput, index: number, what: string): string {
  const argument = call.arguments[index];
  if (argument?.constant === undefined) throw call.notSupported(argument, `${what} that is not a constant`);
  return argument.constant;
}

/** The SQL of an argument; the signature promises that it is there. */
export function sqlOf(call: CallInput, index: number): string {
  return call.arguments[index]?.sql ?? 'NULL';
}

/** A lambda's body with its parameters replaced by other SQL. */
export function bodyOf(call: CallInput, index: number, replacements: readonly string[]): string {
  const argument = call.arguments[index];
  return (argument?.lambda ?? []).reduce(
    (sql, name, position) =>
      sql.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), () => replacements[position] ?? 'NULL'),
    argument?.sql ?? 'NULL',
  );
}
