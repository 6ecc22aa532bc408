import { addDays, dayAt } from '../etl/business-day.ts';
import { green, type Hop, type HopFinding, red, yellow } from '../platform/hops.ts';
import type { Platform } from '../platform/platform.ts';
import type { SecretDescription } from '../platform/secrets.ts';
import type { EtlDeps } from './etl-deps.ts';
import { etlStatus } from './etl-status.ts';
import { withAge } from './list-secrets.ts';
import { showDay } from './show-day.ts';

const FAST_MS = 3_000;
const SLOW_MS = 10_000;
/** A password that is older is worth a rotation; what most audits ask for. */
const SECRET_AGE_DAYS_MAX = 90;

export interface PlatformHopsInput {
  readonly platform: Platform;
  readonly lakeDatabase: string;
  readonly openEtl: () => Promise<EtlDeps>;
}

/** What must work for the local environment to work, in the order in which a fault is best looked for. */
export function platformHops(input: PlatformHopsInput): Hop[] {
  const { platform } = input;
  return [
    deployedHop(platform),
    serverHop(platform),
    secretsHop(platform),
    loginsHop(platform),
    schemaHop(input),
    apiHop(platform),
    lakeHop(input),
    catalogHop(input),
    warehouseHop(input),
    freshnessHop(input),
  ];
}

function deployedHop(platform: Platform): Hop {
  return {
    name: 'deployment',
    needs: ['config'],
    timeLimitMs: FAST_MS,
    check: async () =>
      (await (await platform.lifecycle()).isDeployed())
        ? green(`${platform.environment} is deployed`)
        : red(`${platform.environment} is not deployed`, 'dp deploy'),
  };
}

function serverHop(platform: Platform): Hop {
  const database = () => platform.database();
  return {
    name: 'database server',
    needs: ['deployment'],
    timeLimitMs: FAST_MS,
    check: async () => {
      const { state, version, host, port } = await (await database()).describe();
      if (state === 'running') return green(`${version} answers on ${host}:${port}`);
      if (state === 'absent') return red('its data is gone', 'dp deploy');
      if (state === 'stopped') return red('it is stopped', 'dp doctor --fix');
      return red('its process runs, but does not answer', 'dp logs database');
    },
    repair: async () => {
      await using _session = await (await database()).connect('admin');
      return 'started the database server';
    },
  };
}

export function secretsHop(platform: Platform): Hop {
  return {
    name: 'secrets',
    needs: ['deployment'],
    timeLimitMs: FAST_MS,
    check: async () => secretsFinding(await (await platform.secrets()).list()),
    repair: async () => {
      const secrets = await platform.secrets();
      for (const { name, state } of await secrets.list()) {
        if (state === 'unfinished') await secrets.recover(name, () => undefined);
      }
      return 'tidied up after the rotation that was cut off';
    },
  };
}

function secretsFinding(secrets: readonly SecretDescription[]): HopFinding {
  const unfinished = secrets.find(({ state }) => state === 'unfinished');
  if (unfinished !== undefined) {
    return yellow(`a rotation of ${unfinished.name} was cut off; its current value works`, 'dp doctor --fix');
  }
  const aged = secrets.map((secret) => withAge(secret, Date.now()));
  const due = aged.find(({ isDue }) => isDue);
  if (due !== undefined) {
    return yellow(
      `${due.name} was due on ${due.nextRotationAt?.slice(0, 10)}`,
      `dp secrets rotate ${due.name}`,
    );
  }
  const old = aged.find(({ ageDays }) => (ageDays ?? 0) > SECRET_AGE_DAYS_MAX);
  if (old !== undefined) {
    return yellow(`${old.name} is ${old.ageDays} days old`, `dp secrets rotate ${old.name}`);
  }
  return green(`${secrets.length} secrets, none older than ${SECRET_AGE_DAYS_MAX} days`);
}

export function loginsHop(platform: Platform): Hop {
  return {
    name: 'logins',
    needs: ['database server', 'secrets'],
    timeLimitMs: SLOW_MS,
    check: async () => {
      const secrets = await platform.secrets();
      const names = (await secrets.list()).map(({ name }) => name);
      const checks = await Promise.all(
        names.map(async (name) => ({ name, found: await secrets.check(name) })),
      );
      for (const { name, found } of checks) {
        const bad = found.find(({ outcome }) => outcome === 'failed');
        if (bad !== undefined) {
          return red(`${name} cannot log in for ${bad.consumer}: ${bad.detail}`, 'dp doctor --fix');
        }
      }
      return green(`${names.join(', ')} log in on every path`);
    },
    repair: async () => {
      const secrets = await platform.secrets();
      const changed: string[] = [];
      for (const { name } of await secrets.list()) {
        if (await secrets.recover(name, () => undefined)) changed.push(name);
      }
      return `gave the database the current password of ${changed.join(', ') || 'nobody'}`;
    },
  };
}

