/** Throws when the code itself is wrong. Never for input, files, networks or services: those are failures. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`bug: ${what}`);
}
