import type { AwsClients } from '../../aws/aws-clients.ts';
import type { PlatformNames } from '../../config/platform-names.ts';
import type { Settings } from '../../config/settings.ts';
import type { Platform } from '../../platform/platform.ts';
import { systemClock } from '../../std/clock.ts';
import { pause } from '../../std/deadline.ts';
import { once } from '../../std/once.ts';
import { journalOf } from './journal.ts';

interface WatchingInput {
  readonly settings: Settings;
  readonly clients: () => Promise<AwsClients>;
  readonly names: () => Promise<PlatformNames>;
  readonly sessions: Platform['sessions'];
  readonly lake: Platform['lake'];
  /** Says one sentence to the operator. */
  readonly note: (text: string) => void;
}

/** What an environment on AWS tells of itself, and of what dp changed in it. */
export function openWatching(input: WatchingInput): Pick<Platform, 'logs' | 'journal' | 'costs'> {
  const { settings, clients, names } = input;
  const identity = once(async () => {
    const { operatorIdentity } = await import('../../aws/operator-identity.ts');
    return operatorIdentity(await clients());
  });
  const journal = once(async () => {
    const { openTeamJournal } = await import('../../aws/journal.ts');
    const mine = await journalOf(settings)();
    return openTeamJournal({ mine, bucket: input.lake, identity, notify: input.note });
  });
  return {
    journal,
    costs: once(async () => {
      const { openAwsCosts } = await import('../../aws/costs.ts');
      return openAwsCosts({ clients: await clients(), budget: (await names()).budget });
    }),
    logs: once(async () => {
      const { openAwsLogs } = await import('../../aws/logs.ts');
      const own = `${settings.environment}-${settings.project}`;
      const bastionId = async (): Promise<string> => (await (await input.sessions()).findBastion()).id;
      return openAwsLogs(
        { clients: await clients(), names: await names(), own, rotationStrategy: settings.rotationStrategy },
        { journal, bastionId, clock: systemClock, pause },
      );
    }),
  };
}
