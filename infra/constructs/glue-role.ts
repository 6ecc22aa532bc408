import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { grant } from '../grant.ts';
import { platformOf } from '../platform-stack.ts';
import { WorkloadRole } from './workload-role.ts';

export interface GlueRoleProps {
  readonly workload: string;
  /** Whether Glue runs it inside the VPC, through the connection. */
  readonly inVpc: boolean;
}

/** A role for one crawler or job: Glue's logs and, inside the VPC, its network interfaces. Nothing of the managed policy. */
export class GlueRole extends Construct {
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: GlueRoleProps) {
    super(scope, id);
    this.role = new WorkloadRole(this, 'identity', { workload: props.workload, service: 'glue' }).role;
    grant(this.role, {
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:AssociateKmsKey'],
      resources: [platformOf(this).arnOf('logs', 'log-group:/aws-glue/*')],
      because: 'Glue chooses the names of its log groups below /aws-glue.',
    });
    grant(this.role, {
      actions: ['glue:GetSecurityConfiguration'],
      resources: ['*'],
      because: 'Reading a security configuration and describing the network take only * as their resource.',
    });
    if (props.inVpc) this.#allowNetwork();
  }

  /** Glue makes an interface per worker in the connection's subnet, tags it, and removes only what it tagged. */
  #allowNetwork(): void {
    grant(this.role, {
      actions: [
        'ec2:DescribeVpcs',
        'ec2:DescribeSubnets',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeVpcEndpoints',
        'ec2:DescribeRouteTables',
        'ec2:DescribeVpcAttribute',
        'ec2:DescribeNetworkInterfaces',
        'ec2:CreateNetworkInterface',
      ],
      resources: ['*'],
      because: 'Reading a security configuration and describing the network take only * as their resource.',
    });
    const interfaces = platformOf(this).arnOf('ec2', 'network-interface/*');
    const because =
      'The interfaces do not exist before Glue makes them; the tag condition narrows what it may do.';
    grant(this.role, {
      actions: ['ec2:CreateTags', 'ec2:DeleteTags'],
      resources: [interfaces],
      conditions: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['aws-glue-service-resource'] } },
      because,
    });
    grant(this.role, {
      actions: ['ec2:DeleteNetworkInterface'],
      resources: [interfaces],
      conditions: { StringLike: { 'aws:ResourceTag/aws-glue-service-resource': '*' } },
      because,
    });
  }
}
