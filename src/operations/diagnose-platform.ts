import type { Hop, Light } from '../platform/hops.ts';
import type { Platform } from '../platform/platform.ts';
import { assert } from '../std/assert.ts';
import { cloudHops } from './cloud-hops.ts';
import { openEtl } from './open-etl.ts';
import { platformHops } from './platform-hops.ts';
import { type CheckedHop, runHops } from './run-hops.ts';

/** Raised when a key of the report changes its meaning. Keys may be added without. */
const REPORT_VERSION = 1;
const CONFIG_LIMIT_MS = 2_000;

export interface DiagnosePlatformInput {
  /** Repair what can be repaired without losing anything. */
  readonly fix: boolean;
  /** Only what is quick and costs nothing. @default false */
  readonly hint?: boolean;
}

export interface DiagnosePlatformDeps {
  /** Reads the configuration and opens the platform; throws when there is something wrong with it. */
  readonly open: () => Promise<{ readonly platform: Platform; readonly lakeDatabase: string }>;
  readonly nowMs: () => number;
  /** Looking stops when it fires; a repair under way goes on. */
  readonly signal?: AbortSignal;
  /** Called for each hop as it is known. */
  readonly checked?: (hop: CheckedHop) => void;
  /** How many hops have been looked at. */
  readonly looked?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Called before a hop is repaired, which may take minutes: a rotation under way is waited for. */
  readonly repairing?: (hop: string) => void;
}

export interface Diagnosis {
  readonly version: typeof REPORT_VERSION;
  /** The worst light of all hops. */
  readonly light: Exclude<Light, 'skipped'>;
  /** The first hop that is broken by itself; null when none is. */
  readonly broken: string | null;
  readonly hops: readonly CheckedHop[];
  /** What --fix did, one sentence each. */
  readonly repaired: readonly string[];
}

/** Looks at everything the platform needs, in the order of the way to it. With `fix`, repairs what it safely can and looks again. */
export async function diagnosePlatform(
  { fix, hint = false }: DiagnosePlatformInput,
  deps: DiagnosePlatformDeps,
): Promise<Diagnosis> {
  const all = await openHops(deps);
  const hops = hint ? all.filter(({ isNoHint }) => isNoHint !== true) : all;
  let done = 0;
  const { nowMs, signal } = deps;
  const look = (checked?: (hop: CheckedHop) => void): Promise<CheckedHop[]> =>
    runHops(hops, { nowMs, ...(signal && { signal }), ...(checked && { checked }) });
  const found = await look((hop) => {
    deps.looked?.({ done: ++done, total: hops.length });
    if (!fix) deps.checked?.(hop);
  });
  if (!fix) return diagnosisOf(found, []);
  const repaired: string[] = [];
  let now = found;
  // One hop at a time: repairing the first that is broken may be all that those behind it need.
  for (const hop of hops) {
    const light = now.find(({ name }) => name === hop.name)?.light;
    if (hop.repair === undefined || light === 'green' || light === 'skipped') continue;
    deps.repairing?.(hop.name);
    try {
      repaired.push(`${hop.name}: ${await hop.repair()}`);
    } catch {
      // What it could not repair is still broken, and says why when it is looked at again.
    }
    now = await look();
  }
  for (const hop of now) deps.checked?.(hop);
  return diagnosisOf(now, repaired);
}

/** The first hop: without configuration there is nothing to look at. */
async function openHops(deps: DiagnosePlatformDeps): Promise<Hop[]> {
  const opened = deps.open();
  opened.catch(() => undefined);
  const config: Hop = {
    name: 'config',
    needs: [],
    timeLimitMs: CONFIG_LIMIT_MS,
    check: async () => {
      const { platform } = await opened;
      return { light: 'green', reason: `the environment is ${platform.environment}` };
    },
  };
  const known = await opened.catch(() => undefined);
  if (known === undefined) return [config];
  const { platform, lakeDatabase } = known;
  let etl: ReturnType<typeof openEtl> | undefined;
  const openOnce = (): ReturnType<typeof openEtl> => {
    etl ??= openEtl(platform, { lakeDatabase });
    return etl;
  };
  const own = await platform.hops();
  const input = { platform, lakeDatabase, openEtl: openOnce };
  const hops = [config, ...(own.length === 0 ? platformHops(input) : cloudHops(input, own))];
  const names = hops.map(({ name }) => name);
  for (const { name, needs } of hops) {
    const before = names.slice(0, names.indexOf(name));
    assert(
      needs.every((need) => before.includes(need)),
      `${name} needs hops that stand before it`,
    );
  }
  return hops;
}

function diagnosisOf(hops: readonly CheckedHop[], repaired: readonly string[]): Diagnosis {
  const lights = hops.map(({ light }) => light);
  const light = lights.includes('red') ? 'red' : lights.includes('yellow') ? 'yellow' : 'green';
  const broken = hops.find((hop) => hop.light === 'red')?.name ?? null;
  return { version: REPORT_VERSION, light, broken, hops, repaired };
}
