import { differenceToSaved, monthlyChange } from '../operations/plan-deploy.ts';
import type { ApproveDeploy, DeployProposal } from '../platform/lifecycle.ts';
import { planOutdated } from './errors.ts';
import { formatPlans } from './format/stack-plans.ts';
import { confirmByName, confirmMild, type PromptSettings } from './prompts.ts';

export interface ApproveDeployOptions {
  readonly prompts: PromptSettings;
  /** `--confirm NAME`, for what would be lost. */
  readonly confirm: string | undefined;
  /** `--plan FILE`: what was reviewed before, and needs no second question. */
  readonly planFile: string | undefined;
  readonly show: (text: string) => void;
}

/** Shows what a deploy would do, broader rights and the monthly difference among it, and asks. */
export function approveDeploy(options: ApproveDeployOptions): ApproveDeploy {
  return async (proposal: DeployProposal) => {
    const { environment, plans, losing } = proposal;
    options.show(formatPlans(plans, monthlyChange(plans)));
    if (options.planFile !== undefined) {
      const outdated = differenceToSaved(options.planFile, { environment, plans });
      if (outdated !== undefined) throw planOutdated(options.planFile, outdated);
    }
    for (const name of losing) {
      const what = `Deploying ${environment} replaces or removes ${name}, with what is in it`;
      await confirmByName({ what, name, given: options.confirm }, options.prompts);
    }
    if (options.planFile === undefined && losing.length === 0) {
      await confirmMild(`Deploy ${plans.length} stacks to ${environment}`, options.prompts);
    }
  };
}
