import { DpCommand } from '../src/cli/base-command.ts';
import { formatOutputs } from '../src/cli/format/outputs.ts';
import { readOutputs } from '../src/operations/read-outputs.ts';

export default class Outputs extends DpCommand {
  static override summary = 'Show addresses, names and ARNs of what is deployed.';
  static override description =
    'Reads the outputs of the stacks on AWS. Needs credentials for the environment.';
  static override examples = [
    '<%= config.bin %> outputs --env staging',
    '<%= config.bin %> outputs --env staging --json',
  ];

  async run(): Promise<object> {
    await this.parse(Outputs);
    const platform = await this.platform();
    const result = await readOutputs(
      { environment: platform.environment },
      { stacks: await platform.stacks() },
    );
    await this.print(formatOutputs(result));
    return result;
  }
}
