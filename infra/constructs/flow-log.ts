import { aws_ec2 as ec2, aws_iam as iam } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { platformOf } from '../platform-stack.ts';
import { KeptLogs } from './kept-logs.ts';
import { WorkloadRole } from './workload-role.ts';

/** Records what the VPC refused. Refusals only: they show mistakes and probes, and cost little. */
export class FlowLog extends Construct {
  constructor(scope: Construct, id: string, props: { readonly vpc: ec2.IVpc }) {
    super(scope, id);
    const { names, settings } = platformOf(this);
    const { group } = new KeptLogs(this, 'logs', {
      name: names.logs.flow,
      days: settings.network.flowLogDays,
    });
    const { role } = new WorkloadRole(this, 'role', { workload: 'flow-log', service: 'vpc-flow-logs' });
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
        resources: [group.logGroupArn],
      }),
    );
    new ec2.CfnFlowLog(this, 'log', {
      resourceId: props.vpc.vpcId,
      resourceType: 'VPC',
      trafficType: 'REJECT',
      logDestinationType: 'cloud-watch-logs',
      logGroupName: group.logGroupName,
      deliverLogsPermissionArn: role.roleArn,
    }).node.addDependency(role);
  }
}
