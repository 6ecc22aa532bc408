import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { platformNames } from '../../config/platform-names.ts';
import { loadSettings, readProject, type Settings } from '../../config/settings.ts';
import { etlStatus } from '../../operations/etl-status.ts';
import { shippedTables } from '../../operations/read-lake-tables.ts';
import type { Platform } from '../../platform/platform.ts';
import { systemClock } from '../../std/clock.ts';
import { STATES } from '../day-range.ts';
import type { Candidate, ValueQuestion } from './find-question.ts';

/** Where values are looked up: this machine's files. On AWS no port is opened: completion never uses the network. */
interface Sources {
  readonly settings: Settings;
  /** Only of an environment on this machine. */
  readonly platform: Platform | undefined;
}

type Values = (sources: Sources) => Promise<readonly Candidate[]>;

const NEWEST = 20;

/** The values that a flag or an argument can have here and now; `files` where a path is wanted. */
export async function valuesOf(
  question: ValueQuestion,
  typed: string,
): Promise<readonly Candidate[] | 'files'> {
  const { command, of } = question;
  if ('helpValue' in of && /^(PATH|FILE|DIR)$/.test(of.helpValue ?? '')) return 'files';
  const topic = command.id.split(':')[0] ?? '';
  if (!('type' in of)) return inSources(question, ARGUMENTS[`${topic} ${of.name}`]);
  if (of.name === 'env') return environments();
  if (of.name === 'profile') return profiles(process.env, homedir());
  if (of.name === 'only') return states(typed);
  return inSources(question, of.name === 'date' && command.id === 'etl:run' ? daysToLoad : FLAGS[of.name]);
}

const FLAGS: Readonly<Record<string, Values>> = {
  date: (sources) => days(sources, (state) => state !== 'missing'),
  from: (sources) => days(sources, () => true),
  to: (sources) => days(sources, () => true),
  saved: savedQueries,
  job: jobs,
  database: async ({ settings }) => [{ value: settings.lakeDatabase, description: 'the lake' }],
};

/** By topic and argument. */
const ARGUMENTS: Readonly<Record<string, Values>> = {
  'catalog table': tables,
  'secrets name': secrets,
  'crawler name': crawlers,
  'job name': jobs,
  'undo id': changes,
  'query id': queries,
  'query name': savedQueries,
};

async function inSources(question: ValueQuestion, values: Values | undefined): Promise<readonly Candidate[]> {
  if (values === undefined) return [];
  const { given } = question;
  const settings = loadSettings({
    flags: { env: given.get('env'), profile: undefined, region: undefined },
    environment: process.env,
    workingDirectory: process.cwd(),
    home: homedir(),
  });
  if (settings.environmentConfig.kind === 'aws') return values({ settings, platform: undefined });
  const { openPlatform } = await import('../wire.ts');
  const surroundings = {
    environment: process.env,
    note: () => undefined,
    signal: () => new AbortController().signal,
  };
  await using platform = openPlatform(settings, surroundings);
  return await values({ settings, platform });
}

function environments(): Candidate[] {
  const { environments: known } = readProject(process.cwd());
  return Object.entries(known).map(([value, { kind }]) => ({
    value,
    description: kind === 'local' ? 'on this machine' : 'on AWS',
  }));
}

/** The sections of the files that the AWS CLI reads: `[profile NAME]` in config, `[NAME]` in credentials. */
function profiles(environment: NodeJS.ProcessEnv, home: string): Candidate[] {
  const sections = (path: string, pattern: RegExp): string[] => {
    try {
      return [...readFileSync(path, 'utf8').matchAll(pattern)].map((match) => match[1]?.trim() ?? '');
    } catch {
      return [];
    }
  };
  const config = environment.AWS_CONFIG_FILE ?? join(home, '.aws', 'config');
  const credentials = environment.AWS_SHARED_CREDENTIALS_FILE ?? join(home, '.aws', 'credentials');
  const names = [
    ...sections(config, /^\s*\[\s*(?:profile\s+([^\]]+)|default)\s*\]/gm).map((name) => name || 'default'),
    ...sections(credentials, /^\s*\[([^\]]+)\]/gm),
  ];
  return [...new Set(names)].map((value) => ({ value }));
}

/** A list with commas: what is typed stays in front of each that is left. */
function states(typed: string): Candidate[] {
  const chosen = typed.split(',').slice(0, -1);
  const left = STATES.filter((state) => !chosen.includes(state));
  return left.map((state) => ({ value: [...chosen, state].join(',') }));
}

function daysToLoad(sources: Sources): Promise<readonly Candidate[]> {
  return days(sources, (state) => ['failed', 'stale', 'missing'].includes(state));
}

/** Days of the last five weeks, the newest first. */
async function days({ platform }: Sources, wanted: (state: string) => boolean): Promise<Candidate[]> {
  if (platform === undefined) return [];
  // Whether the owner of a lock still lives takes an engine to tell; a day that is held counts as running.
  const engine = { owner: { host: '', pid: 0, startedMs: 0 } as never, isGone: async () => false };
  const { days: all } = await etlStatus({}, { lake: await platform.lake(), engine, clock: systemClock });
  const chosen = all.filter((day) => wanted(day.state)).reverse();
  return chosen.map(({ date, state }) => ({ value: date, description: state }));
}

async function tables({ platform, settings }: Sources): Promise<Candidate[]> {
  const found = platform && (await (await platform.catalog()).listTables(settings.lakeDatabase));
  if (found !== undefined && found.length > 0) return found.map(({ name }) => ({ value: name }));
  // Nothing is deployed here, or it is on AWS: the tables that dp would make.
  const folders = readdirSync(shippedTables(), { withFileTypes: true }).filter((one) => one.isDirectory());
  return folders.map(({ name }) => ({ value: name }));
}

async function secrets({ platform }: Sources): Promise<Candidate[]> {
  const found = (await (await platform?.secrets())?.list()) ?? [];
  return found.map(({ name, state }) => ({ value: name, description: state }));
}

async function savedQueries({ platform }: Sources): Promise<Candidate[]> {
  const found = (await (await platform?.history())?.listSaved()) ?? [];
  return found.map(({ name, description, sql }) => ({ value: name, description: description ?? sql }));
}

async function queries({ platform }: Sources): Promise<Candidate[]> {
  const found = (await (await platform?.history())?.list(NEWEST)) ?? [];
  return found.map(({ queryId, state, sql }) => ({ value: queryId, description: `${state}: ${sql}` }));
}

async function changes({ platform }: Sources): Promise<Candidate[]> {
  const found = (await (await platform?.journal())?.list()) ?? [];
  const undoable = found.filter((entry) => entry.inverses.length > 0).slice(-NEWEST);
  return undoable.reverse().map(({ id, command }) => ({ value: id, description: command }));
}

async function jobs({ platform, settings }: Sources): Promise<Candidate[]> {
  if (platform === undefined) return [{ value: namesOnAws(settings).job }];
  return (await (await platform.jobs()).list()).map(({ name }) => ({ value: name }));
}

async function crawlers({ platform, settings }: Sources): Promise<Candidate[]> {
  const { databaseCrawler, landingCrawler } = namesOnAws(settings);
  if (platform === undefined) return [databaseCrawler, landingCrawler].map((value) => ({ value }));
  return (await (await platform.crawlers()).list()).map(({ name }) => ({ value: name }));
}

/** By the naming rule; nothing that is used here has the account in its name. */
function namesOnAws({ environment, project }: Settings): ReturnType<typeof platformNames> {
  return platformNames({ environment, project, account: '' });
}
