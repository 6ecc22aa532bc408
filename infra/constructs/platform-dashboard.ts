import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { platformOf } from '../platform-stack.ts';
import type { PlatformMetrics } from './platform-metrics.ts';
import type { RunEvents } from './run-events.ts';

const WIDGET_COLUMNS = 8;
const SHOWN_DAYS = 3;
const DAY_MINUTES = 1440;
const HOUR_MINUTES = 60;

export interface PlatformDashboardProps {
  readonly metrics: PlatformMetrics;
  readonly runs: RunEvents;
  readonly alarms: readonly cloudwatch.IAlarm[];
}

/** One page for a bad day: alarms first, then the data, the API, the database and what queries cost. */
export class PlatformDashboard extends Construct {
  constructor(scope: Construct, id: string, props: PlatformDashboardProps) {
    super(scope, id);
    const { metrics, runs } = props;
    const { names } = platformOf(this);
    new cloudwatch.Dashboard(this, 'dashboard', {
      dashboardName: names.dashboard,
      defaultInterval: Duration.days(SHOWN_DAYS),
      widgets: [
        [
          new cloudwatch.AlarmStatusWidget({
            title: 'Alarms',
            alarms: [...props.alarms],
            width: 3 * WIDGET_COLUMNS,
            height: 3,
          }),
        ],
        [
          graph('Daily job: runs', [
            runs.metric('RunsSucceeded', HOUR_MINUTES),
            runs.metric('RunsFailed', HOUR_MINUTES),
          ]),
          graph('Freshness: good runs per day', [runs.metric('RunsSucceeded', DAY_MINUTES)]),
          graph('Athena: bytes scanned', [metrics.queries('ProcessedBytes', 'Sum')]),
        ],
        [
          graph('API: requests and errors', [
            metrics.api('Count', 'Sum'),
            metrics.api('4xx', 'Sum'),
            metrics.api('5xx', 'Sum'),
          ]),
          graph('API: latency (ms)', [metrics.api('Latency', 'p50'), metrics.api('Latency', 'p99')]),
          graph('Function: duration (ms), errors, throttles', [
            metrics.shop('Duration', 'p99'),
            metrics.shop('Errors', 'Sum'),
            metrics.shop('Throttles', 'Sum'),
          ]),
        ],
        [
          graph('Aurora: capacity (ACU)', [metrics.aurora('ServerlessDatabaseCapacity', 'Average')]),
          graph('Aurora: connections', [
            metrics.aurora('DatabaseConnections', 'Maximum'),
            metrics.proxy('DatabaseConnections', 'Maximum'),
            metrics.proxy('ClientConnections', 'Maximum'),
          ]),
          graph('Schedule: dead letters', [
            metrics.deadLetters('ApproximateNumberOfMessagesVisible', 'Maximum'),
          ]),
        ],
      ],
    });
  }
}

function graph(title: string, left: cloudwatch.IMetric[]): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({ title, left, width: WIDGET_COLUMNS });
}
