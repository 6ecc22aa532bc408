import { parseStatement } from '../sql/parse-statement.ts';
import type { Expression, Identifier, Join, Relation } from '../sql/tree.ts';
import { commonSuperType } from '../types/coercion.ts';
import * as types from '../types/type.ts';
import { bindBoolean, bindExpression } from './bind-expression.ts';
import { fieldSql } from './bind-name.ts';
import { bindQuery, renamed } from './bind-query.ts';
import { type Bound, type LooseColumn, quoteName } from './bound.ts';
import { coerceSql } from './cast.ts';
import { type Context, notSupported, type QueryColumn, refuse } from './context.ts';
import type { Field, Scope } from './scope.ts';
import type { KnownTable } from './tables.ts';

/** What stands in FROM, with the columns it offers. */
export interface BoundRelation {
  readonly sql: string;
  readonly fields: readonly Field[];
  readonly outer: readonly LooseColumn[];
}

/** `beside` are the columns to the left, which LATERAL and UNNEST may use. */
export function bindRelation(
  relation: Relation,
  context: Context,
  beside: readonly Field[] = [],
): BoundRelation {
  switch (relation.kind) {
    case 'tableName':
      return bindTable(relation.name, relation.at, context);
    case 'subqueryRelation':
      return bindSubqueryRelation(relation, context);
    case 'lateral':
      return bindLateral(relation, context, beside);
    case 'unnest':
      return bindUnnest(relation, context, beside);
    case 'alias':
      return bindAlias(relation, context, beside);
    case 'sample':
      return bindSample(relation, context);
    default:
      return bindJoin(relation, context, beside);
  }
}

/** Names of the catalog that mean this machine's. */
const CATALOG = 'awsdatacatalog';

function bindTable(name: readonly Identifier[], at: number, context: Context): BoundRelation {
  const parts = name.map((part) => part.name);
  const [table = '', database = context.env.database, catalog = CATALOG] = [...parts].reverse();
  const named = parts.length === 1 ? context.named.get(table) : undefined;
  if (named !== undefined) {
    const alias = context.env.nextName('r');
    return { sql: `${named.alias} AS ${alias}`, fields: fieldsOf(named.columns, alias, [table]), outer: [] };
  }
  if (parts.length > 3 || catalog !== CATALOG) throw notSupported(context, at, `the catalog ${catalog}`);
  const known = context.env.tables.find(database, table);
  if (known === undefined)
    throw refuse(context, at, `Table '${CATALOG}.${database}.${table}' does not exist`);
  context.env.used.add(known);
  const alias = context.env.nextName('r');
  if (known.viewSql !== undefined) return bindView(known, { alias, at }, context);
  const sql = known.relationSql ?? `${quoteName(known.database)}.${quoteName(known.name)}`;
  const fields = known.columns.map(
    (column): Field => ({
      name: column.name,
      qualifier: [CATALOG, known.database, known.name],
      sql: `${alias}.${quoteName(column.name)}`,
      type: column.type,
      ...(column.hidden === true ? { hidden: true } : {}),
      ...(column.exactColumn === undefined ? {} : { exactSql: `${alias}.${quoteName(column.exactColumn)}` }),
    }),
  );
  return { sql: `${sql} AS ${alias}`, fields, outer: [] };
}

/** A view stands for its query, with the names of its own database. */
function bindView(view: KnownTable, of: { alias: string; at: number }, context: Context): BoundRelation {
  const id = `${view.database}.${view.name}`;
  if (context.env.views.includes(id)) throw refuse(context, of.at, `View ${id} is recursive`);
  const viewSql = view.viewSql ?? '';
  const statement = parseStatement(viewSql);
  if (statement.kind !== 'query') throw refuse(context, of.at, `View ${id} is not a query`);
  const env = {
    ...context.env,
    sql: viewSql,
    database: view.database,
    parameters: [],
    views: [...context.env.views, id],
  };
  const query = bindQuery(statement.query, { ...context, env, scope: { fields: [] }, named: new Map() });
  const fields = fieldsOf(query.columns, of.alias, [CATALOG, view.database, view.name]);
  return { sql: `(${query.sql}) AS ${of.alias}`, fields, outer: [] };
}

function fieldsOf(columns: readonly QueryColumn[], alias: string, qualifier: readonly string[]): Field[] {
  return columns.map((column) => ({
    ...(column.name === undefined ? {} : { name: column.name, written: column.written ?? column.name }),
    qualifier,
    sql: `${alias}.${column.sql}`,
    type: column.type,
  }));
}

