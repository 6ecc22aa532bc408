import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../src/cli/base-command.ts';
import { type DiagramFormat, drawPlatform } from '../src/operations/draw-platform.ts';

export default class Diagram extends DpCommand {
  static override summary = 'Draw the platform of an AWS environment from its templates.';
  static override description =
    'Prints a Mermaid graph or an SVG picture to stdout. Works offline and without credentials.';
  static override examples = [
    '<%= config.bin %> diagram --env staging',
    '<%= config.bin %> diagram --env production --format svg > production.svg',
  ];
  static override flags = {
    format: Flags.option({
      description: 'Form of the drawing.',
      options: ['mermaid', 'svg'] as const satisfies readonly DiagramFormat[],
      default: 'mermaid',
    })(),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(Diagram);
    const platform = await this.platform();
    const result = await drawPlatform(
      { environment: platform.environment, format: flags.format },
      { stacks: await platform.stacks() },
    );
    await this.print(result.diagram);
    return result;
  }
}
