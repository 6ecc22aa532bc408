import { DpCommand } from '../../src/cli/base-command.ts';
import { formatSecrets } from '../../src/cli/format/secrets.ts';
import { listSecrets } from '../../src/operations/list-secrets.ts';

export default class SecretsList extends DpCommand {
  static override summary = 'List the database’s logins, their age and who uses them.';
  static override description =
    'Shows no value. `unfinished` means that a rotation was cut off: the current value works, and the next rotation tidies up.';
  static override examples = ['<%= config.bin %> secrets list', '<%= config.bin %> secrets list --json'];

  async run(): Promise<object> {
    await this.parse(SecretsList);
    const secrets = await (await this.platform()).secrets();
    const result = await listSecrets({}, { secrets, clock: this.clock });
    await this.print(formatSecrets(result.secrets));
    return result;
  }
}
