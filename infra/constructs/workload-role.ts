import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { nameOf } from '../../src/config/naming.ts';
import { platformOf } from '../platform-stack.ts';

/** Services that pass `aws:SourceAccount` when they take a role; on the others the condition would lock them out. */
const SERVICES_THAT_SAY_FOR_WHOM = new Set(['vpc-flow-logs', 'scheduler', 'glue', 'backup']);

export interface WorkloadRoleProps {
  /** What the role is for: the last part of its name. */
  readonly workload: string;
  /** The service that takes it: `lambda` for lambda.amazonaws.com. */
  readonly service: string;
}

/** One narrow role per workload. It starts with no rights; the owners of resources grant them. */
export class WorkloadRole extends Construct {
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: WorkloadRoleProps) {
    super(scope, id);
    const { settings } = platformOf(this);
    const principal = new iam.ServicePrincipal(`${props.service}.amazonaws.com`);
    this.role = new iam.Role(this, 'role', {
      roleName: nameOf(settings, 'role', props.workload),
      assumedBy: SERVICES_THAT_SAY_FOR_WHOM.has(props.service)
        ? principal.withConditions({ StringEquals: { 'aws:SourceAccount': settings.account } })
        : principal,
    });
  }
}
