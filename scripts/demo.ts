// `npm run demo`: the whole flow on this machine with the commands an operator types, each shown before it runs.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const DAYS = 5;
const JST_OFFSET_MS = 9 * 3_600_000;
const DAY_MS = 86_400_000;

/** The JST day that lies `days` before today. */
function dayBefore(days: number): string {
  return new Date(Date.now() + JST_OFFSET_MS - days * DAY_MS).toISOString().slice(0, 10);
}

const SALES = `SELECT dt, count(*) AS products, sum(quantity) AS sold, sum(revenue) AS revenue FROM daily_sales GROUP BY dt ORDER BY dt`;

if (!existsSync(join(root, 'dist', 'src', 'cli', 'cli.js')))
  run(process.execPath, [join(root, 'scripts', 'build.ts')]);
const started = Date.now();
dp('deploy', '--orders', '50000', '--days', '30');
dp('etl', 'run', '--from', dayBefore(DAYS), '--to', dayBefore(1));
dp('query', SALES, '--format', 'table');
dp('etl', 'status', '--from', dayBefore(DAYS + 2));
console.log(`
That took ${Math.round((Date.now() - started) / 1000)} s, and the platform stays. Try next:
  npx dp query "SELECT status, count(*) AS orders FROM orders GROUP BY status"
  npx dp etl show --date ${dayBefore(1)}
  npx dp etl run --date ${dayBefore(DAYS + 1)}
  npx dp db shell
  npx dp status
  npx dp destroy          when you have seen enough`);

function dp(...args: string[]): void {
  console.log(
    `\n$ npx dp ${args.map((arg) => (/^[\w-]+$/.test(arg) ? arg : JSON.stringify(arg))).join(' ')}`,
  );
  run(process.execPath, [join(root, 'bin', 'run.js'), ...args]);
}

function run(program: string, args: readonly string[]): void {
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