function schemaHop({ platform, openEtl }: PlatformHopsInput): Hop {
  return {
    name: 'schema',
    needs: ['logins'],
    timeLimitMs: SLOW_MS,
    check: async () => {
      const { engine, tables } = await openEtl();
      const { broken, extra } = await engine.findDrift(tables);
      if (broken[0] !== undefined) return red(broken[0], 'dp db migrate');
      if (extra[0] !== undefined) return yellow(extra[0], 'See docs/add-a-table.md.');
      return green('the shop’s tables are what the lake’s contracts ask for');
    },
    repair: async () => {
      const { applied } = await (await platform.lifecycle()).migrate();
      return applied.length === 0 ? 'no migration was missing' : `applied ${applied.join(', ')}`;
    },
  };
}

export function apiHop(platform: Platform): Hop {
  return {
    name: 'shop api',
    needs: ['logins'],
    timeLimitMs: SLOW_MS,
    check: async () => {
      const api = await platform.shopApi();
      const { state, url } = await api.describe();
      if (state !== 'running') return red(`it is ${state}`, 'dp deploy');
      for (const path of ['/health', '/products?limit=1']) {
        const { status } = await api.call({ method: 'GET', path, headers: {} });
        if (status !== 200) return red(`GET ${path} answers ${status}`, `dp api call GET "${path}"`);
      }
      return green(`GET /health and /products answer 200 on ${url}`);
    },
  };
}

export function lakeHop({ openEtl }: PlatformHopsInput): Hop {
  return {
    name: 'lake',
    needs: ['deployment'],
    timeLimitMs: SLOW_MS,
    check: async () => {
      const etl = await openEtl();
      const date = await newestDay(etl);
      if (date === undefined) return yellow('no day was ever loaded', loadCommand(etl));
      const { published } = await showDay({ date }, etl);
      for (const [table, { files }] of Object.entries(published?.tables ?? {})) {
        for (const { key, bytes } of files) {
          const found = (await etl.lake.list(key)).find((object) => object.key === key);
          if (found === undefined) return red(`a file of ${table} of ${date} is gone: ${key}`, reload(date));
          if (found.bytes !== bytes)
            return red(`a file of ${table} of ${date} has another size: ${key}`, reload(date));
        }
      }
      return green(`every file of ${date} is there`);
    },
  };
}

export function catalogHop({ openEtl, lakeDatabase }: PlatformHopsInput): Hop {
  return {
    name: 'catalog',
    needs: ['lake'],
    timeLimitMs: SLOW_MS,
    check: async () => {
      const etl = await openEtl();
      const date = await newestDay(etl);
      if (date === undefined) return yellow('it is empty until a day is loaded', loadCommand(etl));
      const { published } = await showDay({ date }, etl);
      for (const [table, { location }] of Object.entries(published?.tables ?? {})) {
        const partition = await etl.catalog.findPartition({ database: lakeDatabase, table }, [date]);
        if (partition === undefined) return red(`${table} has no partition ${date}`, reload(date));
        if (partition.location !== location) {
          return red(`${table}’s partition ${date} points at ${partition.location}`, reload(date));
        }
      }
      return green(`the partitions of ${date} point at what was published`);
    },
  };
}

export function warehouseHop({ platform, lakeDatabase, openEtl }: PlatformHopsInput): Hop {
  return {
    name: 'warehouse',
    needs: ['catalog'],
    timeLimitMs: SLOW_MS,
    check: async () => {
      const etl = await openEtl();
      const date = await newestDay(etl);
      const table = etl.tables[0]?.contract.table;
      const loaded = date !== undefined && table !== undefined;
      const sql = loaded ? `SELECT count(*) FROM ${table} WHERE dt = DATE '${date}'` : 'SELECT 1';
      const result = await (await platform.warehouse()).run({ sql, database: lakeDatabase });
      for await (const _rows of result.batches());
      return green(loaded ? `${table} of ${date} can be queried` : 'SQL is answered');
    },
  };
}

export function freshnessHop({ openEtl }: PlatformHopsInput): Hop {
  return {
    name: 'freshness',
    needs: ['lake'],
    isNoHint: true,
    timeLimitMs: SLOW_MS,
    check: async () => {
      const etl = await openEtl();
      const { days } = await etlStatus({}, etl);
      const failed = days.filter(({ state }) => state === 'failed').map(({ date }) => date);
      if (failed[0] !== undefined) {
        return red(`days have failed: ${failed.join(', ')}`, `dp etl show --date ${failed[0]}`);
      }
      const yesterday = addDays(dayAt(etl.clock.now()), -1);
      const newest = days.findLast(({ state }) => state === 'verified')?.date;
      if (newest === yesterday) return green(`verified up to ${newest}, which is all there can be`);
      const since = newest === undefined ? 'no day is verified' : `the newest verified day is ${newest}`;
      return yellow(since, loadCommand(etl));
    },
  };
}

async function newestDay(etl: EtlDeps): Promise<string | undefined> {
  const { days } = await etlStatus({}, etl);
  return days.findLast(({ publishedRunId }) => publishedRunId !== null)?.date;
}

function loadCommand(etl: EtlDeps): string {
  return reload(addDays(dayAt(etl.clock.now()), -1));
}

function reload(date: string): string {
  return `dp etl run --date ${date}`;
}
