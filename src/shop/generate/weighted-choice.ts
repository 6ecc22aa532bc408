import { assert } from '../../std/assert.ts';

/** Picks indexes of a list of weights: given a fraction in [0, 1), the index whose share it falls into. */
export interface WeightedChoice {
  index(fraction: number): number;
}

/** A bisection over the running sums: exact for any weights, log2(n) steps. */
export function createWeightedChoice(weights: readonly number[]): WeightedChoice {
  assert(weights.length > 0, 'a choice needs at least one weight');
  const sums = new Float64Array(weights.length);
  let total = 0;
  weights.forEach((weight, index) => {
    total += weight;
    sums[index] = total;
  });

  return {
    index(fraction) {
      const wanted = fraction * total;
      let low = 0;
      let high = weights.length - 1;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((sums[middle] ?? 0) > wanted) high = middle;
        else low = middle + 1;
      }
      return low;
    },
  };
}

/** Zipf's weights for `count` ranks: the second sells half as much as the first, the third a third, … */
export function zipfWeights(count: number): number[] {
  return Array.from({ length: count }, (_, rank) => 1 / (rank + 1));
}
