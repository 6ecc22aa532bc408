import { aws_iam as iam } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
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
    const platform = platformOf(this);
    this.role = new WorkloadRole(this, 'identity', { workload: props.workload, service: 'glue' }).role;
    const logGroups = [platform.arnOf('logs', 'log-group:/aws-glue/*')];
    this.#allow(
      ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:AssociateKmsKey'],
      logGroups,
    );
    // Glue reads the configuration by name; this action takes no resource.
    this.#allow(['glue:GetSecurityConfiguration'], ['*']);
    acknowledge(
      this.role,
      'AwsSolutions-IAM5[Resource::*]',
      'Reading a security configuration and describing the network take only * as their resource.',
    );
    acknowledge(
      this.role,
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:${platform.region}:${platform.account}:log-group:/aws-glue/*]`,
      'Glue chooses the names of its log groups below /aws-glue.',
    );
    if (props.inVpc) this.#allowNetwork();
  }

  /** Glue makes an interface per worker in the connection's subnet, tags it, and removes only what it tagged. */
  #allowNetwork(): void {
    this.#allow(
      [
        'ec2:DescribeVpcs',
        'ec2:DescribeSubnets',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeVpcEndpoints',
        'ec2:DescribeRouteTables',
        'ec2:DescribeVpcAttribute',
        'ec2:DescribeNetworkInterfaces',
        'ec2:CreateNetworkInterface',
      ],
      ['*'],
    );
    const platform = platformOf(this);
    this.role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['ec2:CreateTags', 'ec2:DeleteTags'],
        resources: [platform.arnOf('ec2', 'network-interface/*')],
        conditions: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['aws-glue-service-resource'] } },
      }),
    );
    this.role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['ec2:DeleteNetworkInterface'],
        resources: ['*'],
        conditions: { StringLike: { 'aws:ResourceTag/aws-glue-service-resource': '*' } },
      }),
    );
    acknowledge(
      this.role,
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:${platform.region}:${platform.account}:network-interface/*]`,
      'The interfaces do not exist before Glue makes them; the tag condition narrows what it may do.',
    );
  }

  #allow(actions: string[], resources: string[]): void {
    this.role.addToPolicy(new iam.PolicyStatement({ actions, resources }));
  }
}
