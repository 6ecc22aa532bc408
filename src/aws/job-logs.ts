import type { LogPage } from '../platform/jobs.ts';
import type { AwsClients } from './aws-clients.ts';
import { awsFailure, nameOf } from './errors.ts';

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
      const { CloudWatchLogsClient, GetLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
      await clients.signIn.account();
      const { region, credentials, command } = clients.signIn;
      const logs = new CloudWatchLogsClient({ region, credentials });
      try {
        const { events = [], nextForwardToken } = await logs.send(
          new GetLogEventsCommand({
            logGroupName: logGroup,
            logStreamName: `${run.id}-driver`,
            startFromHead: true,
            limit: LINES_PER_PAGE,
            ...(run.next === null ? {} : { nextToken: run.next }),
          }),
        );
        const lines = events.map(({ timestamp = 0, message = '' }) => ({
          atMs: timestamp,
          text: message.replace(/\n$/, ''),
        }));
        return { lines, next: nextForwardToken ?? null };
      } catch (error) {
        if (nameOf(error) === 'ResourceNotFoundException') return { lines: [], next: null };
        throw awsFailure(error, { what: `read the log of ${run.id}`, region, signInCommand: command });
      } finally {
        logs.destroy();
      }
    },
  };
}
