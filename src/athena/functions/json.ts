import { parseJsonPath } from '../json/path.ts';
import { quoteText } from '../plan/bound.ts';
import { type CallInput, constantOf, define, type Registry, sqlOf } from './registry.ts';

/** JSON, in values of type json and in texts. */
export function defineJson(registry: Registry): void {
  define(registry, 'json_parse', 'varchar -> json', 'CAST(dp_json_parse($1) AS JSON)');
  define(registry, 'json_format', 'json -> varchar', 'CAST($1 AS VARCHAR)');
  for (const type of ['varchar', 'json']) {
    define(
      registry,
      'json_extract',
      `${type}, varchar -> json`,
      (call) => `CAST(${extract(call, 'dp_json_extract')} AS JSON)`,
    );
    define(
      registry,
      'json_extract_scalar',
      type === 'json' ? 'json, varchar -> varchar' : 'varchar(x), varchar -> varchar(x)',
      (call) => extract(call, 'dp_json_scalar'),
    );
    define(registry, 'json_size', `${type}, varchar -> bigint`, (call) => extract(call, 'dp_json_size'));
    define(registry, 'json_array_length', `${type} -> bigint`, `dp_json_array_length(CAST($1 AS VARCHAR))`);
    define(registry, 'is_json_scalar', `${type} -> boolean`, `dp_json_is_scalar(CAST($1 AS VARCHAR))`);
    define(
      registry,
      'json_array_contains',
      `${type}, varchar -> boolean`,
      `dp_json_array_contains(CAST($1 AS VARCHAR), to_json($2))`,
    );
    define(
      registry,
      'json_array_contains',
      `${type}, bigint -> boolean`,
      `dp_json_array_contains(CAST($1 AS VARCHAR), to_json($2))`,
    );
    define(
      registry,
      'json_array_contains',
      `${type}, boolean -> boolean`,
      `dp_json_array_contains(CAST($1 AS VARCHAR), to_json($2))`,
    );
    define(
      registry,
      'json_array_contains',
      `${type}, double -> boolean`,
      `dp_json_array_contains_double(CAST($1 AS VARCHAR), $2)`,
    );
    define(
      registry,
      'json_array_get',
      `${type}, bigint -> json`,
      `CAST(dp_json_array_get(CAST($1 AS VARCHAR), $2) AS JSON)`,
    );
  }
}

function extract(call: CallInput, name: string): string {
  const path = constantOf(call, 1, 'a JSON path');
  if (parseJsonPath(path) === undefined)
    throw call.notSupported(call.arguments[1], `the JSON path '${path}'`);
  return `${name}(CAST(${sqlOf(call, 0)} AS VARCHAR), ${quoteText(path)})`;
}