function bindSubqueryRelation(
  relation: Relation & { kind: 'subqueryRelation' },
  context: Context,
): BoundRelation {
  const alias = context.env.nextName('r');
  const query = bindQuery(relation.query, { ...context, scope: context.scope.parent ?? { fields: [] } });
  return {
    sql: `(${query.sql}) AS ${alias}`,
    fields: fieldsOf(query.columns, alias, []),
    outer: query.outer,
  };
}

/** The scope in which a relation sees what stands to its left. */
function scopeBeside(context: Context, beside: readonly Field[]): Scope {
  const { parent } = context.scope;
  return parent === undefined ? { fields: beside } : { fields: beside, parent };
}

function bindLateral(
  relation: Relation & { kind: 'lateral' },
  context: Context,
  beside: readonly Field[],
): BoundRelation {
  const alias = context.env.nextName('r');
  const scope = scopeBeside(context, beside);
  const query = bindQuery(relation.query, { ...context, scope });
  const outer = query.outer.filter((column) => column.scope !== scope);
  return { sql: `LATERAL (${query.sql}) AS ${alias}`, fields: fieldsOf(query.columns, alias, []), outer };
}

/** Arrays and maps as rows: side by side, the shorter filled with NULL. An array of rows gives a column a field. */
function bindUnnest(
  relation: Relation & { kind: 'unnest' },
  context: Context,
  beside: readonly Field[],
): BoundRelation {
  const scope = scopeBeside(context, beside);
  const inside: Context = { ...context, scope, without: 'UNNEST' };
  const bounds = relation.items.map((item) => bindExpression(item, inside));
  const lists: string[] = [];
  const columns: { sql: string; type: types.Type; name?: string }[] = [];
  for (const bound of bounds) addUnnested(bound, { lists, columns }, context);
  const alias = context.env.nextName('r');
  const raw = context.env.nextName('u');
  if (relation.ordinality) {
    const lengths = lists.map((list) => `coalesce(len(${list}), 0)`);
    lists.push(`range(1, greatest(${lengths.join(', ')}) + 1)`);
    columns.push({ sql: `x${lists.length - 1}`, type: types.BIGINT });
  }
  const unnested = lists.map((list, index) => `unnest(${list}) AS x${index}`).join(', ');
  const items = columns.map(
    (column, index) => `${column.sql.replace(/\bx(\d+)\b/, `${raw}.x$1`)} AS c${index}`,
  );
  const sql = `LATERAL (SELECT ${items.join(', ')} FROM (SELECT ${unnested}) AS ${raw}) AS ${alias}`;
  const fields = columns.map((column, index) => ({
    ...(column.name === undefined ? {} : { name: column.name }),
    qualifier: [],
    sql: `${alias}.c${index}`,
    type: column.type,
  }));
  const outer = bounds.flatMap((bound) => bound.loose).filter((column) => column.scope !== scope);
  return { sql, fields, outer };
}

function addUnnested(
  bound: Bound,
  to: { lists: string[]; columns: { sql: string; type: types.Type; name?: string }[] },
  context: Context,
): void {
  const { lists, columns } = to;
  const { type } = bound;
  const next = `x${lists.length}`;
  if (type.base === 'map') {
    lists.push(`map_keys(${bound.sql})`, `map_values(${bound.sql})`);
    columns.push({ sql: next, type: type.key }, { sql: `x${lists.length - 1}`, type: type.value });
    return;
  }
  if (type.base !== 'array') throw refuse(context, bound.at, `Cannot unnest type: ${types.typeText(type)}`);
  lists.push(bound.sql);
  if (type.element.base !== 'row') columns.push({ sql: next, type: type.element });
  else {
    for (const [index, field] of type.element.fields.entries()) {
      const name = field.name === undefined ? {} : { name: field.name.toLowerCase() };
      columns.push({ sql: fieldSql(next, field, index), type: field.type, ...name });
    }
  }
}

function bindAlias(
  relation: Relation & { kind: 'alias' },
  context: Context,
  beside: readonly Field[],
): BoundRelation {
  const bound = bindRelation(relation.relation, context, beside);
  const visible = bound.fields.filter((field) => field.hidden !== true);
  const columns = visible.map(
    (field): QueryColumn => ({
      ...(field.name === undefined ? {} : { name: field.name, written: field.written ?? field.name }),
      type: field.type,
      sql: field.sql,
    }),
  );
  const named = renamed(columns, relation.columns, context);
  const fields: Field[] = named.map((column, index) => {
    const exactSql = visible[index]?.exactSql;
    return {
      ...column,
      qualifier: [relation.alias.name],
      sql: column.sql,
      ...(exactSql === undefined ? {} : { exactSql }),
    };
  });
  const hidden = relation.columns === undefined ? bound.fields.filter((field) => field.hidden === true) : [];
  return {
    ...bound,
    fields: [...fields, ...hidden.map((field) => ({ ...field, qualifier: [relation.alias.name] }))],
  };
}

