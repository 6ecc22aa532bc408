/** Waits until the database answers through a local port, or through a tunnel opened for the purpose. */
import { until } from '../std/deadline.ts';
import { Failure } from '../std/failure.ts';

export interface WaitForDatabaseInput {
  /** The port of a tunnel that somebody else opens. */
  readonly port: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface DatabaseAnswer {
  readonly port: number;
  /** What the server says of itself in its greeting. */
  readonly serverVersion: string;
}

const ASK_EVERY_MS = 250;

/** Gives the greeting's version, or throws a failure of kind `timed-out` that says what was met last. */
export async function waitForDatabase(input: WaitForDatabaseInput): Promise<DatabaseAnswer> {
  const { port, timeoutMs, signal } = input;
  const { greetLocalPort } = await import('../tunnel/io/greet-local-port.ts');
  let last = 'nothing was tried';
  const answer = await until(
    async () => {
      const greeting = await greetLocalPort(port, signal);
      if ('version' in greeting) return { port, serverVersion: greeting.version };
      last = greeting.refusal;
      return undefined;
    },
    { timeoutMs, everyMs: ASK_EVERY_MS, signal },
  );
  if (answer === undefined) throw databaseSilent(port, timeoutMs, last);
  return answer;
}

function databaseSilent(port: number, timeoutMs: number, last: string): Failure {
  return new Failure({
    code: 'database-not-ready',
    kind: 'timed-out',
    message: `The database did not answer on local port ${port} within ${timeoutMs / 1_000} s: ${last}.`,
    nextSteps: ['Check that the tunnel runs: dp db tunnel --port PORT', 'Wait longer with --timeout.'],
    docs: 'docs/tunnel.md',
  });
}
