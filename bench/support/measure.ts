import { spawnSync } from 'node:child_process';

/** Runs a command to its end and gives the milliseconds it took. Throws with its words when it fails. */
export function timeCommand(
  command: readonly [string, ...string[]],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): number {
  const [program, ...args] = command;
  const started = performance.now();
  const ended = spawnSync(program, args, {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  });
  const wallMs = performance.now() - started;
  if (ended.status !== 0) throw new Error(`${command.join(' ')} ended with ${ended.status}: ${ended.stderr}`);
  return wallMs;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Runs several things in turn, A B C A B C …, so that a slow moment of the machine hits all of them; gives each one's times. */
export async function interleave<K extends string>(
  rounds: number,
  things: Readonly<Record<K, () => Promise<number> | number>>,
): Promise<Record<K, number[]>> {
  const names = Object.keys(things) as K[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) times[name].push(await things[name]());
  }
  return times;
}

/** Prints a line a thing: its median, its least, and its ratio to the yardstick's median. */
export function printRatios(times: Readonly<Record<string, readonly number[]>>, yardstick: string): void {
  const unit = median(times[yardstick] ?? []);
  for (const [name, values] of Object.entries(times)) {
    const middle = median(values);
    console.log(
      `${name.padEnd(34)} ${middle.toFixed(1).padStart(10)} ms median ${Math.min(...values)
        .toFixed(1)
        .padStart(10)} ms least ${(middle / unit).toFixed(2).padStart(8)} ×`,
    );
  }
}
