import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { nameOf } from '../../src/config/naming.ts';
import {
  NETWORK_ROLES,
  type NetworkFlow,
  type NetworkRole,
  networkFlows,
} from '../../src/config/network-flows.ts';
import { type PlatformStack, platformOf } from '../platform-stack.ts';

/** Descriptions cannot change without a new group, so these words are frozen. */
const DESCRIPTIONS: Readonly<Record<NetworkRole, string>> = {
  bastion: 'Bastion host, reached over SSM only',
  database: 'Aurora MySQL cluster',
  proxy: 'RDS Proxy in front of Aurora',
  lambda: 'Shop API function',
  glue: 'Glue crawler and job',
  rotation: 'Rotation of the etl_reader password',
  endpoints: 'Interface endpoints of AWS services',
};

/**
 * One security group per role of the network, and every rule of the platform. The rules live with the groups
 * because a rule written in another stack ties the stacks into a circle.
 */
export class SecurityGroups extends Construct {
  readonly #groups: ReadonlyMap<NetworkRole, ec2.SecurityGroup>;

  constructor(scope: Construct, id: string, props: { readonly vpc: ec2.IVpc }) {
    super(scope, id);
    const { settings } = platformOf(this);
    this.#groups = new Map(
      NETWORK_ROLES.map((role) => [
        role,
        new ec2.SecurityGroup(this, role, {
          vpc: props.vpc,
          securityGroupName: nameOf(settings, 'security group', role),
          description: DESCRIPTIONS[role],
          allowAllOutbound: false,
        }),
      ]),
    );
    for (const flow of networkFlows(settings)) this.#allow(flow, settings.network.s3PrefixList);
  }

  /** The group of a role as another stack may use it: CDK adds no rule to it, whatever it is attached to. */
  use(scope: PlatformStack, role: NetworkRole): ec2.ISecurityGroup {
    return ec2.SecurityGroup.fromSecurityGroupId(scope, `${role}-group`, this.#group(role).securityGroupId, {
      mutable: false,
    });
  }

  #allow(flow: NetworkFlow, s3PrefixList: string): void {
    const id = `${flow.from}-to-${flow.to}`;
    const from = this.#group(flow.from).securityGroupId;
    const rule = {
      ipProtocol: 'tcp',
      fromPort: flow.firstPort,
      toPort: flow.lastPort,
      description: flow.why,
    };
    if (flow.to === 's3' || flow.to === 'internet') {
      const way = flow.to === 's3' ? { destinationPrefixListId: s3PrefixList } : { cidrIp: '0.0.0.0/0' };
      new ec2.CfnSecurityGroupEgress(this, `${id}-out`, { ...rule, ...way, groupId: from });
      return;
    }
    const to = this.#group(flow.to).securityGroupId;
    new ec2.CfnSecurityGroupEgress(this, `${id}-out`, {
      ...rule,
      groupId: from,
      destinationSecurityGroupId: to,
    });
    new ec2.CfnSecurityGroupIngress(this, `${id}-in`, { ...rule, groupId: to, sourceSecurityGroupId: from });
  }

  #group(role: NetworkRole): ec2.SecurityGroup {
    const group = this.#groups.get(role);
    if (group === undefined) throw new Error(`bug: no security group for ${role}`);
    return group;
  }
}
