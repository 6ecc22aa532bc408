export interface SeededRandom {
  readonly seed: number;
  /** An integer from 0 to `end` - 1. */
  below(end: number): number;
  bytes(count: number): Uint8Array;
  /** Text of any Unicode planes, of `length` characters. */
  text(length: number): string;
}

/** The same numbers for the same seed (mulberry32), so that a failure can be had again. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(next() * end);
  const planes = [0x21, 0xe9, 0x3042, 0x1f600];
  return {
    seed,
    below,
    bytes: (count) => Uint8Array.from({ length: count }, () => below(256)),
    text: (length) =>
      Array.from({ length }, () =>
        String.fromCodePoint((planes[below(planes.length)] ?? 0x21) + below(60)),
      ).join(''),
  };
}
