import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { nameOf } from '../../src/config/naming.ts';
import { grant } from '../grant.ts';
import { OPERATOR_GROUPS, type OperatorGroup, operatorStatements } from '../operator-permissions.ts';
import { platformOf } from '../platform-stack.ts';

const DESCRIPTIONS: Readonly<Record<OperatorGroup, string>> = {
  analyst: 'dp query and dp catalog: read the lake, nothing else',
  operator: 'dp etl, db tunnel, crawler, job, secrets, status, logs, doctor',
  deployer: 'dp deploy, diff, drift, destroy, image, db init: acts through the roles of CDK',
};

/** Policies for the people who work with dp, made from one table. Attach them to roles or permission sets. */
export class OperatorPolicies extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { settings, names } = platformOf(this);
    for (const group of OPERATOR_GROUPS) {
      const policy = new iam.ManagedPolicy(this, group, {
        managedPolicyName: nameOf(settings, 'policy', group),
        description: DESCRIPTIONS[group],
      });
      for (const permission of operatorStatements(group, { settings, names })) grant(policy, permission);
    }
  }
}
