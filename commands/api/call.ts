import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { bodyText } from '../../src/cli/format/body-text.ts';
import { readBody } from '../../src/cli/read-body.ts';
import { callShopApi } from '../../src/operations/call-shop-api.ts';

export default class ApiCall extends DpCommand {
  static override summary = 'Send one request to the Shop API and print its answer.';
  static override description =
    'In the local environment the request goes to the Shop API that dp deploy started; where none runs, this process carries it out. Exit code 1 when the API refuses the request, 75 when it asks to try again later; the answer is printed either way.';
  static override examples = [
    '<%= config.bin %> api call GET "/products?limit=3"',
    '<%= config.bin %> api call POST /orders --data \'{"customerId":1,"items":[{"productId":1,"quantity":2}]}\'',
    '<%= config.bin %> api call POST /orders --data - --header "Idempotency-Key: order-1" < order.json',
    '<%= config.bin %> api call PATCH /orders/1 --data \'{"status":"paid"}\' --json',
  ];
  static override args = {
    method: Args.string({ description: 'HTTP method.', required: true }),
    path: Args.string({ description: 'Path with its query, from /.', required: true }),
  };
  static override flags = {
    data: Flags.string({
      char: 'd',
      description: 'Body as JSON; @PATH reads a file and - standard input.',
      helpValue: 'JSON',
    }),
    header: Flags.string({
      char: 'H',
      description: 'Header to send; may be given again.',
      helpValue: 'NAME:VALUE',
      multiple: true,
      default: [],
    }),
    include: Flags.boolean({ char: 'i', description: 'Print status and headers before the body.' }),
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(ApiCall);
    const body = await readBody(flags.data);
    const api = await (await this.platform()).shopApi();
    const response = await callShopApi(
      { ...args, headers: flags.header, ...(body === undefined ? {} : { body }) },
      { api },
    );
    const { status, headers } = response;
    if (flags.include) {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      await this.print(`${status}\n${lines.join('\n')}\n`);
    }
    const answer = bodyText(response.body);
    if (answer.text !== '') await this.print(answer.text);
    if (status >= 400) this.endWith(status === 503 || status === 504 ? 75 : 1);
    return { status, headers, body: answer.value };
  }
}
