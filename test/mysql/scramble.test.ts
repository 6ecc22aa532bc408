import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'node:test';
import { cachingSha2Response, equalInConstantTime, nativeResponse } from '../../src/mysql/scramble.ts';
import { seededRandom } from '../support/seeded-random.ts';

const require = createRequire(import.meta.url);
/** mysql2's own arithmetic, as an independent second opinion. */
const mysql2Native: {
  calculateToken(password: string, first: Buffer, second: Buffer): Buffer;
} = require(join(import.meta.dirname, '../../node_modules/mysql2/lib/auth_41.js'));

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const hash = (algorithm: string, ...parts: Uint8Array[]): Buffer =>
  createHash(algorithm).update(Buffer.concat(parts)).digest();

/** The scramble and answers that the Go driver's authors published as their test vectors. */
const GO_DRIVER_SCRAMBLE = Uint8Array.of(
  10,
  47,
  74,
  111,
  75,
  73,
  34,
  48,
  88,
  76,
  114,
  74,
  37,
  13,
  3,
  80,
  82,
  2,
  23,
  21,
);

test('caching_sha2_password gives the published answers', () => {
  const answers = ['secret', 'secret2'].map((password) =>
    hex(cachingSha2Response(password, GO_DRIVER_SCRAMBLE)),
  );
  assert.deepEqual(answers, [
    'f490e76f66d9d86665ce54d98c78d0acfe2fb0b08b423da807144873d30b312c',
    'abc3934a012cf342e876071c8ee202de51785b430258a7a0138bc79c4d800bc6',
  ]);
});

test('a server that stores PASSWORD(…) recognises the native answer', () => {
  // What SELECT PASSWORD('password') has given since MySQL 4.1: the SHA1 of the SHA1.
  const stored = Buffer.from('2470c0c06dee42fd1618bb99005adca2ec9d1e19', 'hex');
  const scramble = Buffer.from('3d5a2b6f4c7e213a5d7c48476f3b2e5a7d4f6a31', 'hex');
  const answer = nativeResponse('password', scramble);
  const mask = hash('sha1', scramble, stored);
  const once = answer.map((byte, index) => byte ^ (mask[index] ?? 0));
  assert.equal(hex(hash('sha1', once)), hex(stored));
});

test('an empty password is answered with nothing', () => {
  assert.equal(nativeResponse('', GO_DRIVER_SCRAMBLE).length, 0);
  assert.equal(cachingSha2Response('', GO_DRIVER_SCRAMBLE).length, 0);
});

test('native answers are those of mysql2, for any password and scramble', () => {
  const random = seededRandom(20_261_123);
  for (let round = 0; round < 200; round++) {
    const scramble = Buffer.from(random.bytes(20));
    const password = random.text(1 + random.below(80));
    const theirs = mysql2Native.calculateToken(password, scramble.subarray(0, 8), scramble.subarray(8));
    assert.equal(hex(nativeResponse(password, scramble)), hex(theirs), `seed ${random.seed}, round ${round}`);
  }
});

test('values compare equal only when every byte and the length do', () => {
  assert.ok(equalInConstantTime(Uint8Array.of(1, 2), Uint8Array.of(1, 2)));
  assert.ok(!equalInConstantTime(Uint8Array.of(1, 2), Uint8Array.of(1, 3)));
  assert.ok(!equalInConstantTime(Uint8Array.of(), Uint8Array.of(1)));
});
