import { isAbsolute, join } from 'node:path';
import { assert } from '../std/assert.ts';

/** Where one local environment keeps everything. All paths are absolute and lie below `<project>/.dp`. */
export interface LocalPaths {
  /** `<project>/.dp/local`: deleting it deletes the environment and nothing else. */
  readonly root: string;
  readonly server: ServerPaths;
  /** One file per login, readable by its owner only. */
  readonly secrets: string;
  /** The lake's objects; laid out as the keys of the bucket. */
  readonly lake: string;
  readonly catalog: string;
  /** Scratch space of running work; safe to empty while nothing runs. */
  readonly work: string;
  readonly api: ApiPaths;
  /** The requests that serving APIs answered, as JSON lines. */
  readonly apiLog: string;
  /** What dp changed here, as JSON lines. Outlives the environment: that it was destroyed is part of it. */
  readonly journal: string;
  /** Written when a deploy has ended well. */
  readonly deployedMark: string;
  readonly history: string;
  /** A folder a run of the daily job. */
  readonly jobs: string;
  readonly crawlers: string;
  /** What was changed of the daily schedule. */
  readonly schedule: string;
  /** What was downloaded. Outlives the environment, and is shared by all environments of the project. */
  readonly cache: string;
}

export interface ServerPaths {
  readonly root: string;
  readonly data: string;
  readonly certificates: string;
  /** The server's own temporary files. Lies beside `data`: its flags say `../tmp`. */
  readonly temporary: string;
  readonly log: string;
  /** The port of the last start, as JSON. */
  readonly port: string;
  readonly lock: string;
}

/** Of the Shop API's own process. */
export interface ApiPaths {
  readonly root: string;
  /** Who serves and where, as JSON. */
  readonly state: string;
  /** The port of the last start. */
  readonly port: string;
  /** What the process says beside its requests. */
  readonly log: string;
}

/** `projectRoot` is the absolute folder that holds dp.config.json. Touches no file. */
export function localPaths(projectRoot: string, environment = 'local'): LocalPaths {
  assert(isAbsolute(projectRoot), `the project root must be absolute: ${projectRoot}`);
  assert(/^[a-z][a-z0-9-]*$/.test(environment) && environment !== 'cache', `bad name: ${environment}`);
  const root = join(projectRoot, '.dp', environment);
  const server = join(root, 'server');
  const api = join(root, 'api');
  return {
    root,
    server: {
      root: server,
      data: join(server, 'data'),
      certificates: join(server, 'certificates'),
      temporary: join(server, 'tmp'),
      log: join(server, 'server.log'),
      port: join(server, 'port.json'),
      lock: join(server, 'start.lock'),
    },
    secrets: join(root, 'secrets'),
    lake: join(root, 'lake'),
    catalog: join(root, 'catalog'),
    work: join(root, 'work'),
    journal: join(projectRoot, '.dp', 'journal', `${environment}.jsonl`),
    api: {
      root: api,
      state: join(api, 'process.json'),
      port: join(api, 'port'),
      log: join(api, 'process.log'),
    },
    apiLog: join(root, 'api.log'),
    deployedMark: join(root, 'deployed.json'),
    history: join(root, 'history'),
    jobs: join(root, 'jobs'),
    crawlers: join(root, 'crawlers'),
    schedule: join(root, 'schedule.json'),
    cache: join(projectRoot, '.dp', 'cache'),
  };
}
