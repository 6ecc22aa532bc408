/** What the function that rotates a secret has written since a rotation began. */
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { RotationStep } from '../platform/secrets.ts';
import { Failure } from '../std/failure.ts';
import type { AwsClients } from './aws-clients.ts';

export type FunctionStep = Extract<RotationStep, 'create' | 'set' | 'test' | 'finish'>;

export interface RotationLogLine {
  readonly id: string;
  readonly atMs: number;
  readonly isError: boolean;
  /** Undefined where the line does not say. */
  readonly step: FunctionStep | undefined;
  readonly words: string;
}

const LINES_MAX = 200;
const WORDS_MAX = 300;
/** As Lambda's runtime writes a logged error, an exception, a time-out and a crash. */
const ERROR = /^\[ERROR\]|^\[CRITICAL\]|Task timed out|Runtime exited|"errorMessage"/;
const STEP = /\b(create|set|test|finish)_?secret\b/i;

/** Oldest first. Undefined when there is no log yet, or nobody may read it. */
export async function readRotationLog(
  { group, sinceMs }: { readonly group: string; readonly sinceMs: number },
  { clients }: { readonly clients: AwsClients },
): Promise<RotationLogLine[] | undefined> {
  try {
    const { events = [] } = await clients.call(`read the log ${group}`, async () => {
      const request = { logGroupName: group, startTime: sinceMs, limit: LINES_MAX };
      return (await clients.cloudWatchLogs()).send(new FilterLogEventsCommand(request));
    });
    return events.map(({ eventId = '', timestamp = 0, message = '' }) => ({
      id: eventId || `${timestamp} ${message}`,
      atMs: timestamp,
      isError: ERROR.test(message),
      step: STEP.exec(message)?.[1]?.toLowerCase() as FunctionStep | undefined,
      words: wordsOf(message),
    }));
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** The message without level, time and request id, on one line. */
function wordsOf(message: string): string {
  const [first = ''] = message.trim().split('\n');
  const words = first.replace(/^\[\w+\]\t?(\d{4}-[\d:T.-]+Z?\t)?([\da-f-]{36}\t)?/, '').trim();
  return words.slice(0, WORDS_MAX);
}
