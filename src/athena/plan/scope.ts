import type { Type } from '../types/type.ts';

/** A column that names can reach. */
export interface Field {
  /** In lower case; missing for a column without a name. */
  readonly name?: string;
  readonly written?: string;
  /** What may stand before the name: `['shop', 'orders']`, `['o']`. */
  readonly qualifier: readonly string[];
  readonly sql: string;
  readonly type: Type;
  /** Of a table's timestamp: SQL of the value that it is rounded from. */
  readonly exactSql?: string;
  /** Reached by name only, as `"$path"`: not part of `*`. */
  readonly hidden?: boolean;
}

export interface Scope {
  readonly fields: readonly Field[];
  /** The scope around a subquery. */
  readonly parent?: Scope;
  /** A lambda's scope: its fields are parameters, and a name not found goes on in the parent as if it were here. */
  readonly lambda?: boolean;
}

export type Found =
  | { readonly kind: 'field'; readonly field: Field; readonly scope: Scope }
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'missing' };

/** Looks a name up, `['o', 'status']`, in a scope and then in those around it. */
export function findField(scope: Scope, names: readonly string[]): Found {
  const matches = scope.fields.filter((field) => matchesName(field, names));
  const [field] = matches;
  if (matches.length > 1) return { kind: 'ambiguous' };
  if (field !== undefined) return { kind: 'field', field, scope };
  return scope.parent === undefined ? { kind: 'missing' } : findField(scope.parent, names);
}

function matchesName(field: Field, names: readonly string[]): boolean {
  if (field.name !== names.at(-1)) return false;
  const qualifier = names.slice(0, -1);
  return endsWith(field.qualifier, qualifier);
}

/** Whether the qualifier written, `['orders']`, means this relation, `['shop', 'orders']`. */
export function endsWith(full: readonly string[], written: readonly string[]): boolean {
  if (written.length > full.length) return false;
  const start = full.length - written.length;
  return written.every((part, index) => part === full[start + index]);
}

/** The scope of the query itself, from within lambdas or ORDER BY. */
export function ownScope(scope: Scope): Scope {
  return scope.lambda === true && scope.parent !== undefined ? ownScope(scope.parent) : scope;
}
