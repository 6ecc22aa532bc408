import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildShopApi } from '../scripts/build-shop-api.ts';
import { interleave, printRatios, timeCommand } from './support/measure.ts';

export const name = 'shop-cold-start';

const ROUNDS = 15;

/** A process that loads the bundled Lambda handler and answers one request without the database, against `node -e 0`. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'dp-cold-'));
  try {
    const bundle = await buildShopApi(folder);
    const event = JSON.stringify({
      version: '2.0',
      rawPath: '/nowhere',
      rawQueryString: '',
      requestContext: { requestId: 'cold', domainName: 'localhost', http: { method: 'GET' } },
    });
    const script = `const { handler } = await import(${JSON.stringify(bundle)});
      const { statusCode } = await handler(${event}, { getRemainingTimeInMillis: () => 10000 });
      process.exit(statusCode === 404 ? 0 : 1);`;
    const env = {
      PATH: process.env.PATH,
      AWS_REGION: 'ap-northeast-1',
      DATABASE_HOST: 'localhost',
      DATABASE_PORT: '1',
      DATABASE_NAME: 'stg_core',
      DATABASE_USER: 'shop_api',
      DATABASE_LOGIN: 'iam',
    };
    const times = await interleave(ROUNDS, {
      'node -e 0': () => timeCommand([process.execPath, '-e', '0'], { env }),
      'handler loaded, first answer': () =>
        timeCommand([process.execPath, '--input-type=module', '-e', script], { env }),
    });
    printRatios(times, 'node -e 0');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
