import { Duration } from 'aws-cdk-lib';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { grant } from '../grant.ts';
import { platformOf } from '../platform-stack.ts';
import type { DailyJob } from './daily-job.ts';
import { WorkloadRole } from './workload-role.ts';

const DEAD_LETTER_DAYS = 14;
/** A start that is an hour late is a case for an operator, not for another try. */
const START_WITHIN_SECONDS = 3600;

/**
 * Starts the job every day in the shop's own time zone and hands it the time it was meant to start, so that a late
 * start still loads the right day. A start that never succeeds becomes a dead letter, which raises an alarm.
 */
export class DailySchedule extends Construct {
  readonly deadLetters: sqs.Queue;

  constructor(scope: Construct, id: string, props: { readonly job: DailyJob }) {
    super(scope, id);
    const { names, settings } = platformOf(this);
    this.deadLetters = new sqs.Queue(this, 'dead-letters', {
      queueName: names.deadLetters,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(DEAD_LETTER_DAYS),
    });
    acknowledge(this.deadLetters, 'AwsSolutions-SQS3', 'This queue is itself the dead-letter queue.');
    const { role } = new WorkloadRole(this, 'identity', { workload: 'scheduler', service: 'scheduler' });
    props.job.grantStart(role);
    grant(role, { actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] });
    const group = new scheduler.CfnScheduleGroup(this, 'group', { name: names.scheduleGroup });
    const { pipeline } = settings;
    const schedule = new scheduler.CfnSchedule(this, 'schedule', {
      name: names.schedule,
      groupName: group.ref,
      description: 'Loads the day that has just ended',
      scheduleExpression: cronOf(pipeline.jobTime),
      scheduleExpressionTimezone: pipeline.timeZone,
      flexibleTimeWindow: { mode: 'OFF' },
      state: 'ENABLED',
      target: {
        arn: `arn:${platformOf(this).partition}:scheduler:::aws-sdk:glue:startJobRun`,
        roleArn: role.roleArn,
        input: JSON.stringify({
          JobName: props.job.name,
          Arguments: { '--scheduled-time': '<aws.scheduler.scheduled-time>' },
        }),
        retryPolicy: {
          maximumRetryAttempts: pipeline.retryCount,
          maximumEventAgeInSeconds: START_WITHIN_SECONDS,
        },
        deadLetterConfig: { arn: this.deadLetters.queueArn },
      },
    });
    schedule.node.addDependency(role, props.job);
  }
}

/** `02:00` → `cron(0 2 * * ? *)`. */
function cronOf(clockTime: string): string {
  const [hour, minute] = clockTime.split(':').map(Number);
  return `cron(${minute} ${hour} * * ? *)`;
}
