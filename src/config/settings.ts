import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import { messageOf } from '../std/failure.ts';
import { invalidConfig, unknownEnvironment, unreadableConfig } from './errors.ts';
import { DEFAULT_REGION, DEFAULT_ROTATION_STRATEGY } from './platform-defaults.ts';
import type { RotationStrategy } from './platform-settings.ts';
import { type Config, configSchema, type EnvironmentConfig, userConfigSchema } from './schema.ts';

export const CONFIG_FILE = 'dp.config.json';

/** One setting and where it came from: `flag --env`, `environment variable DP_ENV`, a file, or `default`. */
export interface Origin {
  readonly name: string;
  readonly value: string;
  readonly origin: string;
}

/** All a command needs to know of its surroundings. */
export interface Settings {
  /** The folder with dp.config.json; everything local lives below its `.dp`. */
  readonly projectRoot: string;
  readonly project: string;
  readonly environment: string;
  readonly environmentConfig: EnvironmentConfig;
  readonly profile: string | undefined;
  readonly region: string | undefined;
  /** The catalog database of the lake: `local_data_pipeline_sample_lake`. */
  readonly lakeDatabase: string;
  /** How the passwords of the database are rotated. */
  readonly rotationStrategy: RotationStrategy;
  readonly origins: readonly Origin[];
}

export interface SettingsInput {
  readonly flags: {
    readonly env?: string | undefined;
    readonly profile?: string | undefined;
    readonly region?: string | undefined;
  };
  readonly environment: NodeJS.ProcessEnv;
  readonly workingDirectory: string;
  readonly home: string;
}

type Source = readonly [value: string | undefined, origin: string];

/** Reads the configuration. Precedence: flag, environment variable, project file, user file, default. */
export function loadSettings(input: SettingsInput): Settings {
  const projectRoot = findProjectRoot(input.workingDirectory);
  const projectPath = join(projectRoot, CONFIG_FILE);
  const config = readConfig(projectPath, configSchema) ?? configSchema.parse({});
  const written = (readConfig(projectPath, configSchema, true) ?? {}) as {
    defaultEnvironment?: string;
    project?: string;
  };
  const userPath = join(
    input.environment.XDG_CONFIG_HOME || join(input.home, '.config'),
    'dp',
    'config.json',
  );
  const user = readConfig(userPath, userConfigSchema) ?? {};

  const environment = firstSet('environment', [
    [input.flags.env, 'flag --env'],
    [input.environment.DP_ENV, 'environment variable DP_ENV'],
    [written.defaultEnvironment, projectPath],
    [user.defaultEnvironment, userPath],
    ['local', 'default'],
  ]);
  const name = environment.value;
  const environmentConfig = Object.hasOwn(config.environments, name) ? config.environments[name] : undefined;
  if (environmentConfig === undefined) throw unknownEnvironment(name, Object.keys(config.environments));
  const aws = environmentConfig.kind === 'aws' ? environmentConfig : undefined;
  const project = firstSet('project', [
    [written.project, projectPath],
    [config.project, 'default'],
  ]);
  const profile = firstSet('profile', [
    [input.flags.profile, 'flag --profile'],
    [input.environment.AWS_PROFILE, 'environment variable AWS_PROFILE'],
    [aws?.profile, projectPath],
    [user.profile, userPath],
    ['', 'default'],
  ]);
  const region = firstSet('region', [
    [input.flags.region, 'flag --region'],
    [input.environment.AWS_REGION, 'environment variable AWS_REGION'],
    [aws?.region, projectPath],
    [user.region, userPath],
    [aws === undefined ? '' : DEFAULT_REGION, 'default'],
  ]);
  const lakeDatabase = lakeDatabaseName(name, config.project);
  const rotationStrategy = rotationStrategyOf(environmentConfig, projectPath);
  return {
    projectRoot,
    project: config.project,
    environment: name,
    environmentConfig,
    profile: profile.value || undefined,
    region: region.value || undefined,
    lakeDatabase,
    rotationStrategy: rotationStrategy.value,
    origins: [
      projectRootOrigin(projectRoot, projectPath),
      project,
      environment,
      profile,
      region,
      { name: 'lakeDatabase', value: lakeDatabase, origin: 'naming rule {env}_{project}_lake' },
      rotationStrategy,
      ...environmentOrigins(name, environmentConfig, projectPath),
    ],
  };
}

function projectRootOrigin(projectRoot: string, projectPath: string): Origin {
  const origin = existsSync(projectPath) ? projectPath : 'working directory';
  return { name: 'projectRoot', value: projectRoot, origin };
}

function rotationStrategyOf(config: EnvironmentConfig, projectPath: string) {
  const written = config.database?.rotationStrategy;
  const value: RotationStrategy = written ?? DEFAULT_ROTATION_STRATEGY;
  return { name: 'rotationStrategy', value, origin: written === undefined ? 'default' : projectPath };
}

/** The project of a folder, without choosing an environment. Throws a Failure when its file cannot be used. */
export function readProject(workingDirectory: string): Config {
  const path = join(findProjectRoot(workingDirectory), CONFIG_FILE);
  return readConfig(path, configSchema) ?? configSchema.parse({});
}

/** Glue database names keep to letters, digits and underscores, so that SQL needs no quotes. */
export function lakeDatabaseName(environment: string, project: string): string {
  return `${environment}_${project}_lake`.replaceAll('-', '_');
}

function environmentOrigins(name: string, config: EnvironmentConfig, path: string): Origin[] {
  return Object.entries(config).map(([key, value]) => ({
    name: `environments.${name}.${key}`,
    value: typeof value === 'string' ? value : JSON.stringify(value),
    origin: existsSync(path) ? path : 'default',
  }));
}

function firstSet(name: string, sources: readonly Source[]): Origin {
  for (const [value, origin] of sources) {
    if (value !== undefined && (value !== '' || origin === 'default')) return { name, value, origin };
  }
  return { name, value: '', origin: 'default' };
}

/** The nearest folder upwards that has a dp.config.json, or the working directory itself. */
function findProjectRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, CONFIG_FILE))) return folder;
    if (dirname(folder) === folder) return from;
  }
}

function readConfig<S extends z.ZodType>(path: string, schema: S, raw = false): z.infer<S> | undefined {
  if (!existsSync(path)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw unreadableConfig(path, messageOf(error));
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    throw invalidConfig(
      path,
      parsed.error.issues.map((issue) => `${issue.path.join('.') || '(the whole file)'}: ${issue.message}`),
    );
  }
  return (raw ? json : parsed.data) as z.infer<S>;
}

export type { Config };
