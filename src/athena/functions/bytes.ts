import { type CallInput, constantOf, define, type Registry, sqlOf } from './registry.ts';

/** Bytes: how they are written, cut and digested. Functions of dp's own take and give them as hexadecimal digits. */
export function defineBytes(registry: Registry): void {
  define(registry, 'length', 'varbinary -> bigint', 'octet_length($1)');
  define(registry, 'to_utf8', 'varchar -> varbinary', 'encode($1)');
  define(registry, 'from_utf8', 'varbinary -> varchar', 'dp_from_utf8(hex($1))');
  define(registry, 'from_utf8', 'varbinary, varchar -> varchar', (call) => {
    if ([...constantOf(call, 1, 'a replacement')].length > 1)
      throw call.refuse(call.arguments[1], 'Replacement character string must empty or a single character');
    return `dp_from_utf8_with(hex(${sqlOf(call, 0)}), ${sqlOf(call, 1)})`;
  });
  define(registry, 'reverse', 'varbinary -> varbinary', 'unhex(dp_reverse_bytes(hex($1)))');
  define(registry, 'substr', 'varbinary, bigint -> varbinary', part);
  define(registry, 'substr', 'varbinary, bigint, bigint -> varbinary', part);
  for (const name of ['lpad', 'rpad']) {
    define(
      registry,
      name,
      'varbinary, bigint, varbinary -> varbinary',
      `unhex(dp_pad_bytes(hex($1), $2, hex($3), '${name}'))`,
    );
  }
  defineWritten(registry);
  defineDigests(registry);
}

function part(call: CallInput): string {
  const length = call.arguments.length > 2 ? sqlOf(call, 2) : 'CAST(2147483647 AS BIGINT)';
  return `unhex(dp_part_of_bytes(hex(${sqlOf(call, 0)}), ${sqlOf(call, 1)}, ${length}))`;
}

function defineWritten(registry: Registry): void {
  define(registry, 'to_hex', 'varbinary -> varchar', 'hex($1)');
  define(registry, 'from_hex', 'varchar -> varbinary', 'unhex($1)');
  define(registry, 'to_base64', 'varbinary -> varchar', 'to_base64($1)');
  define(registry, 'from_base64', 'varchar -> varbinary', 'from_base64($1)');
  define(registry, 'to_base64url', 'varbinary -> varchar', "translate(to_base64($1), '+/', '-_')");
  define(registry, 'from_base64url', 'varchar -> varbinary', "from_base64(translate($1, '-_', '+/'))");
  define(registry, 'to_base32', 'varbinary -> varchar', 'dp_to_base32(hex($1))');
  define(registry, 'from_base32', 'varchar -> varbinary', 'unhex(dp_from_base32($1))');
  for (const [bits, type] of [
    [32, 'real'],
    [64, 'double'],
  ] as const) {
    define(
      registry,
      `to_ieee754_${bits}`,
      `${type} -> varbinary`,
      `unhex(dp_to_ieee754($1, CAST(${bits} AS BIGINT)))`,
    );
    define(
      registry,
      `from_ieee754_${bits}`,
      `varbinary -> ${type}`,
      `CAST(dp_from_ieee754(hex($1), CAST(${bits} AS BIGINT)) AS ${bits === 32 ? 'FLOAT' : 'DOUBLE'})`,
    );
  }
  for (const [bits, type] of [
    [32, 'integer'],
    [64, 'bigint'],
  ] as const) {
    define(
      registry,
      `to_big_endian_${bits}`,
      `${type} -> varbinary`,
      `unhex(dp_to_big_endian($1, CAST(${bits} AS BIGINT)))`,
    );
    define(
      registry,
      `from_big_endian_${bits}`,
      `varbinary -> ${type}`,
      `CAST(dp_from_big_endian(hex($1), CAST(${bits} AS BIGINT)) AS ${type})`,
    );
  }
}

function defineDigests(registry: Registry): void {
  define(registry, 'xxhash64', 'varbinary -> varbinary', 'unhex(dp_xxhash64(hex($1)))');
  define(registry, 'crc32', 'varbinary -> bigint', 'dp_crc32(hex($1))');
  for (const name of ['md5', 'sha1', 'sha256']) {
    define(registry, name, 'varbinary -> varbinary', `unhex(${name}($1))`);
  }
  define(registry, 'sha512', 'varbinary -> varbinary', 'unhex(dp_sha512(hex($1)))');
  for (const name of ['md5', 'sha1', 'sha256', 'sha512']) {
    define(
      registry,
      `hmac_${name}`,
      'varbinary, varbinary -> varbinary',
      `unhex(dp_hmac(hex($1), hex($2), '${name}'))`,
    );
  }
}
