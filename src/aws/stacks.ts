import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ICloudAssemblySource, Toolkit } from '@aws-cdk/toolkit-lib';
import { LIFE_CYCLES, platformNames } from '../config/platform-names.ts';
import type { PlatformSettings } from '../config/platform-settings.ts';
import type {
  AppliedStack,
  ApplyRequest,
  DeployedStack,
  NotifyStacks,
  StackDrift,
  StackPlan,
  Stacks,
  SynthesizedStack,
  SynthRequest,
  Template,
} from '../platform/stacks.ts';
import type { AwsClients } from './aws-clients.ts';
import { nothingToRollBack } from './deploy-errors.ts';
import { describeStack, readTemplate } from './describe-stacks.ts';
import { planOf } from './stack-plan.ts';
import { toFailure } from './toolkit-failure.ts';
import { ToolkitHost, type ToolkitMessages } from './toolkit-host.ts';

/** How often a running deploy is asked for new events, in milliseconds. */
const EVENTS_EVERY_MS = 2000;

/** The assembly that CDK's `App.synth` gives, as far as this adapter reads it. */
interface AssemblyLike {
  readonly stacks: readonly {
    readonly stackName: string;
    readonly template: unknown;
    readonly dependencies: readonly { readonly id: string }[];
  }[];
}

export interface AwsStacksInput {
  readonly settings: PlatformSettings;
  readonly clients: AwsClients;
  readonly profile: string | undefined;
  /** Makes the CDK app; the one place that loads infra/ and CDK. */
  readonly buildApp: (input: {
    readonly outdir: string;
    readonly checks: boolean;
  }) => Promise<{ synth(): unknown }>;
  readonly eventsEveryMs?: number;
}

/** The stacks of one environment on AWS, driven by CDK's toolkit inside this process. */
export function openAwsStacks(input: AwsStacksInput): Stacks {
  const names = platformNames(input.settings);
  const ordered = LIFE_CYCLES.map((life) => names.stack(life));
  /** An operator may say `network` for `staging-…-network`. */
  const named = (given: readonly string[] | undefined) =>
    given === undefined
      ? ordered
      : ordered.filter((name, index) => given.includes(name) || given.includes(LIFE_CYCLES[index] ?? ''));
  return {
    synth: (request) => synth(input, request),
    describe: () => describeAll(input, ordered),
    plan: (stacks) => plan(input, named(stacks)),
    apply: (request, notify) => apply(input, request, notify),
    rollback: (stacks, notify) => rollback(input, named(stacks), notify),
    delete: (stacks, notify) => remove(input, stacks, notify),
    drift: (stacks) => drift(input, named(stacks)),
  };
}

async function synth(input: AwsStacksInput, request: SynthRequest): Promise<SynthesizedStack[]> {
  return inFolder(request.outputFolder, async (outdir) => {
    try {
      const app = await input.buildApp({ outdir, checks: request.checks });
      const assembly = app.synth() as AssemblyLike;
      const own = new Set(assembly.stacks.map((stack) => stack.stackName));
      return assembly.stacks.map((stack) => ({
        name: stack.stackName,
        template: stack.template as Template,
        dependsOn: stack.dependencies.map((one) => one.id).filter((id) => own.has(id)),
      }));
    } catch (error) {
      throw toFailure(error, { ...signInOf(input), outdir });
    }
  });
}

async function describeAll(input: AwsStacksInput, names: readonly string[]): Promise<DeployedStack[]> {
  const found = await Promise.all(names.map((name) => describeStack(name, input.clients)));
  return found.filter((stack) => stack !== undefined);
}

async function plan(input: AwsStacksInput, wanted: readonly string[]): Promise<StackPlan[]> {
  const deployed = new Set((await describeAll(input, wanted)).map((stack) => stack.stack));
  const templates = new Map(
    (await synth(input, { checks: false })).map((stack) => [stack.name, stack.template]),
  );
  const existing = wanted.filter((name) => deployed.has(name));
  const differences = existing.length === 0 ? undefined : await difference(input, existing);
  return Promise.all(
    wanted.map(async (stack) => {
      const template = templates.get(stack);
      if (template === undefined) throw new Error(`bug: ${stack} was not synthesized`);
      const deployedTemplate = deployed.has(stack) ? await readTemplate(stack, input.clients) : undefined;
      return planOf({ stack, template, deployedTemplate, difference: differences?.get(stack) });
    }),
  );
}

/** Differences as the toolkit sees them, with the words it shows people. */
async function difference(input: AwsStacksInput, stacks: readonly string[]) {
  return withToolkit(input, {}, async ({ toolkit, source, host, lib }) => {
    const diffs = await toolkit.diff(source, {
      stacks: select(lib, stacks),
      method: lib.DiffMethod.TemplateOnly(),
    });
    const byName = new Map(host.diffs.map((one) => [one.stack.stackName, one]));
    return new Map(
      Object.entries(diffs).map(([path, diff]) => {
        const name = path.split(' ')[0] ?? path;
        return [name, { diff, message: byName.get(name) }] as const;
      }),
    );
  });
}

