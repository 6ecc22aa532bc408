import * as Args from '@oclif/core/args';
import { DpCommand } from '../src/cli/base-command.ts';
import { formatUndoPlan } from '../src/cli/format/history.ts';
import { rotationLine } from '../src/cli/format/secrets.ts';
import { confirmMild } from '../src/cli/prompts.ts';
import { openEtl } from '../src/operations/open-etl.ts';
import { undoChange } from '../src/operations/undo-change.ts';

export default class Undo extends DpCommand {
  static override summary = 'Take back one change of dp history.';
  static override description =
    'Shows what it will run, asks (--yes agrees ahead), and runs it. Refuses when what the change made was changed again since. Days go back to the run before, secrets to the password before, the schedule to its time before; an undo can be undone.';
  static override examples = ['<%= config.bin %> undo 3f9a2c', '<%= config.bin %> undo 3f9a2c --yes --json'];
  static override args = {
    id: Args.string({ description: 'The change, as dp history names it.', required: true }),
  };

  async run(): Promise<object> {
    const { args } = await this.parse(Undo);
    const platform = await this.platform();
    const settings = await this.settings();
    const journal = await platform.journal();
    const result = await this.change(
      () =>
        undoChange(
          { id: args.id },
          {
            journal,
            secrets: () => platform.secrets(),
            schedule: () => platform.schedule(),
            etl: () => openEtl(platform, settings),
            approve: async (plan) => {
              this.say(formatUndoPlan(plan));
              await confirmMild(`Undoing ${plan.id}`, this.prompts);
            },
            notify: (event) => this.say(rotationLine(event, this.paint())),
          },
        ),
      ({ inverses }) => ({ changed: true, inverses }),
      { undoes: args.id },
    );
    await this.print(`Undone: ${result.command}`);
    return result;
  }
}
