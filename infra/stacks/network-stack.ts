import { type App, CfnOutput } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { PlatformSettings } from '../../src/config/platform-settings.ts';
import { Bastion } from '../constructs/bastion.ts';
import { FlowLog } from '../constructs/flow-log.ts';
import { PlatformVpc } from '../constructs/platform-vpc.ts';
import { SecurityGroups } from '../constructs/security-groups.ts';
import { ServiceEndpoints } from '../constructs/service-endpoints.ts';
import { PlatformStack } from '../platform-stack.ts';

/** The ground: addresses, every security group with every rule, ways to AWS services, and the way in. */
export class NetworkStack extends PlatformStack {
  readonly vpc: ec2.IVpc;
  readonly workloads: ec2.SubnetSelection;
  readonly groups: SecurityGroups;

  constructor(app: App, settings: PlatformSettings) {
    super(app, 'network', settings);
    const { vpc, workloads } = new PlatformVpc(this, 'platform');
    this.vpc = vpc;
    this.workloads = workloads;
    this.groups = new SecurityGroups(this, 'groups', { vpc });
    new FlowLog(this, 'flow', { vpc });
    new ServiceEndpoints(this, 'endpoints', {
      vpc,
      subnets: workloads,
      group: this.groups.use(this, 'endpoints'),
    });
    const bastion = new Bastion(this, 'bastion', {
      vpc,
      subnets: workloads,
      group: this.groups.use(this, 'bastion'),
    });
    new CfnOutput(this, 'VpcId', { value: vpc.vpcId });
    new CfnOutput(this, 'BastionId', { value: bastion.instance.instanceId });
  }
}
