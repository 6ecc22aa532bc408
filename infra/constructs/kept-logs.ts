import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { platformOf } from '../platform-stack.ts';

export interface KeptLogsProps {
  readonly name: string;
  /** Days until CloudWatch drops a line. Default: the environment's `operations.logDays`. */
  readonly days?: number;
}

/** A log group that exists before its writer does, so that its name, its age limit and its end are ours. */
export class KeptLogs extends Construct {
  readonly group: logs.LogGroup;

  constructor(scope: Construct, id: string, props: KeptLogsProps) {
    super(scope, id);
    const { operations } = platformOf(this).settings;
    this.group = new logs.LogGroup(this, 'group', {
      logGroupName: props.name,
      retention: props.days ?? operations.logDays,
      removalPolicy: operations.protect ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }

  /** Lets a workload write lines here, and nowhere else. */
  grantWrite(role: iam.Role): void {
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.group.logGroupArn],
      }),
    );
  }
}