async function apply(
  input: AwsStacksInput,
  request: ApplyRequest,
  notify: NotifyStacks,
): Promise<AppliedStack[]> {
  const before = new Map((await describeAll(input, request.stacks)).map((one) => [one.stack, one.status]));
  const consent = { deploy: new Set(request.stacks), rollBackFirst: true };
  let events = 0;
  const counting: NotifyStacks = (progress) => {
    events += progress.stack === 'files' ? 0 : 1;
    notify(progress);
  };
  return withToolkit(input, { notify: counting, consent }, async ({ toolkit, source, lib }) => {
    const applied: AppliedStack[] = [];
    for (const stack of request.stacks) {
      const eventsBefore = events;
      const result = await toolkit.deploy(source, {
        stacks: select(lib, [stack]),
        deploymentMethod: { method: 'change-set' },
        parameters: lib.StackParameters.withExisting({ ...request.parameters[stack] }),
        stackEventPollingInterval: input.eventsEveryMs ?? EVENTS_EVERY_MS,
      });
      const changed = events > eventsBefore || !before.has(stack);
      for (const one of result.stacks) applied.push({ stack, changed, outputs: one.outputs });
    }
    return applied;
  });
}

async function rollback(
  input: AwsStacksInput,
  stacks: readonly string[],
  notify: NotifyStacks,
): Promise<string[]> {
  const stuck = (await describeAll(input, stacks)).filter((one) => one.status.endsWith('_FAILED'));
  if (stuck.length === 0) throw nothingToRollBack(stacks);
  return withToolkit(
    input,
    { notify, consent: { rollBackFirst: true } },
    async ({ toolkit, source, lib }) => {
      const result = await toolkit.rollback(source, {
        stacks: select(
          lib,
          stuck.map((one) => one.stack),
        ),
      });
      return result.stacks.filter((one) => one.result === 'rolled-back').map((one) => one.stackName);
    },
  );
}

async function remove(input: AwsStacksInput, stacks: readonly string[], notify: NotifyStacks): Promise<void> {
  await withToolkit(input, { notify, consent: { destroy: true } }, async ({ toolkit, source, lib }) => {
    await toolkit.destroy(source, {
      stacks: select(lib, stacks),
      stackEventPollingInterval: input.eventsEveryMs ?? EVENTS_EVERY_MS,
    });
  });
}

async function drift(input: AwsStacksInput, wanted: readonly string[]): Promise<StackDrift[]> {
  const deployed = new Set((await describeAll(input, wanted)).map((stack) => stack.stack));
  const stacks = wanted.filter((name) => deployed.has(name));
  const found =
    stacks.length === 0
      ? {}
      : await withToolkit(input, {}, ({ toolkit, source, lib }) =>
          toolkit.drift(source, { stacks: select(lib, stacks) }),
        );
  return wanted.map((stack) => {
    const result = Object.entries(found).find(([name]) => name.split(' ')[0] === stack)?.[1];
    if (result === undefined) return { stack, state: 'not deployed', drifted: 0, unchecked: 0, text: '' };
    const { modified = '', deleted = '' } = result.formattedDrift;
    return {
      stack,
      state: result.numResourcesWithDrift > 0 ? 'drifted' : 'in sync',
      drifted: result.numResourcesWithDrift,
      unchecked: result.numResourcesUnchecked,
      text: `${modified}${deleted}`,
    };
  });
}

type ToolkitLibrary = typeof import('@aws-cdk/toolkit-lib');

interface OpenToolkit {
  readonly toolkit: Toolkit;
  readonly source: ICloudAssemblySource;
  readonly host: ToolkitHost;
  readonly lib: ToolkitLibrary;
}

/** Loads the toolkit, synthesizes once, and turns what it throws into failures. */
async function withToolkit<T>(
  input: AwsStacksInput,
  messages: ToolkitMessages,
  use: (open: OpenToolkit) => Promise<T>,
): Promise<T> {
  const lib = await import('@aws-cdk/toolkit-lib');
  const host = new ToolkitHost(messages);
  return inFolder(undefined, async (outdir) => {
    try {
      const toolkit = new lib.Toolkit({
        ioHost: host,
        color: false,
        emojis: false,
        sdkConfig: { baseCredentials: lib.BaseCredentials.awsCliCompatible(awsCli(input)) },
      });
      const source = await toolkit.fromAssemblyBuilder(
        async () => (await input.buildApp({ outdir, checks: false })).synth() as never,
        // Synth must neither ask AWS for anything nor change this process's environment.
        { outdir, lookups: false, resolveDefaultEnvironment: false, clobberEnv: false },
      );
      const cached = await toolkit.synth(source);
      try {
        return await use({ toolkit, source: cached, host, lib });
      } finally {
        await cached.dispose();
      }
    } catch (error) {
      throw toFailure(error, { ...signInOf(input), outdir, failed: host.failed });
    }
  });
}

function select(lib: ToolkitLibrary, patterns: readonly string[]) {
  return {
    strategy: lib.StackSelectionStrategy.PATTERN_MUST_MATCH,
    expand: lib.ExpandStackSelection.NONE,
    patterns: [...patterns],
  };
}

function awsCli({ settings, profile }: AwsStacksInput) {
  return { defaultRegion: settings.region, ...(profile === undefined ? {} : { profile }) };
}

function signInOf({ profile, clients }: AwsStacksInput) {
  return { profile, signInCommand: clients.signIn.command };
}

/** Works in a folder of its own that is removed again, or in the one that was asked for. */
async function inFolder<T>(kept: string | undefined, work: (folder: string) => Promise<T>): Promise<T> {
  if (kept !== undefined) return work(kept);
  const folder = mkdtempSync(join(tmpdir(), 'dp-stacks-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
