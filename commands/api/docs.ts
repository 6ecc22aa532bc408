import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { listApiOperations } from '../../src/operations/list-api-operations.ts';

export default class ApiDocs extends DpCommand {
  static override summary = 'List what the Shop API can do, or print its OpenAPI document.';
  static override description =
    'The document is made from the schemas that check the requests, so it is never out of date. A running API serves it at /openapi.json.';
  static override examples = [
    '<%= config.bin %> api docs',
    '<%= config.bin %> api docs --openapi > shop-api.json',
  ];
  static override flags = {
    openapi: Flags.boolean({ description: 'Print the OpenAPI 3.1 document as JSON.' }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(ApiDocs);
    const api = await (await this.platform()).shopApi();
    const { document, operations } = await listApiOperations({}, { api });
    if (flags.openapi) {
      await this.print(JSON.stringify(document, null, 2));
      return document;
    }
    const width = Math.max(...operations.map(({ path }) => path.length));
    for (const { method, path, summary } of operations) {
      await this.print(`${method.padEnd(6)} ${path.padEnd(width)}  ${summary}`);
    }
    return document;
  }
}
