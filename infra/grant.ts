import * as iam from 'aws-cdk-lib/aws-iam';
import { acknowledge } from './acknowledge.ts';

export interface Grant {
  readonly actions: readonly string[];
  /** ARNs, or patterns of ARNs when `because` says why they cannot be narrower. */
  readonly resources: readonly string[];
  readonly because?: string;
  readonly conditions?: Readonly<Record<string, unknown>>;
}

/**
 * Adds rights to a role or policy. A pattern among the resources needs a reason, which answers the security rule that
 * finds it and stands in test/infra/acknowledged-findings.json.
 */
export function grant(
  to: iam.Role | iam.ManagedPolicy,
  { actions, resources, because, conditions }: Grant,
): void {
  const statement = new iam.PolicyStatement({
    actions: [...actions],
    resources: [...resources],
    ...(conditions === undefined ? {} : { conditions: { ...conditions } }),
  });
  if (to instanceof iam.Role) to.addToPolicy(statement);
  else to.addStatements(statement);
  for (const resource of resources) {
    if (!resource.includes('*')) continue;
    if (because === undefined)
      throw new Error(`bug: ${actions[0]} on ${resource} is granted without a reason`);
    acknowledge(to, `AwsSolutions-IAM5[Resource::${shown(resource)}]`, because);
  }
}

/** The rule writes policy variables such as `${aws:userid}` in its own way. */
function shown(resource: string): string {
  return resource.replaceAll(/\$\{([^}]+)\}/g, '<$1>');
}
