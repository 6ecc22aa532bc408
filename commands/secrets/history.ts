import * as Args from '@oclif/core/args';
import { DpCommand } from '../../src/cli/base-command.ts';
import { formatSecretHistory } from '../../src/cli/format/secrets.ts';
import { showSecret } from '../../src/operations/show-secret.ts';

export default class SecretsHistory extends DpCommand {
  static override summary = 'List the versions of one login.';
  static override description =
    'Newest first, with the labels of Secrets Manager: AWSCURRENT is what clients read, AWSPREVIOUS what dp secrets rollback goes back to. Shows no value.';
  static override examples = [
    '<%= config.bin %> secrets history etl_reader',
    '<%= config.bin %> secrets history shop_api --json',
  ];
  static override args = {
    name: Args.string({ description: 'The secret, as dp secrets list names it.', required: true }),
  };

  async run(): Promise<object> {
    const { args } = await this.parse(SecretsHistory);
    const secrets = await (await this.platform()).secrets();
    const nothing = async (): Promise<void> => undefined;
    const deps = { secrets, clock: this.clock, confirm: nothing, handOn: nothing };
    const result = await showSecret({ name: args.name, value: 'hide' }, deps);
    await this.print(formatSecretHistory(result));
    return { name: result.name, versions: result.versions };
  }
}
