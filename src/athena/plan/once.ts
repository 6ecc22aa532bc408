/**
 * SQL that uses each of some expressions several times and computes each once. Names and constants are simply
 * repeated; when one of them is more, all that are more become fields of one lambda's parameter, so that none
 * of them stands inside the lambda, where aggregates and subqueries cannot. `carried` are expressions that the
 * body uses once. The parameter's name depends on the SQL alone, so that the same expression in SELECT and in
 * GROUP BY gives the same SQL.
 */
export function once(
  expressions: readonly string[],
  body: (names: readonly string[], carried: readonly string[]) => string,
  carried: readonly string[] = [],
): string {
  const all = [...expressions, ...carried];
  if (expressions.every(isPlain)) return body(expressions, carried);
  return apart(all, (names) => body(names.slice(0, expressions.length), names.slice(expressions.length)));
}

/**
 * SQL that computes what is more than a name first and by itself, whatever the body does around its names. A
 * row without field names, since DuckDB forgets field names where a subquery uses columns from outside.
 */
export function apart(expressions: readonly string[], body: (names: readonly string[]) => string): string {
  const used = [...expressions.join(' ').matchAll(/\bonce(\d+)\b/g)].map((match) => Number(match[1]));
  const parameter = `once${Math.max(0, ...used) + 1}`;
  const fields: string[] = [];
  const names = expressions.map((sql) => {
    if (isPlain(sql)) return sql;
    fields.push(sql);
    return `${parameter}[${fields.length}]`;
  });
  if (fields.length === 0) return body(names);
  return `list_transform([row(${fields.join(', ')})], lambda ${parameter}: ${body(names)})[1]`;
}

export function isPlain(sql: string): boolean {
  return PLAIN.test(sql);
}

/** Cheap to repeat: a column, a lambda's parameter or a field of it, a number, a short text, one of them cast, once or twice. */
const PLAIN_VALUE = String.raw`(?:once\d+\[\d+\]|(?:[a-z_]\w*\.)?(?:"[^"]*"|[a-z_]\w*|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|'[^']{0,40}'))`;
const CAST_ONCE = String.raw`CAST\(${PLAIN_VALUE} AS [A-Z0-9(),]+\)`;
const CAST_TWICE = String.raw`CAST\(${CAST_ONCE} AS [A-Z0-9(),]+\)`;
const PLAIN = new RegExp(`^(?:${PLAIN_VALUE}|${CAST_ONCE}|${CAST_TWICE})$`, 'i');
