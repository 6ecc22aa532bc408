import * as Args from '@oclif/core/args';
import { DpCommand } from '../../../src/cli/base-command.ts';
import { formatSessions } from '../../../src/cli/format/sessions.ts';
import { confirmMild } from '../../../src/cli/prompts.ts';
import { endSessions } from '../../../src/operations/end-sessions.ts';
import type { SessionSummary } from '../../../src/platform/sessions.ts';

export default class DbSessionsEnd extends DpCommand {
  static override summary = 'End a session on the bastion.';
  static override description =
    'For sessions a crash left behind. Every connection through the session ends. Needs ssm:TerminateSession on it.';
  static override examples = [
    '<%= config.bin %> db sessions end alice-0123456789abcdef0 --env staging',
    '<%= config.bin %> db sessions end alice-0123456789abcdef0 --env staging --yes',
  ];
  static override args = {
    session: Args.string({ description: 'Id of the session, from dp db sessions list.', required: true }),
  };

  async run(): Promise<{ ended: SessionSummary[] }> {
    const { args } = await this.parse(DbSessionsEnd);
    await confirmMild(`End session ${args.session} and every connection through it`, this.prompts);
    const sessions = await (await this.platform()).sessions();
    const ended = await this.change(
      () => endSessions({ sessionIds: [args.session] }, { sessions }),
      (all) => ({ changed: all.length > 0, ids: { session: args.session } }),
    );
    await this.print(`Ended:\n${formatSessions(ended)}`);
    return { ended };
  }
}
