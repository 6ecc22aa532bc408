import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { nameOf } from '../../src/config/naming.ts';
import { platformOf } from '../platform-stack.ts';
import type { AlarmTopic } from './alarm-topic.ts';
import type { PlatformMetrics } from './platform-metrics.ts';
import type { RunEvents } from './run-events.ts';

const MINUTES_PER_HOUR = 60;
const QUICK_MINUTES = 5;
/** Share of Aurora's capacity in use, in percent, that counts as "at its maximum". */
const CAPACITY_PERCENT = 99;
const CAPACITY_PERIODS = 3;
/** Aurora with few capacity units takes about ninety connections; the proxy should stay well below. */
const PROXY_CONNECTIONS = 70;

export interface PlatformAlarmsProps {
  readonly topic: AlarmTopic;
  readonly metrics: PlatformMetrics;
  readonly runs: RunEvents;
}

interface AlarmWords {
  readonly says: string;
  readonly metric: cloudwatch.Metric;
  readonly threshold: number;
  readonly periods?: number;
  /** Whether no data at all is as bad: nothing has run. */
  readonly silenceIsBad?: boolean;
  readonly below?: boolean;
}

/** What should get an operator's attention. Each one goes to the topic when it starts and when it is over. */
export class PlatformAlarms extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];
  readonly #topic: AlarmTopic;

  constructor(scope: Construct, id: string, props: PlatformAlarmsProps) {
    super(scope, id);
    this.#topic = props.topic;
    const words = { ...this.#ofTheData(props), ...this.#ofTheServices(props) };
    this.alarms = Object.entries(words).map(([name, alarm]) => this.#make(name, alarm));
  }

  #ofTheData({ runs, metrics }: PlatformAlarmsProps): Record<string, AlarmWords> {
    const { pipeline } = platformOf(this).settings;
    return {
      'run-failed': {
        says: 'A run of the daily job failed. See: dp etl logs',
        metric: runs.metric('RunsFailed', QUICK_MINUTES),
        threshold: 1,
      },
      'data-stale': {
        says: `No run of the daily job has succeeded for ${pipeline.staleAfterHours} hours. See: dp status`,
        metric: runs.metric('RunsSucceeded', MINUTES_PER_HOUR),
        threshold: 1,
        periods: pipeline.staleAfterHours,
        below: true,
        silenceIsBad: true,
      },
      'crawl-failed': {
        says: 'A crawler failed. See: dp crawler history',
        metric: runs.metric('CrawlsFailed', QUICK_MINUTES),
        threshold: 1,
      },
      'dead-letter': {
        says: 'The schedule could not start the daily job. See: dp etl schedule show',
        metric: metrics.deadLetters('ApproximateNumberOfMessagesVisible', 'Maximum'),
        threshold: 1,
      },
    };
  }

  #ofTheServices({ metrics }: PlatformAlarmsProps): Record<string, AlarmWords> {
    const { database } = platformOf(this).settings;
    return {
      'api-5xx': {
        says: 'The Shop API answers with server errors. See: dp logs api',
        metric: metrics.api('5xx', 'Sum'),
        threshold: 5,
      },
      'api-throttled': {
        says: 'Lambda refuses to run the Shop API for want of concurrency. See: dp logs api',
        metric: metrics.shop('Throttles', 'Sum'),
        threshold: 1,
      },
      'database-at-maximum': {
        says: `Aurora has been at its ${database.capacityMax} ACU. See: dp status`,
        metric: metrics.aurora('ACUUtilization', 'Average'),
        threshold: CAPACITY_PERCENT,
        periods: CAPACITY_PERIODS,
      },
      ...(database.proxy
        ? {
            'proxy-connections': {
              says: 'RDS Proxy holds nearly as many connections as Aurora takes. See: dp status',
              metric: metrics.proxy('DatabaseConnections', 'Maximum'),
              threshold: PROXY_CONNECTIONS,
              periods: CAPACITY_PERIODS,
            },
          }
        : {}),
    };
  }

  #make(name: string, words: AlarmWords): cloudwatch.Alarm {
    const below = words.below === true;
    const alarm = new cloudwatch.Alarm(this, name, {
      alarmName: nameOf(platformOf(this).settings, 'alarm', name),
      alarmDescription: words.says,
      metric: words.metric,
      threshold: words.threshold,
      evaluationPeriods: words.periods ?? 1,
      comparisonOperator: below
        ? cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
        : cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData:
        words.silenceIsBad === true
          ? cloudwatch.TreatMissingData.BREACHING
          : cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(this.#topic.action);
    alarm.addOkAction(this.#topic.action);
    return alarm;
  }
}
