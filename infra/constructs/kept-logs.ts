import { RemovalPolicy } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { grant } from '../grant.ts';
import { platformOf } from '../platform-stack.ts';

export interface KeptLogsProps {
  readonly name: string;
  /** Days until CloudWatch drops a line. Default: the environment's `operations.logDays`. */
  readonly days?: number;
}

/** A log group that exists before its writer does, so that its name, its age limit and its end are ours. */
export class KeptLogs extends Construct {
  readonly group: logs.LogGroup;
  readonly #name: string;

  constructor(scope: Construct, id: string, props: KeptLogsProps) {
    super(scope, id);
    const { operations } = platformOf(this).settings;
    this.#name = props.name;
    this.group = new logs.LogGroup(this, 'group', {
      logGroupName: props.name,
      retention: props.days ?? operations.logDays,
      removalPolicy: operations.protect ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }

  /** Lets a workload write lines here, and nowhere else. */
  grantWrite(role: iam.Role, andAlso: readonly string[] = []): void {
    grant(role, {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents', ...andAlso],
      resources: [`${platformOf(this).arnOf('logs', `log-group:${this.#name}`)}:*`],
      because: 'The streams of a log group are named by their writer when it starts.',
    });
  }
}
