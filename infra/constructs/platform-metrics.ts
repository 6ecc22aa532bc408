import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { PlatformStack } from '../platform-stack.ts';

const PERIOD_MINUTES = 5;

export type PlatformMetrics = ReturnType<typeof platformMetrics>;

/** AWS's own metrics of this platform's resources, found by their names. */
export function platformMetrics(platform: PlatformStack, api: { readonly id: string }) {
  const { names } = platform;
  const of =
    (namespace: string, dimensionsMap: Record<string, string>) =>
    (metricName: string, statistic: string): cloudwatch.Metric =>
      new cloudwatch.Metric({
        namespace,
        metricName,
        dimensionsMap,
        statistic,
        period: Duration.minutes(PERIOD_MINUTES),
      });
  return {
    api: of('AWS/ApiGateway', { ApiId: api.id, Stage: '$default' }),
    shop: of('AWS/Lambda', { FunctionName: names.shopApi }),
    aurora: of('AWS/RDS', { DBClusterIdentifier: names.cluster }),
    proxy: of('AWS/RDS', { ProxyName: names.proxy }),
    deadLetters: of('AWS/SQS', { QueueName: names.deadLetters }),
    queries: of('AWS/Athena', { WorkGroup: names.workgroup }),
  };
}
