import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { waitForDatabase } from '../../src/operations/wait-for-database.ts';

const TIMEOUT_SECONDS = 60;

export default class DbWait extends DpCommand {
  static override summary = 'Wait until the database answers on a tunnel’s local port.';
  static override description =
    'Asks the port for the database’s own greeting until it comes. For scripts that start dp db tunnel in the background. Exit 124 when the time is over.';
  static override examples = [
    '<%= config.bin %> db wait --port 13306',
    '<%= config.bin %> db wait --port 13306 --timeout 120 --json',
  ];
  static override flags = {
    port: Flags.integer({
      description: 'Local port of the tunnel.',
      required: true,
      min: 1,
      max: 65_535,
      helpValue: 'PORT',
    }),
    timeout: Flags.integer({
      description: 'Seconds to wait at most.',
      default: TIMEOUT_SECONDS,
      min: 1,
      helpValue: 'SECONDS',
    }),
  };

  async run(): Promise<{ port: number; serverVersion: string }> {
    const { flags } = await this.parse(DbWait);
    const input = { port: flags.port, timeoutMs: flags.timeout * 1_000, signal: this.signal };
    const answer = await waitForDatabase(input);
    await this.print(`${answer.serverVersion} answers on port ${answer.port}.`);
    return answer;
  }
}
