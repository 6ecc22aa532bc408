import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { shopApiImage } from '../../src/cli/shop-api-image.ts';
import { buildImage } from '../../src/operations/build-image.ts';

export default class ImageBuild extends DpCommand {
  static override summary = 'Build the container image of the Shop API.';
  static override description =
    'Uses docker, podman or finch, whichever is there (or DP_CONTAINER_TOOL). The base image must be pinned by digest.';
  static override examples = [
    '<%= config.bin %> image build --env staging',
    '<%= config.bin %> image build --env staging --base-image public.ecr.aws/lambda/nodejs@sha256:0123…',
  ];
  static override flags = {
    'base-image': Flags.string({
      description: 'Image to build on, with its digest. Default: api.baseImage in dp.config.json.',
      helpValue: 'IMAGE@DIGEST',
    }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(ImageBuild);
    const settings = await this.settings();
    const platform = await this.platform();
    const images = await platform.images();
    const result = await buildImage(
      {
        environment: platform.environment,
        projectRoot: settings.projectRoot,
        nowMs: Date.now(),
        ...shopApiImage(settings, flags['base-image']),
      },
      { images, notify: (line) => this.say(line) },
    );
    await this.print(`Built ${result.image}.\nNext: dp image push --env ${result.environment}`);
    return result;
  }
}
