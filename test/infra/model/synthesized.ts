import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPlatformApp } from '../../../infra/app.ts';
import { type PlatformSettings, platformSettingsOf } from '../../../src/config/platform-settings.ts';
import { PlatformModel, type Template } from './platform-model.ts';

/** A package root with a small job, so that tests of the stacks do not depend on what the real job holds. */
export const PACKAGE_ROOT = join(import.meta.dirname, '..', '..', 'fixtures', 'package-root');

export const ACCOUNT = '123456789012';
export const IMAGE_DIGEST = `sha256:${'a1'.repeat(32)}`;
const DOMAIN = { name: 'api.shop.example.com', zoneName: 'shop.example.com', hostedZoneId: 'Z0123456789ABC' };

/** Settings as an operator would write them, with everything optional filled in. */
export function settingsOf(environment: string, more: Record<string, unknown> = {}): PlatformSettings {
  return platformSettingsOf({
    environment,
    project: 'data-pipeline-sample',
    settings: {
      kind: 'aws',
      account: ACCOUNT,
      api: { domain: DOMAIN, imageDigest: IMAGE_DIGEST },
      operations: { alarmEmail: 'operators@shop.example.com' },
      ...more,
    },
  });
}

export interface Synthesized {
  readonly model: PlatformModel;
  /** What the security rules and CloudFormation's checks were told, by rule, construct and reason. */
  readonly acknowledged: readonly string[];
}

/** Synthesizes in this process, into a folder that is removed again. */
export function synthesize(settings: PlatformSettings, options: { readonly checks: boolean }): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), 'dp-infra-'));
  // CDK keeps a cache of file hashes below the home folder; tests leave none behind.
  const home = process.env.HOME;
  process.env.HOME = outdir;
  try {
    const app = buildPlatformApp({ settings, packageRoot: PACKAGE_ROOT, outdir, checks: options.checks });
    const assembly = app.synth();
    const templates = new Map<string, Template>();
    const dependencies = new Map<string, readonly string[]>();
    const protectedStacks = new Set<string>();
    for (const stack of assembly.stacks) {
      templates.set(stack.stackName, stack.template as Template);
      dependencies.set(
        stack.stackName,
        stack.dependencies.map((one) => one.id),
      );
      if (stack.terminationProtection === true) protectedStacks.add(stack.stackName);
    }
    const model = new PlatformModel(settings, { templates, dependencies, protectedStacks });
    return { model, acknowledged: acknowledgedIn(app.node.findAll()) };
  } finally {
    if (home === undefined) delete process.env.HOME;
    else process.env.HOME = home;
    rmSync(outdir, { recursive: true, force: true });
  }
}

interface ConstructLike {
  readonly node: { readonly path: string; readonly metadata: readonly { type: string; data?: unknown }[] };
}

function acknowledgedIn(constructs: readonly ConstructLike[]): string[] {
  const found: string[] = [];
  for (const { node } of constructs) {
    for (const entry of node.metadata) {
      if (entry.type !== 'aws:cdk:acknowledged-rules') continue;
      for (const [id, reason] of Object.entries(entry.data as Record<string, string>)) {
        found.push(`${node.path} | ${id} | ${typeof reason === 'string' ? reason : JSON.stringify(reason)}`);
      }
    }
  }
  return found.sort();
}

const cache = new Map<string, Synthesized>();

/** `alternating` is staging in which two users take turns at rotations. */
export type TestedEnvironment = 'staging' | 'production' | 'alternating';

/** One synth per environment and test process, without the checks, which take seconds and change no template. */
export function environmentUnderTest(environment: TestedEnvironment): Synthesized {
  const known = cache.get(environment);
  if (known !== undefined) return known;
  const settings =
    environment === 'alternating'
      ? settingsOf('staging', { database: { rotationStrategy: 'alternating-users' } })
      : settingsOf(environment);
  const made = synthesize(settings, { checks: false });
  cache.set(environment, made);
  return made;
}
