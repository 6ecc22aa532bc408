import { DpCommand } from '../src/cli/base-command.ts';
import { confirmFlag } from '../src/cli/flags.ts';
import { confirmByName } from '../src/cli/prompts.ts';
import { destroyPlatform } from '../src/operations/destroy-platform.ts';

export default class Destroy extends DpCommand {
  static override summary = 'Stop the environment and delete everything in it.';
  static override description =
    'Asks for the environment’s name first; --confirm NAME answers ahead. In local nothing outside the project’s .dp folder is touched.';
  static override examples = ['<%= config.bin %> destroy', '<%= config.bin %> destroy --confirm local'];
  static override flags = { confirm: confirmFlag };

  async run(): Promise<object> {
    const { flags } = await this.parse(Destroy);
    const platform = await this.platform();
    const { environment } = platform;
    const what = `Destroying the environment ${environment} deletes its database and its lake`;
    const work = async () =>
      destroyPlatform(
        { environment },
        {
          lifecycle: await platform.lifecycle(),
          confirm: () => confirmByName({ what, name: environment, given: flags.confirm }, this.prompts),
          notify: this.stepTeller(),
        },
      );
    const result = await this.change(work, ({ destroyed }) => ({ changed: destroyed }));
    await this.print(
      result.destroyed
        ? `The environment ${environment} is gone.`
        : `The environment ${environment} was not deployed.`,
    );
    return result;
  }
}
