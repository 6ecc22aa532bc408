import { platformNames } from '../config/platform-names.ts';
import type { PlatformSettings } from '../config/platform-settings.ts';
import type {
  DeployRequest,
  DeployResult,
  Lifecycle,
  LifecycleEvent,
  MigrateResult,
  SeedResult,
} from '../platform/lifecycle.ts';
import type { NotifyStacks, StackPlan, Stacks } from '../platform/stacks.ts';
import type { DeployChecks } from './deploy-checks.ts';
import { deployAborted, imageMissing, isProtectedEnvironment, notByLifecycle } from './deploy-errors.ts';

/** Types whose replacement loses what is in them. */
const HOLDS_DATA = new Set(['AWS::RDS::DBCluster', 'AWS::S3::Bucket']);

/** The order from nothing: what an image is pushed to, the image, the database, its users, and what uses them. */
const BEFORE_THE_IMAGE = ['network', 'storage', 'registry', 'database', 'pipeline'] as const;
const WITH_THE_IMAGE = ['api', 'ops'] as const;
/** What logs in to the database, or watches what does. */
const AFTER_THE_USERS = ['api', 'pipeline', 'ops'] as const;

export interface AwsLifecycleDeps {
  readonly stacks: Stacks;
  readonly checks: DeployChecks;
  /** Puts MySQL's driver where the crawler looks for it; says what it did. */
  readonly uploadDriver: () => Promise<string>;
  /** Creates the users of a new database; says what it did. */
  readonly initializeUsers: () => Promise<string[]>;
  /** Brings the shop's tables up to date, as admin through a tunnel. */
  readonly migrate: () => Promise<MigrateResult>;
  /** Empties a bucket, all versions; gives the number of objects. */
  readonly emptyBucket: (name: string) => Promise<number>;
}

/** Makes, changes and ends one environment on AWS. Safe to interrupt and to run again: each stack is whole or rolled back. */
export function openAwsLifecycle(settings: PlatformSettings, deps: AwsLifecycleDeps): Lifecycle {
  return {
    isDeployed: async () => (await deps.stacks.describe()).length > 0,
    deploy: (request, notify) => deploy(settings, deps, { request, notify }),
    destroy: (notify) => destroy(settings, deps, notify),
    initializeUsers: deps.initializeUsers,
    migrate: deps.migrate,
    seed: (): Promise<SeedResult> => Promise.reject(notByLifecycle('Seeding', settings.environment)),
  };
}

/** Makes the CDK app of an environment. The only line that loads infra/ and CDK, and only when a deploy needs it. */
export async function buildApp(input: {
  readonly settings: PlatformSettings;
  readonly packageRoot: string;
  readonly outdir: string;
  readonly checks: boolean;
}): Promise<{ synth(): unknown }> {
  const { buildPlatformApp } = await import('../../infra/app.ts');
  return buildPlatformApp(input);
}

interface Deploying {
  readonly request: DeployRequest;
  readonly notify: (event: LifecycleEvent) => void;
}

async function deploy(
  settings: PlatformSettings,
  deps: AwsLifecycleDeps,
  { request, notify }: Deploying,
): Promise<DeployResult> {
  const names = platformNames(settings);
  const image = settings.api.imageDigest;
  const life = [...BEFORE_THE_IMAGE, ...(image === undefined ? [] : WITH_THE_IMAGE)];
  const asked = life.filter((one) => request.stacks === undefined || request.stacks.includes(one));
  notify({ step: 'checks', state: 'started', message: 'Checking account, bootstrap, network and image' });
  for (const message of await deps.checks(settings)) notify({ step: 'checks', state: 'note', message });
  notify({ step: 'checks', state: 'done', message: 'Ready to deploy' });
  const wanted = asked.map((one) => names.stack(one));
  const plans = await deps.stacks.plan(wanted);
  const changing = plans.filter((plan) => plan.state !== 'unchanged');
  if (changing.length > 0) {
    if (request.approve === undefined) throw deployAborted(`Deploying ${settings.environment}`);
    await request.approve({
      environment: settings.environment,
      plans: changing,
      losing: losing(changing),
    });
  }
  const stacks = changing.map((plan) => plan.stack);
  const afterUsers = new Set(AFTER_THE_USERS.map((one) => names.stack(one)));
  const apply = (some: readonly string[]) => applyInOrder(deps.stacks, { stacks: some, request, notify });
  const outputs = await apply(stacks.filter((stack) => !afterUsers.has(stack)));
  if (asked.includes('storage'))
    notify({ step: 'driver', state: 'note', message: await deps.uploadDriver() });
  // Also when the database did not change: an interrupted deploy may have made it, but not its users.
  if (asked.includes('database')) await makeUsers(deps, { request, notify });
  Object.assign(outputs, await apply(stacks.filter((stack) => afterUsers.has(stack))));
  if (image === undefined && request.stacks === undefined) throw imageMissing(settings.environment);
  return { changed: changing.length > 0, outputs: { ...(await outputsOf(deps.stacks)), ...outputs } };
}

