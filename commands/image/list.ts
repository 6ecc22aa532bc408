import { DpCommand } from '../../src/cli/base-command.ts';
import { formatImages } from '../../src/cli/format/images.ts';
import { listImages } from '../../src/operations/list-images.ts';

export default class ImageList extends DpCommand {
  static override summary = 'List the images in the environment’s repository.';
  static override description = 'Newest first, with the one that a deploy runs marked. Needs credentials.';
  static override examples = [
    '<%= config.bin %> image list --env staging',
    '<%= config.bin %> image list --env staging --json',
  ];

  async run(): Promise<object> {
    await this.parse(ImageList);
    const { projectRoot } = await this.settings();
    const platform = await this.platform();
    const result = await listImages(
      { environment: platform.environment, projectRoot },
      { images: await platform.images() },
    );
    await this.print(formatImages(result));
    return result;
  }
}
