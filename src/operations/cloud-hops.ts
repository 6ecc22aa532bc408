import { green, type Hop, red, yellow } from '../platform/hops.ts';
import type { Platform } from '../platform/platform.ts';
import { assert } from '../std/assert.ts';
import {
  apiHop,
  catalogHop,
  freshnessHop,
  lakeHop,
  loginsHop,
  type PlatformHopsInput,
  secretsHop,
  warehouseHop,
} from './platform-hops.ts';
import { showSchedule } from './show-schedule.ts';

const FAST_MS = 5_000;
/** A tunnel is opened, and two users log in through it. */
const LOGIN_MS = 20_000;

/** What must work for an environment on AWS to work; `own` is what only AWS can be asked. */
export function cloudHops(input: PlatformHopsInput, own: readonly Hop[]): Hop[] {
  const { platform } = input;
  const named = (name: string): Hop => {
    const hop = own.find((one) => one.name === name);
    assert(hop !== undefined, `an environment on AWS has the hop ${name}`);
    return hop;
  };
  return [
    named('sign-in'),
    named('account'),
    named('stacks'),
    bastionHop(platform),
    named('security groups'),
    named('rds proxy'),
    auroraHop(platform),
    auroraLoginHop(platform),
    { ...secretsHop(platform), needs: ['stacks'], timeLimitMs: FAST_MS },
    named('glue connection'),
    named('s3'),
    { ...lakeHop(input), needs: ['s3'] },
    catalogHop(input),
    named('athena workgroup'),
    { ...warehouseHop(input), needs: ['catalog', 'athena workgroup'], isNoHint: true },
    named('shop api function'),
    { ...apiHop(platform), needs: ['shop api function'] },
    scheduleHop(platform),
    { ...freshnessHop(input), needs: ['lake'] },
  ];
}

function bastionHop(platform: Platform): Hop {
  return {
    name: 'bastion',
    needs: ['stacks'],
    timeLimitMs: FAST_MS,
    check: async () => {
      const { id, agentVersion } = await (await platform.sessions()).findBastion();
      return green(`${id} is online, its agent is ${agentVersion}`);
    },
  };
}

function auroraHop(platform: Platform): Hop {
  return {
    name: 'aurora',
    needs: ['stacks'],
    timeLimitMs: FAST_MS,
    check: async () => {
      const { state, version, host, cluster } = await (await platform.database()).describe();
      if (state === 'running') return green(`${version} serves on ${host}`);
      if (state === 'absent') return red('there is no cluster', 'dp deploy');
      const start = `aws rds start-db-cluster --db-cluster-identifier ${cluster}`;
      if (state === 'stopped') return red('the cluster is stopped', start);
      return red('the cluster is not available yet, or no longer', 'dp logs database');
    },
  };
}

/** As the Shop API logs in, by IAM, and as Glue does, with the secret; both through a tunnel. */
function auroraLoginHop(platform: Platform): Hop {
  const bySecret = loginsHop(platform);
  return {
    ...bySecret,
    name: 'aurora login',
    needs: ['bastion', 'security groups', 'aurora'],
    timeLimitMs: LOGIN_MS,
    isNoHint: true,
    check: async () => {
      await using session = await (await platform.database()).connect('shop_api');
      await session.query('SELECT 1');
      return bySecret.check();
    },
  };
}

function scheduleHop(platform: Platform): Hop {
  return {
    name: 'schedule',
    needs: ['stacks'],
    timeLimitMs: FAST_MS,
    check: async () => {
      const { enabled, expression, timeZone } = await showSchedule(await platform.schedule());
      return enabled
        ? green(`the daily load starts by ${expression}, ${timeZone}`)
        : yellow('the daily load is paused', 'dp etl schedule resume');
    },
  };
}
