import type { AwsClients } from '../../aws/aws-clients.ts';
import type { DatabaseTunnel } from '../../aws/database.ts';
import type { Settings } from '../../config/settings.ts';
import type { DatabaseUser } from '../../platform/database.ts';
import type { SecretValue } from '../../platform/secrets.ts';
import type { TargetName } from '../../platform/sessions.ts';
import { systemClock } from '../../std/clock.ts';
import type { Surroundings } from './surroundings.ts';

export interface AwsTunnelInput {
  readonly settings: Settings;
  readonly surroundings: Surroundings;
  readonly clients: AwsClients;
}

export interface AwsTunnelRequest {
  readonly target: TargetName;
  readonly reason: string;
  readonly user?: DatabaseUser;
  /** What to log in with instead of what the user logs in with. */
  readonly value?: () => SecretValue;
  readonly signal: AbortSignal;
}

/**
 * A tunnel that serves this command and what it starts: loopback only, with a password that nobody else knows.
 */
export async function openAwsTunnel(
  { settings, surroundings, clients }: AwsTunnelInput,
  { target, reason, signal, ...login }: AwsTunnelRequest,
): Promise<DatabaseTunnel> {
  const { openSessionsOf } = await import('../../aws/open-sessions.ts');
  const { openTunnel } = await import('../../operations/open-tunnel.ts');
  const { tunnelLine } = await import('../format/tunnel-line.ts');
  const tunnel = await openTunnel(
    { target, port: 0, sessions: 1, keepAlive: false, raw: false, withPassword: true, reason },
    {
      sessions: () =>
        openSessionsOf(settings, { clients, environmentVariables: surroundings.environment, ...login }),
      now: systemClock.now,
      signal,
      notify: (news) => {
        const line = TOLD_OF_TUNNEL.has(news.event) ? tunnelLine(news) : undefined;
        if (line !== undefined) surroundings.note(line);
      },
    },
  );
  const { host, port, user: name = '', password = '' } = tunnel;
  return { host, port, user: name, password, close: () => tunnel.close('done', 0) };
}

/** A tunnel that only serves the command itself is told of when it takes time or is in trouble. */
const TOLD_OF_TUNNEL = new Set(['starting', 'connection', 'reconnecting', 'reconnected', 'degraded']);
