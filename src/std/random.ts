/**
 * A small deterministic source of numbers: xoshiro128** (Blackman and Vigna, 2018, public domain algorithm),
 * its 128 bits of state filled by splitmix32. Integer operations only, so every machine and every version of
 * Node gives the same sequence. Not for secrets.
 */
export interface Random {
  /** A whole number in [0, 2^32). */
  word(): number;
  /** A number in [0, 1) with 32 random bits. */
  fraction(): number;
  /** A whole number in [0, below). `below` is at most 2^32. */
  below(below: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
}

const WORD_VALUES = 2 ** 32;

/** The sequence number `seed` of the stream called `name`: streams of one seed do not follow each other. */
export function createRandom(seed: number, name: string): Random {
  const fill = splitmix32(hashName(seed, name));
  let a = fill();
  let b = fill();
  let c = fill();
  let d = fill() | 1;

  function word(): number {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  }

  const fraction = (): number => word() / WORD_VALUES;
  return {
    word,
    fraction,
    below: (below) => Math.floor(fraction() * below),
    chance: (probability) => fraction() < probability,
  };
}

/** FNV-1a over the seed's eight bytes and the name's characters. */
function hashName(seed: number, name: string): number {
  let hash = 0x811c9dc5;
  const add = (value: number): void => {
    hash = Math.imul(hash ^ value, 0x01000193);
  };
  let rest = Math.abs(Math.trunc(seed));
  for (let i = 0; i < 8; i++) {
    add(rest % 256);
    rest = Math.floor(rest / 256);
  }
  add(seed < 0 ? 1 : 0);
  for (let i = 0; i < name.length; i++) add(name.charCodeAt(i));
  return hash >>> 0;
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}
