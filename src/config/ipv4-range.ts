/** A block of IPv4 addresses. `first` and `last` are the addresses as 32-bit numbers. */
export interface Ipv4Range {
  readonly first: number;
  readonly last: number;
  readonly prefixBits: number;
}

/** Reads `10.0.1.0/24`. Gives undefined for anything else, also when the address is not the first of its block. */
export function parseIpv4Range(text: string): Ipv4Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [a = 256, b = 256, c = 256, d = 256, prefixBits = 33] = match.slice(1).map(Number);
  if (Math.max(a, b, c, d) > 255 || prefixBits > 32) return undefined;
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - prefixBits);
  if (first % size !== 0) return undefined;
  return { first, last: first + size - 1, prefixBits };
}

export function rangesOverlap(one: Ipv4Range, other: Ipv4Range): boolean {
  return one.first <= other.last && other.first <= one.last;
}
