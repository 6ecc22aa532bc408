import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { grant } from '../grant.ts';
import { platformOf } from '../platform-stack.ts';

export const SHOP_USER = 'shop_api';

/**
 * The right to log in as `shop_api`, by IAM. It lives with the database, which alone knows the id that IAM names its
 * users by; the API's role takes it by name.
 */
export class ShopLogin extends Construct {
  constructor(scope: Construct, id: string, props: { readonly resourceId: string }) {
    super(scope, id);
    const policy = new iam.ManagedPolicy(this, 'policy', {
      managedPolicyName: platformOf(this).names.shopLoginPolicy,
      description: 'Log in to the shop database as shop_api',
    });
    grant(policy, {
      actions: ['rds-db:connect'],
      resources: [databaseUserArn(this, props.resourceId, SHOP_USER)],
    });
  }

  /** The policy as another stack attaches it. */
  use(scope: Construct): iam.IManagedPolicy {
    return iam.ManagedPolicy.fromManagedPolicyName(
      scope,
      'shop-login',
      platformOf(this).names.shopLoginPolicy,
    );
  }
}

/** `arn:…:dbuser:<resource id>/<user>`: one user of one cluster or proxy, as `rds-db:connect` takes it. */
export function databaseUserArn(scope: Construct, resourceId: string, user: string): string {
  return platformOf(scope).arnOf('rds-db', `dbuser:${resourceId}/${user}`);
}
