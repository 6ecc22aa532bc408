import { createHash, timingSafeEqual } from 'node:crypto';
import { bytesOf } from './fields.ts';

export const NATIVE_PASSWORD = 'mysql_native_password';
export const CACHING_SHA2_PASSWORD = 'caching_sha2_password';
export const SHA256_PASSWORD = 'sha256_password';
export const CLEAR_PASSWORD = 'mysql_clear_password';

/** How long a scramble is in both plugins. */
export const SCRAMBLE_BYTES = 20;

/**
 * mysql_native_password: SHA1(password) XOR SHA1(scramble + SHA1(SHA1(password))). Empty for an empty
 * password, as the protocol says.
 */
export function nativeResponse(password: string, scramble: Uint8Array): Uint8Array {
  if (password === '') return new Uint8Array();
  const once = digest('sha1', bytesOf(password));
  return exclusiveOr(once, digest('sha1', scramble, digest('sha1', once)));
}

/**
 * caching_sha2_password, the fast way: SHA256(password) XOR SHA256(SHA256(SHA256(password)) + scramble).
 * Note that the scramble comes last here and first above.
 */
export function cachingSha2Response(password: string, scramble: Uint8Array): Uint8Array {
  if (password === '') return new Uint8Array();
  const once = digest('sha256', bytesOf(password));
  return exclusiveOr(once, digest('sha256', digest('sha256', once), scramble));
}

/** Compares without telling by its duration where two values differ. Lengths are not secret here. */
export function equalInConstantTime(given: Uint8Array, expected: Uint8Array): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function digest(algorithm: 'sha1' | 'sha256', ...parts: Uint8Array[]): Uint8Array {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

function exclusiveOr(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, index) => byte ^ (b[index] ?? 0));
}
