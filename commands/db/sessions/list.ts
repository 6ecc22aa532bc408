import { DpCommand } from '../../../src/cli/base-command.ts';
import { formatSessions } from '../../../src/cli/format/sessions.ts';
import { listSessions } from '../../../src/operations/end-sessions.ts';
import type { SessionSummary } from '../../../src/platform/sessions.ts';

export default class DbSessionsList extends DpCommand {
  static override summary = 'List the active sessions on the bastion.';
  static override description =
    'Shows who started which session, when and why, oldest first. Sessions of a local tunnel live in its own process and are not seen from another.';
  static override examples = [
    '<%= config.bin %> db sessions list --env staging',
    '<%= config.bin %> db sessions list --env staging --json',
  ];

  async run(): Promise<{ sessions: SessionSummary[] }> {
    await this.parse(DbSessionsList);
    const sessions = await listSessions({ sessions: await (await this.platform()).sessions() });
    await this.print(formatSessions(sessions));
    return { sessions };
  }
}
