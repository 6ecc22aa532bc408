import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { StackPlan, Stacks } from '../platform/stacks.ts';
import { estimateCost } from './estimate-cost.ts';

/** What a plan file says of each stack: enough to know later that the same deploy is meant. */
export interface SavedPlan {
  readonly version: 1;
  readonly environment: string;
  readonly stacks: readonly {
    readonly stack: string;
    readonly template: string;
    readonly deployed: string;
  }[];
}

export interface MonthlyChange {
  readonly before: number;
  readonly after: number;
}

export interface PlanDeployResult {
  readonly environment: string;
  readonly changed: boolean;
  readonly stacks: readonly Omit<StackPlan, 'template' | 'deployedTemplate'>[];
  /** US dollars a month, by the price list in dp. */
  readonly monthlyUsd: MonthlyChange;
}

/** Compares the platform as described with the platform as deployed, and writes a plan file when asked. */
export async function planDeploy(
  input: { readonly environment: string; readonly stacks?: readonly string[]; readonly planFile?: string },
  deps: { readonly stacks: Stacks },
): Promise<PlanDeployResult> {
  const plans = await deps.stacks.plan(input.stacks);
  if (input.planFile !== undefined) savePlan(input.planFile, input.environment, plans);
  return {
    environment: input.environment,
    changed: plans.some((plan) => plan.state !== 'unchanged'),
    stacks: plans.map(({ template: _, deployedTemplate: __, ...shown }) => shown),
    monthlyUsd: monthlyChange(plans),
  };
}

/** What a month of these stacks costs now and after the deploy. */
export function monthlyChange(plans: readonly StackPlan[]): MonthlyChange {
  const deployed = plans.flatMap((plan) => plan.deployedTemplate ?? []);
  return {
    before: estimateCost(deployed).monthlyUsd,
    after: estimateCost(plans.map((plan) => plan.template)).monthlyUsd,
  };
}

/** Why a saved plan is not what these plans would do, or undefined when it is. */
export function differenceToSaved(
  path: string,
  now: { readonly environment: string; readonly plans: readonly StackPlan[] },
): string | undefined {
  const saved = JSON.parse(readFileSync(path, 'utf8')) as SavedPlan;
  if (saved.version !== 1) return 'it was written by another version of dp';
  if (saved.environment !== now.environment) return `it is for ${saved.environment}`;
  for (const plan of changing(now.plans)) {
    const before = saved.stacks.find((one) => one.stack === plan.stack);
    if (before === undefined) return `${plan.stack} would change, and was not in it`;
    if (before.template !== digestOf(plan.template)) return `the template of ${plan.stack} has changed since`;
    if (before.deployed !== digestOf(plan.deployedTemplate))
      return `${plan.stack} was deployed by somebody since`;
  }
  return undefined;
}

function savePlan(path: string, environment: string, plans: readonly StackPlan[]): void {
  const saved: SavedPlan = {
    version: 1,
    environment,
    stacks: changing(plans).map((plan) => ({
      stack: plan.stack,
      template: digestOf(plan.template),
      deployed: digestOf(plan.deployedTemplate),
    })),
  };
  writeFileSync(path, `${JSON.stringify(saved, undefined, 2)}\n`);
}

function changing(plans: readonly StackPlan[]): StackPlan[] {
  return plans.filter((plan) => plan.state !== 'unchanged');
}

function digestOf(template: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(template) ?? 'none')
    .digest('hex');
}
