import { ArnFormat } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { grant } from '../grant.ts';
import { platformOf } from '../platform-stack.ts';
import { KeptLogs } from './kept-logs.ts';
import { databaseUserArn, SHOP_USER } from './shop-login.ts';
import { WorkloadRole } from './workload-role.ts';

export interface ShopProxyProps {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  readonly group: ec2.ISecurityGroup;
  readonly cluster: rds.DatabaseCluster;
}

/** RDS Proxy with IAM on both sides: the API signs a token for it, and it signs one for Aurora. No password exists. */
export class ShopProxy extends Construct {
  readonly proxy: rds.DatabaseProxy;

  constructor(scope: Construct, id: string, props: ShopProxyProps) {
    super(scope, id);
    const { names } = platformOf(this);
    const logs = new KeptLogs(this, 'logs', { name: names.logs.proxy });
    const { role } = new WorkloadRole(this, 'identity', { workload: 'proxy', service: 'rds' });
    // CDK makes the role but gives it no rights, and the proxy then refuses every login.
    grant(role, {
      actions: ['rds-db:connect'],
      resources: [databaseUserArn(this, props.cluster.clusterResourceIdentifier, SHOP_USER)],
    });
    this.proxy = new rds.DatabaseProxy(this, 'proxy', {
      dbProxyName: names.proxy,
      proxyTarget: rds.ProxyTarget.fromCluster(props.cluster),
      defaultAuthScheme: rds.DefaultAuthScheme.IAM_AUTH,
      requireTLS: true,
      role,
      vpc: props.vpc,
      vpcSubnets: props.subnets,
      securityGroups: [props.group],
    });
    this.proxy.node.addDependency(logs, role);
  }

  /** The resource id (`prx-…`), which IAM names the proxy's users by. */
  get resourceId(): string {
    return platformOf(this).splitArn(this.proxy.dbProxyArn, ArnFormat.COLON_RESOURCE_NAME).resourceName ?? '';
  }
}
