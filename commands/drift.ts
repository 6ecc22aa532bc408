import { DpCommand } from '../src/cli/base-command.ts';
import { EXIT_CODES } from '../src/cli/exit-codes.ts';
import { stackFlag } from '../src/cli/flags.ts';
import { formatDrift } from '../src/cli/format/drift.ts';
import { driftPlatform } from '../src/operations/drift-platform.ts';

export default class Drift extends DpCommand {
  static override summary = 'Show what was changed on AWS behind the templates’ back.';
  static override description =
    'Asks CloudFormation to compare each resource with its template. Ends with 3 when something drifted.';
  static override examples = [
    '<%= config.bin %> drift --env staging',
    '<%= config.bin %> drift --env production --stack network --json',
  ];
  static override flags = { stack: stackFlag };

  async run(): Promise<object> {
    const { flags } = await this.parse(Drift);
    const platform = await this.platform();
    const result = await driftPlatform(
      { environment: platform.environment, ...(flags.stack === undefined ? {} : { stacks: flags.stack }) },
      { stacks: await platform.stacks() },
    );
    await this.print(formatDrift(result));
    if (result.drifted) this.endWith(EXIT_CODES['not-ready']);
    return result;
  }
}
