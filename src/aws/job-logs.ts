import type { GetLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import type { LogPage } from '../platform/jobs.ts';
import type { AwsClients } from './aws-clients.ts';
import { nameOf } from './errors.ts';

const LINES_PER_PAGE = 1000;

/** The lines of a run's driver, from CloudWatch. A run that has written none yet has an empty page. */
export function openJobLogs({
  clients,
  logGroup,
}: {
  readonly clients: AwsClients;
  readonly logGroup: string;
}) {
  return {
    async page(run: { readonly id: string; readonly next: string | null }): Promise<LogPage> {
      const { GetLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
      const request = new GetLogEventsCommand({
        logGroupName: logGroup,
        logStreamName: `${run.id}-driver`,
        startFromHead: true,
        limit: LINES_PER_PAGE,
        ...(run.next === null ? {} : { nextToken: run.next }),
      });
      return clients.call(`read the log of ${run.id}`, async () => {
        const logs = await clients.cloudWatchLogs();
        const { events = [], nextForwardToken } = await logs.send(request).catch(noneYet);
        const lines = events.map(({ timestamp = 0, message = '' }) => ({
          atMs: timestamp,
          text: message.replace(/\n$/, ''),
        }));
        return { lines, next: nextForwardToken ?? null };
      });
    },
  };
}

function noneYet(error: unknown): Pick<GetLogEventsCommandOutput, 'events' | 'nextForwardToken'> {
  if (nameOf(error) === 'ResourceNotFoundException') return {};
  throw error;
}
