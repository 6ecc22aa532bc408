import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { serveShopApi } from '../../src/operations/serve-shop-api.ts';

const PORT_DEFAULT = 8080;

export default class ApiServe extends DpCommand {
  static override summary = 'Serve the Shop API on this machine until Ctrl-C.';
  static override description =
    'Listens on 127.0.0.1 only and works on the local environment’s database as shop_api. Each request is one line of JSON on stderr. Ctrl-C lets the requests under way end and gives exit code 130.';
  static override examples = [
    '<%= config.bin %> api serve',
    '<%= config.bin %> api serve --port 0 --json',
    '<%= config.bin %> api serve & curl http://127.0.0.1:8080/products',
  ];
  static override flags = {
    port: Flags.integer({
      description: 'Port to listen on; 0 takes a free one.',
      default: PORT_DEFAULT,
      min: 0,
      max: 65_535,
      helpValue: 'PORT',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ApiServe);
    const api = await (await this.platform()).shopApi();
    await serveShopApi(
      { port: flags.port, signal: this.signal },
      {
        api,
        listening: async (url) => {
          await this.emit({ event: 'listening', url });
          await this.print(`Shop API: ${url}`);
          this.say(`Its document: ${url}/openapi.json. Ctrl-C stops it.`);
        },
        request: async (line) => {
          await this.emit({ event: 'request', ...(JSON.parse(line) as object) });
          this.say(line);
        },
      },
    );
  }
}
