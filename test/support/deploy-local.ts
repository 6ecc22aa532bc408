// Deploys a project as a process of its own, one JSON event per line: node deploy-local.ts ROOT ORDERS
import { openLocalLifecycle } from '../../src/local/lifecycle.ts';
import { localPaths } from '../../src/local/paths.ts';
import { openShopSteps } from '../../src/local/shop-steps.ts';
import { systemClock } from '../../src/std/clock.ts';

const paths = localPaths(process.argv[2] ?? '');
const lifecycle = openLocalLifecycle(
  { paths, environmentVariables: process.env, bufferPoolMegabytes: 64 },
  { shop: openShopSteps({ clock: systemClock }) },
);
const request = { orders: Number(process.argv[3]), days: 5, seed: 1 };
const { changed } = await lifecycle.deploy(request, (event) => {
  process.stdout.write(`${JSON.stringify(event)}\n`);
});
process.stdout.write(`${JSON.stringify({ changed, cpuMs: cpuMs() })}\n`);

function cpuMs(): number {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return Math.round((userCPUTime + systemCPUTime) / 1000);
}
