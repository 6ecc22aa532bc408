import * as Args from '@oclif/core/args';
import { DpCommand } from '../src/cli/base-command.ts';
import { completionScript, SHELLS, type Shell } from '../src/cli/complete/shells.ts';

export default class Completion extends DpCommand {
  static override summary = 'Print what makes the Tab key complete dp in your shell.';
  static override description =
    'Completes commands, flags and values: environments, profiles, tables, secrets, days that failed or are missing, saved queries, jobs, log sources. It reads this machine’s files only and never asks AWS. docs/completion.md says where each shell wants it.';
  static override examples = [
    '<%= config.bin %> completion bash > ~/.local/share/bash-completion/completions/dp',
    '<%= config.bin %> completion zsh > ~/.zfunc/_dp',
    '<%= config.bin %> completion fish > ~/.config/fish/completions/dp.fish',
  ];
  static override args = {
    shell: Args.string({ description: 'Shell to complete in.', options: [...SHELLS], required: true }),
  };

  async run(): Promise<object> {
    const { args } = await this.parse(Completion);
    const script = await completionScript(args.shell as Shell);
    await this.print(script);
    return { shell: args.shell, script };
  }
}
