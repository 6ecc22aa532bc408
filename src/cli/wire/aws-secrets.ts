import type { Secrets } from '../../platform/secrets.ts';
import type { Sessions } from '../../platform/sessions.ts';
import { systemClock } from '../../std/clock.ts';
import { type AwsTunnelInput, openAwsTunnel } from './aws-tunnel.ts';

/** The database's logins on AWS, and the tunnels in which a rotation tries passwords out. */
export async function openAwsSecretsOf(
  input: AwsTunnelInput,
  deps: { readonly sessions: () => Promise<Sessions> },
): Promise<Secrets> {
  const { settings, surroundings, clients } = input;
  const { openAwsSecrets } = await import('../../aws/secrets.ts');
  const { openLoginPath } = await import('../../aws/login-path.ts');
  const { sessionFailuresOn } = await import('../../aws/database-errors.ts');
  const { openSqlSession } = await import('../../local/sql-session.ts');
  const { platformNames } = await import('../../config/platform-names.ts');
  const { settingsOnAws } = await import('../../aws/open-deploy.ts');
  const account = await clients.signIn.account();
  const names = platformNames({ ...settings, account });
  const { rotationStrategy: strategy } = settings;
  const { region } = clients.signIn;
  const failures = sessionFailuresOn(settings.environment);
  const { name: database } = settingsOnAws(settings).database;
  return openAwsSecrets(
    {
      names,
      strategy,
      rotationFunctionArn: `arn:aws:lambda:${region}:${account}:function:${names.rotationFunction(strategy)}`,
    },
    {
      clients,
      clock: systemClock,
      countTunnels: async () => (await (await deps.sessions()).list()).length,
      openPath: (target) =>
        openLoginPath({
          database,
          openTunnel: (value) =>
            openAwsTunnel(input, {
              target,
              value,
              reason: 'dp secrets, trying a password',
              signal: surroundings.signal(),
            }),
          openSession: (access) => openSqlSession(access, failures),
        }),
    },
  );
}
