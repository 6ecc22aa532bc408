import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { pushImage } from '../../src/operations/push-image.ts';

export default class ImagePush extends DpCommand {
  static override summary = 'Push the image of the Shop API and note its digest.';
  static override description =
    'Writes the digest into dp.images.json beside dp.config.json, where dp deploy reads it. Needs the registry stack.';
  static override examples = [
    '<%= config.bin %> image push --env staging',
    '<%= config.bin %> image push --env staging --tag 20261123t010203z',
  ];
  static override flags = {
    tag: Flags.string({
      description: 'Tag of the image. Default: the last one built here.',
      helpValue: 'TAG',
    }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(ImagePush);
    const { projectRoot } = await this.settings();
    const platform = await this.platform();
    const work = async () =>
      pushImage(
        { environment: platform.environment, projectRoot, tag: flags.tag },
        { images: await platform.images(), notify: (line) => this.say(line) },
      );
    const result = await this.change(work, ({ tag, digest }) => ({ changed: true, ids: { [tag]: digest } }));
    await this.print(
      `Pushed ${result.tag} as ${result.digest}.\nNext: dp deploy --env ${result.environment}`,
    );
    return result;
  }
}
