// The chain of an environment on AWS as `dp doctor` looks at it, and what a test wants of it.
import assert from 'node:assert/strict';
import { type Diagnosis, diagnosePlatform } from '../../src/operations/diagnose-platform.ts';
import type { CheckedHop } from '../../src/operations/run-hops.ts';
import type { Platform } from '../../src/platform/platform.ts';

export interface DiagnoseHow {
  /** Without what opens a tunnel or runs a query. @default true */
  readonly hint?: boolean;
  /** @default false */
  readonly fix?: boolean;
}

type Open = () => { readonly platform: Platform; readonly lakeDatabase: string };

export async function diagnose(
  open: Open,
  { hint = true, fix = false }: DiagnoseHow = {},
): Promise<Diagnosis> {
  const opened = open();
  await using _platform = opened.platform;
  return await diagnosePlatform({ fix, hint }, { open: async () => opened, nowMs: () => performance.now() });
}

/** Asserts that this hop, and none before it, is broken, for this reason, with a command that fixes it. */
export function assertBroken({ hops, broken, light }: Diagnosis, name: string, reason: RegExp): CheckedHop {
  const hop = hopOf({ hops }, name);
  assert.equal(hop.light, 'red', troubleIn({ hops }));
  assert.equal(broken, name, troubleIn({ hops }));
  assert.equal(light, 'red');
  assert.match(hop.reason, reason);
  assert.ok(hop.command);
  return hop;
}

export function hopOf({ hops }: Pick<Diagnosis, 'hops'>, name: string): CheckedHop {
  const hop = hops.find((one) => one.name === name);
  assert.ok(hop, `there is a hop ${name}`);
  return hop;
}

/** For a failed assertion: what is not green. */
export function troubleIn({ hops }: Pick<Diagnosis, 'hops'>): string {
  const bad = hops.filter(({ light }) => light !== 'green' && light !== 'skipped');
  return bad.map(({ name, light, reason }) => `${name} is ${light}: ${reason}`).join('\n');
}
