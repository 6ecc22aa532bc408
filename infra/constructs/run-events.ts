import { Duration, aws_logs as logs } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { nameOf } from '../../src/config/naming.ts';
import { platformOf } from '../platform-stack.ts';
import { KeptLogs } from './kept-logs.ts';

/** What the dashboard and the alarms count, by the name of its metric. */
export const RUN_METRICS = {
  RunsSucceeded: { type: 'Glue Job State Change', states: ['SUCCEEDED'] },
  RunsFailed: { type: 'Glue Job State Change', states: ['FAILED', 'TIMEOUT', 'ERROR'] },
  CrawlsFailed: { type: 'Glue Crawler State Change', states: ['Failed'] },
} as const;
export type RunMetric = keyof typeof RUN_METRICS;

/**
 * Every end of a job run or crawl, kept as a log line and counted. Starting a job says nothing about how it
 * ends: these events are the only place where a failed run shows.
 */
export class RunEvents extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const platform = platformOf(this);
    const { names } = platform;
    const { group } = new KeptLogs(this, 'logs', { name: names.logs.events });
    const rules = patterns(names);
    const ruleNameOf = (rule: string): string => nameOf(platform.settings, 'rule', rule);
    const logArn = platform.arnOf('logs', `log-group:${names.logs.events}`);
    const from = Object.keys(rules).map((rule) => platform.arnOf('events', `rule/${ruleNameOf(rule)}`));
    const policy = new logs.CfnResourcePolicy(this, 'policy', {
      policyName: nameOf(platform.settings, 'policy', 'run-events'),
      policyDocument: JSON.stringify(letIn(logArn, from)),
    });
    for (const [rule, pattern] of Object.entries(rules)) {
      new events.CfnRule(this, rule, {
        name: ruleNameOf(rule),
        description: 'Keeps how runs and crawls ended',
        eventPattern: pattern,
        state: 'ENABLED',
        targets: [{ id: 'log', arn: logArn }],
      }).node.addDependency(group, policy);
    }
    for (const [metricName, { type, states }] of Object.entries(RUN_METRICS)) {
      new logs.MetricFilter(this, metricName, {
        logGroup: group,
        metricNamespace: names.metricNamespace,
        metricName,
        metricValue: '1',
        filterPattern: logs.FilterPattern.all(
          logs.FilterPattern.stringValue('$.detail-type', '=', type),
          logs.FilterPattern.any(
            ...states.map((state) => logs.FilterPattern.stringValue('$.detail.state', '=', state)),
          ),
        ),
      });
    }
  }

  /** How often something happened in a period of `minutes`. */
  metric(name: RunMetric, minutes: number): cloudwatch.Metric {
    const { names } = platformOf(this);
    return new cloudwatch.Metric({
      namespace: names.metricNamespace,
      metricName: name,
      statistic: 'Sum',
      period: Duration.minutes(minutes),
    });
  }
}

/** Lines come from these rules only. A stream is made without saying for which rule: a condition there loses all lines. */
function letIn(logArn: string, ruleArns: readonly string[]): object {
  const common = {
    Effect: 'Allow',
    Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
    Resource: `${logArn}:*`,
  };
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'EventsOpenStreams', ...common, Action: 'logs:CreateLogStream' },
      {
        Sid: 'EventsIntoTheLog',
        ...common,
        Action: 'logs:PutLogEvents',
        Condition: { ArnEquals: { 'aws:SourceArn': ruleArns } },
      },
    ],
  };
}

function patterns(names: ReturnType<typeof platformOf>['names']) {
  return {
    'job-states': {
      source: ['aws.glue'],
      'detail-type': [RUN_METRICS.RunsFailed.type],
      detail: { jobName: [names.job] },
    },
    'crawler-states': {
      source: ['aws.glue'],
      'detail-type': [RUN_METRICS.CrawlsFailed.type],
      detail: { crawlerName: [names.databaseCrawler, names.landingCrawler] },
    },
  };
}