async function makeUsers(deps: AwsLifecycleDeps, { request, notify }: Deploying): Promise<void> {
  request.signal?.throwIfAborted();
  notify({ step: 'users', state: 'started', message: 'Creating the logins shop_api and etl_reader' });
  for (const message of await deps.initializeUsers()) notify({ step: 'users', state: 'note', message });
  notify({ step: 'users', state: 'done', message: 'shop_api and etl_reader can log in' });
}

async function applyInOrder(
  stacks: Stacks,
  of: {
    readonly stacks: readonly string[];
    readonly request: DeployRequest;
    readonly notify: Deploying['notify'];
  },
): Promise<Record<string, string>> {
  const outputs: Record<string, string> = {};
  for (const stack of of.stacks) {
    // Between stacks everything is whole: the place to stop when the operator asked for it.
    of.request.signal?.throwIfAborted();
    of.notify({ step: stack, state: 'started', message: `Deploying ${stack}` });
    const applied = await stacks.apply({ stacks: [stack], parameters: {} }, asNotes(of.notify));
    const changed = applied.some((one) => one.changed);
    for (const one of applied) Object.assign(outputs, one.outputs);
    of.notify({ step: stack, state: changed ? 'done' : 'unchanged', message: `${stack} is up to date` });
  }
  return withoutPlumbing(outputs);
}

async function outputsOf(stacks: Stacks): Promise<Record<string, string>> {
  const all = await stacks.describe();
  return withoutPlumbing(Object.assign({}, ...all.map((one) => one.outputs)));
}

/** CDK passes values between stacks by outputs of its own, which tell an operator nothing. */
export function withoutPlumbing(outputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(outputs).filter(([name]) => !/^(PublishOutput|ExportsOutput)/.test(name)),
  );
}

async function destroy(
  settings: PlatformSettings,
  deps: AwsLifecycleDeps,
  notify: (event: LifecycleEvent) => void,
): Promise<void> {
  if (settings.operations.protect) throw isProtectedEnvironment(settings.environment);
  await deps.checks.account(settings);
  const names = platformNames(settings);
  const deployed = (await deps.stacks.describe()).map((one) => one.stack);
  if (deployed.includes(names.stack('storage'))) {
    for (const bucket of [
      names.resultsBucket,
      names.scriptsBucket,
      names.etlBucket,
      names.accessLogsBucket,
    ]) {
      const objects = await deps.emptyBucket(bucket);
      notify({ step: bucket, state: 'done', message: `Emptied ${bucket}: ${objects} objects` });
    }
  }
  await deps.stacks.delete(deployed, asNotes(notify));
}

function losing(plans: readonly StackPlan[]): string[] {
  return plans
    .flatMap((plan) => plan.changes)
    .filter(
      (change) => HOLDS_DATA.has(change.type) && ['replace', 'may replace', 'remove'].includes(change.action),
    )
    .map((change) => change.name ?? change.logicalId);
}

function asNotes(notify: (event: LifecycleEvent) => void): NotifyStacks {
  return ({ stack, message, resources }) =>
    notify({
      step: stack,
      state: 'note',
      message,
      ...(resources === undefined ? {} : { progress: { ...resources, what: 'resources' } }),
    });
}