function bindSample(relation: Relation & { kind: 'sample' }, context: Context): BoundRelation {
  const bound = bindRelation(relation.relation, context);
  const percent = Number(bindExpression(relation.percent, context).constant ?? Number.NaN);
  if (!(percent >= 0 && percent <= 100))
    throw refuse(context, relation.percent.at, 'Sample percentage must be between 0 and 100');
  return { ...bound, sql: `${bound.sql} TABLESAMPLE BERNOULLI(${percent} PERCENT)` };
}

function bindJoin(join: Join, context: Context, beside: readonly Field[]): BoundRelation {
  const left = bindRelation(join.left, context, beside);
  const right = bindRelation(join.right, context, [...beside, ...left.fields]);
  const outer = [...left.outer, ...right.outer];
  const fields = [...left.fields, ...right.fields];
  if (join.type === 'CROSS')
    return { sql: `${left.sql} CROSS JOIN ${nested(join.right, right.sql)}`, fields, outer };
  if (join.natural) throw refuse(context, join.at, 'Natural join not supported');
  if (join.using !== undefined) return bindUsing({ join, left, right, using: join.using }, context);
  const on = bindOn(join.on, { fields, join }, context);
  const sql = `${left.sql} ${join.type} JOIN ${nested(join.right, right.sql)} ON ${on.sql}`;
  return { sql, fields, outer: [...outer, ...on.outer] };
}

function nested(relation: Relation, sql: string): string {
  return relation.kind === 'join' ? `(${sql})` : sql;
}

function bindOn(
  on: Expression | undefined,
  of: { fields: readonly Field[]; join: Join },
  context: Context,
): { sql: string; outer: LooseColumn[] } {
  if (on === undefined) throw refuse(context, of.join.at, 'a join needs ON or USING');
  const isUnnest = unaliased(of.join.right).kind === 'unnest' || unaliased(of.join.right).kind === 'lateral';
  const isTrue = on.kind === 'boolean' && on.value;
  if (isUnnest && !isTrue)
    throw refuse(context, on.at, 'JOIN involving UNNEST or LATERAL is only supported with condition ON TRUE');
  if (isUnnest && of.join.type !== 'LEFT' && of.join.type !== 'INNER')
    throw notSupported(context, of.join.at, `${of.join.type} JOIN with UNNEST or LATERAL`);
  const scope = scopeBeside(context, of.fields);
  const bound = bindBoolean(on, { ...context, scope, without: 'JOIN clause' }, 'JOIN ON clause');
  return { sql: bound.sql, outer: bound.loose.filter((column) => column.scope !== scope) };
}

function unaliased(relation: Relation): Relation {
  return relation.kind === 'alias' ? unaliased(relation.relation) : relation;
}

interface Using {
  readonly join: Join;
  readonly left: BoundRelation;
  readonly right: BoundRelation;
  readonly using: readonly Identifier[];
}

/** The columns of USING come once and first, without a qualifier. */
function bindUsing(of: Using, context: Context): BoundRelation {
  const { join, left, right, using } = of;
  const conditions: string[] = [];
  const merged = using.map((name): Field => {
    const [one, other] = [onlyField(left, name, context), onlyField(right, name, context)];
    const type = commonSuperType(one.type, other.type);
    if (type === undefined)
      throw refuse(
        context,
        name.at,
        `Column types of left and right side of the join are different: ${name.name}`,
      );
    const [first, second] = [coerceSql(one.sql, one.type, type), coerceSql(other.sql, other.type, type)];
    conditions.push(`${first} = ${second}`);
    const sql =
      join.type === 'RIGHT' ? second : join.type === 'FULL' ? `coalesce(${first}, ${second})` : first;
    return { name: name.name, written: one.written ?? name.name, qualifier: [], sql, type };
  });
  const names = using.map((name) => name.name);
  const rest = [...left.fields, ...right.fields].filter(
    (field) => field.name === undefined || !names.includes(field.name),
  );
  const sql = `${left.sql} ${join.type} JOIN ${nested(join.right, right.sql)} ON ${conditions.join(' AND ')}`;
  return { sql, fields: [...merged, ...rest], outer: [...left.outer, ...right.outer] };
}

function onlyField(relation: BoundRelation, name: Identifier, context: Context): Field {
  const found = relation.fields.filter((field) => field.name === name.name);
  const [field] = found;
  if (field === undefined || found.length > 1) {
    throw refuse(
      context,
      name.at,
      `Column '${name.name}' is ${found.length > 1 ? 'ambiguous' : 'missing'} on one side of the join`,
    );
  }
  return field;
}
