import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { configJsonSchema } from '../../src/config/schema.ts';
import { loadSettings, type SettingsInput } from '../../src/config/settings.ts';
import { Failure } from '../../src/std/failure.ts';

function project(
  t: TestContext,
  files: { readonly config?: unknown; readonly user?: unknown },
): SettingsInput {
  const root = mkdtempSync(join(tmpdir(), 'dp-config-'));
  t.after(() => rmSync(root, { recursive: true }));
  const home = join(root, 'home');
  mkdirSync(join(home, '.config', 'dp'), { recursive: true });
  mkdirSync(join(root, 'project', 'deep', 'er'), { recursive: true });
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  if (files.config !== undefined) writeFileSync(join(root, 'project', 'dp.config.json'), text(files.config));
  if (files.user !== undefined) writeFileSync(join(home, '.config', 'dp', 'config.json'), text(files.user));
  return { flags: {}, environment: {}, workingDirectory: join(root, 'project', 'deep', 'er'), home };
}

const AWS = { kind: 'aws', region: 'ap-northeast-1', profile: 'from-project' };
const CONFIG = {
  project: 'shop',
  defaultEnvironment: 'staging',
  environments: { local: { kind: 'local' }, staging: AWS },
};

function originOf(input: SettingsInput, name: string): { value: string; origin: string } | undefined {
  return loadSettings(input).origins.find((one) => one.name === name);
}

test('a flag beats the environment variable, which beats the project file, which beats the user file', (t) => {
  const input = project(t, { config: CONFIG, user: { defaultEnvironment: 'local', profile: 'from-user' } });
  const projectFile = join(loadSettings(input).projectRoot, 'dp.config.json');
  assert.deepEqual(originOf(input, 'environment'), {
    name: 'environment',
    value: 'staging',
    origin: projectFile,
  });
  const withVariable = { ...input, environment: { DP_ENV: 'local' } };
  assert.equal(originOf(withVariable, 'environment')?.origin, 'environment variable DP_ENV');
  const withFlag = { ...withVariable, flags: { env: 'staging' } };
  assert.equal(originOf(withFlag, 'environment')?.origin, 'flag --env');
  assert.equal(originOf(input, 'profile')?.value, 'from-project');
});

test('the user file speaks where the project says nothing', (t) => {
  const { defaultEnvironment: _, ...silent } = CONFIG;
  const input = project(t, { config: silent, user: { defaultEnvironment: 'staging' } });
  assert.equal(loadSettings(input).environment, 'staging');
  assert.match(originOf(input, 'environment')?.origin ?? '', /\.config\/dp\/config\.json$/);
});

test('without any file the environment is local', (t) => {
  const input = project(t, {});
  assert.equal(loadSettings(input).environment, 'local');
  assert.equal(originOf(input, 'environment')?.origin, 'default');
});

test('how passwords are rotated is one user’s unless the environment says otherwise', (t) => {
  const database = { rotationStrategy: 'alternating-users' };
  const environments = { local: { kind: 'local', database }, staging: { ...AWS, database }, other: AWS };
  const input = project(t, { config: { ...CONFIG, environments } });
  const projectFile = join(loadSettings(input).projectRoot, 'dp.config.json');
  for (const env of ['local', 'staging']) {
    const chosen = { ...input, flags: { env } };
    assert.equal(loadSettings(chosen).rotationStrategy, 'alternating-users');
    assert.equal(originOf(chosen, 'rotationStrategy')?.origin, projectFile);
  }
  const other = { ...input, flags: { env: 'other' } };
  assert.equal(loadSettings(other).rotationStrategy, 'single-user');
  assert.equal(originOf(other, 'rotationStrategy')?.origin, 'default');
});

test('the project is found from a folder below it', (t) => {
  const input = project(t, { config: CONFIG });
  assert.equal(loadSettings(input).projectRoot, join(input.workingDirectory, '..', '..'));
});

for (const [what, config, words] of [
  ['broken JSON', '{ "project": ', /Cannot read .*dp\.config\.json/],
  ['an unknown key', { projct: 'shop' }, /projct/],
  ['a bad project name', { project: 'My Shop' }, /project: must be lower-case/],
  [
    'a strategy that is none',
    { environments: { local: { kind: 'local', database: { rotationStrategy: 'two-users' } } } },
    /environments\.local\.database\.rotationStrategy/,
  ],
  [
    'a bad account',
    { environments: { staging: { kind: 'aws', account: '12' } } },
    /environments\.staging\.account/,
  ],
] as const) {
  test(`${what} is a configuration failure that names the file and the place`, (t) => {
    const input = project(t, { config });
    assert.throws(
      () => loadSettings(input),
      (error) => error instanceof Failure && error.kind === 'configuration' && words.test(error.message),
    );
  });
}

test('an environment that is not configured is refused with the ones that are', (t) => {
  const input = { ...project(t, { config: CONFIG }), flags: { env: 'prod' } };
  assert.throws(() => loadSettings(input), /no environment `prod`; dp\.config\.json has `local`, `staging`/);
  const inherited = { ...input, flags: { env: 'constructor' } };
  assert.throws(() => loadSettings(inherited), /no environment `constructor`/);
});

test('the committed JSON schema is what the code checks', () => {
  const committed = readFileSync(join(import.meta.dirname, '..', '..', 'dp.config.schema.json'), 'utf8');
  assert.deepEqual(
    JSON.parse(committed),
    JSON.parse(JSON.stringify(configJsonSchema())),
    'run `npm run schema`',
  );
});
