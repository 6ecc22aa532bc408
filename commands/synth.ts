import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../src/cli/base-command.ts';
import { formatSynth } from '../src/cli/format/synth.ts';
import { synthPlatform } from '../src/operations/synth-platform.ts';

export default class Synth extends DpCommand {
  static override summary = 'Describe the platform as CloudFormation templates.';
  static override description =
    'Works offline and without credentials. Runs the security rules and CloudFormation’s own checks, and fails when one is broken.';
  static override examples = [
    '<%= config.bin %> synth --env staging',
    '<%= config.bin %> synth --env production --output cdk.out',
  ];
  static override flags = {
    output: Flags.string({ char: 'o', description: 'Folder for templates and files.', helpValue: 'DIR' }),
    checks: Flags.boolean({
      description: 'Check the templates; --no-checks saves seconds.',
      default: true,
      allowNo: true,
    }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(Synth);
    const platform = await this.platform();
    const result = await synthPlatform(
      {
        environment: platform.environment,
        checks: flags.checks,
        ...(flags.output === undefined ? {} : { outputFolder: flags.output }),
      },
      { stacks: await platform.stacks() },
    );
    await this.print(formatSynth(result));
    return result;
  }
}
