import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { platformOf } from '../platform-stack.ts';
import { KeptLogs } from './kept-logs.ts';
import { WorkloadRole } from './workload-role.ts';

/** Records what the VPC refused. Refusals only: they show mistakes and probes, and cost little. */
export class FlowLog extends Construct {
  constructor(scope: Construct, id: string, props: { readonly vpc: ec2.IVpc }) {
    super(scope, id);
    const { names, settings } = platformOf(this);
    const logs = new KeptLogs(this, 'logs', {
      name: names.logs.flow,
      days: settings.network.flowLogDays,
    });
    const { role } = new WorkloadRole(this, 'role', { workload: 'flow-log', service: 'vpc-flow-logs' });
    logs.grantWrite(role, ['logs:DescribeLogStreams']);
    new ec2.CfnFlowLog(this, 'log', {
      resourceId: props.vpc.vpcId,
      resourceType: 'VPC',
      trafficType: 'REJECT',
      logDestinationType: 'cloud-watch-logs',
      logGroupName: names.logs.flow,
      deliverLogsPermissionArn: role.roleArn,
    }).node.addDependency(role, logs);
  }
}
