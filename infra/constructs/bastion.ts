import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { grant } from '../grant.ts';
import { platformOf } from '../platform-stack.ts';
import { WorkloadRole } from './workload-role.ts';

const DISK_GB = 8;

/** What the SSM agent needs to register and to carry sessions, and nothing of the managed policy's rest. */
const AGENT_ACTIONS = [
  'ssm:UpdateInstanceInformation',
  'ssm:ListInstanceAssociations',
  'ssm:UpdateInstanceAssociationStatus',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
  'ec2messages:AcknowledgeMessage',
  'ec2messages:DeleteMessage',
  'ec2messages:FailMessage',
  'ec2messages:GetEndpoint',
  'ec2messages:GetMessages',
  'ec2messages:SendReply',
];

export interface BastionProps {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  readonly group: ec2.ISecurityGroup;
}

/**
 * The way in for tunnels. It keeps no state and has no key, no open port and no fixed address: dp finds it by
 * its name, so a newer image may replace it at any deploy.
 */
export class Bastion extends Construct {
  readonly instance: ec2.Instance;

  constructor(scope: Construct, id: string, props: BastionProps) {
    super(scope, id);
    const { settings, names } = platformOf(this);
    const { role } = new WorkloadRole(this, 'identity', { workload: 'bastion', service: 'ec2' });
    grant(role, {
      actions: AGENT_ACTIONS,
      resources: ['*'],
      because: 'The channels of Systems Manager have no resource to name: these actions accept only *.',
    });
    const [subnet] = props.vpc.selectSubnets(props.subnets).subnets;
    if (subnet === undefined) throw new Error('bug: the VPC has no subnet for the bastion');
    this.instance = new ec2.Instance(this, 'instance', {
      vpc: props.vpc,
      vpcSubnets: { subnets: [subnet] },
      instanceName: names.bastion,
      instanceType: new ec2.InstanceType(settings.bastion.instanceType),
      machineImage: ec2.MachineImage.latestAmazonLinux2023(),
      securityGroup: props.group,
      role,
      httpTokens: ec2.HttpTokens.REQUIRED,
      detailedMonitoring: true,
      associatePublicIpAddress: !settings.network.privateSubnets,
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: ec2.BlockDeviceVolume.ebs(DISK_GB, {
            encrypted: true,
            volumeType: ec2.EbsDeviceVolumeType.GP3,
          }),
        },
      ],
    });
    acknowledge(
      this.instance,
      'AwsSolutions-EC29',
      'The bastion keeps no state and is meant to be replaced at any deploy.',
    );
  }
}
