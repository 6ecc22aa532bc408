import { RAISED } from '../plan/bound.ts';
import { type Scalar, scalar } from './scalar.ts';

/**
 * The most rows of which Trino's digest depends on their values alone: it keeps so many before it first merges
 * them, so that up to here neither their order nor the files they come from matter.
 */
export const DIGEST_ROWS_MAX = 1260;

/** Trino's approx_percentile of doubles and reals, from their sorted values. */
export const DIGEST_SCALARS: readonly Scalar[] = [
  scalar('dp_digest_value', ['DOUBLE[]', 'DOUBLE'], 'DOUBLE', (sorted, share) =>
    valueAt(merged(sorted), share, sorted),
  ),
];

interface Cluster {
  readonly mean: number;
  readonly weight: number;
}

/** How many clusters a t-digest may have, more or less. */
const COMPRESSION = 100;

/** Neighbours in clusters that may hold more the nearer they are to the middle. */
function merged(sorted: readonly number[]): Cluster[] {
  const total = sorted.length;
  if (sorted.some((value) => !Number.isFinite(value)))
    throw new Error(`${RAISED}approx_percentile takes finite numbers only`);
  const normalizer = COMPRESSION / (4 * Math.log(total / COMPRESSION) + 24);
  const sizeMax = (share: number): number => (total * share * (1 - share)) / normalizer;
  const clusters: Cluster[] = [];
  let before = 0;
  let [mean = 0] = sorted;
  let weight = 1;
  for (const value of sorted.slice(1)) {
    const after = Math.min((before + weight + 1) / total, 1);
    if (weight + 1 <= Math.min(sizeMax(before / total), sizeMax(after))) {
      weight += 1;
      mean += (value - mean) / weight;
      continue;
    }
    clusters.push({ mean, weight });
    before += weight;
    [mean, weight] = [value, 1];
  }
  return [...clusters, { mean, weight }];
}

/** The value with this share of all below it, between the middles of the two clusters around it. */
function valueAt(clusters: readonly Cluster[], share: number, sorted: readonly number[]): number {
  const [least = Number.NaN, greatest = least] = [sorted[0], sorted.at(-1)];
  const offset = share * sorted.length;
  if (clusters.length === 1) return clusters[0]?.mean ?? least;
  if (offset < 1) return least;
  if (offset >= sorted.length - 1) return greatest;
  let middle = 0;
  for (const [index, left] of clusters.entries()) {
    const right = clusters[index + 1];
    if (right === undefined) break;
    if (index === 0) middle = left.weight / 2;
    const distance = (left.weight + right.weight) / 2;
    if (middle + distance > offset) return between(left, right, offset - middle);
    middle += distance;
  }
  return greatest;
}

/** A cluster of one value is that value as far as it reaches. */
function between(left: Cluster, right: Cluster, beyond: number): number {
  const reach = left.weight / 2;
  if (left.weight === 1 && beyond < reach) return left.mean;
  if (right.weight === 1 && beyond >= reach) return right.mean;
  const rise = right.mean - left.mean;
  if (left.weight === 1) return left.mean + ((beyond - reach) / (right.weight / 2)) * rise;
  if (right.weight === 1) return left.mean + (beyond / reach) * rise;
  return left.mean + (beyond / (reach + right.weight / 2)) * rise;
}
