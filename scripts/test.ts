// `npm test`: sets up what the suites need, runs them one after the other, and says at the end what ran.
// A suite whose component cannot be had is NOT RUN; with CI=true that is a failure.
// `npm test -- NAME …` runs only the suites of those names.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SUITES, type Suite } from '../test/suites.ts';
import { makersNotReached } from '../test/support/failure-makers.ts';
import { type Component, ensureComponent } from './components.ts';

const root = join(import.meta.dirname, '..');
const strict = process.env.CI === 'true';

/** Where every process notes which errors it made: at the end we know those that no test has met. */
const failuresSeen = mkdtempSync(join(tmpdir(), 'dp-failures-'));
const recorder = `--import=${join(root, 'test', 'support', 'record-failures.js')}`;

interface Outcome {
  readonly suite: string;
  readonly state: 'passed' | 'FAILED' | 'NOT RUN';
  readonly seconds: number;
  readonly why?: string;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !SUITES.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(
    `No suite named ${unknown.join(', ')}; there are: ${SUITES.map((suite) => suite.name).join(', ')}`,
  );
  process.exit(64);
}
const chosen = wanted.length === 0 ? SUITES : SUITES.filter((suite) => wanted.includes(suite.name));

build();
const outcomes: Outcome[] = [];
for (const suite of chosen) outcomes.push(await runSuite(suite));
report(outcomes);
reportErrorsNotMet(outcomes);
rmSync(failuresSeen, { recursive: true });

function build(): void {
  const built = spawnSync(process.execPath, ['scripts/build.ts'], { cwd: root, stdio: 'inherit' });
  if (built.status !== 0) process.exit(1);
}

async function runSuite(suite: Suite): Promise<Outcome> {
  const started = Date.now();
  const seconds = (): number => Math.round((Date.now() - started) / 100) / 10;
  console.log(`\n── ${suite.name} ${'─'.repeat(Math.max(0, 70 - suite.name.length))}`);
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    DP_TEST_SUITE: suite.name,
    DP_FAILURES_SEEN: failuresSeen,
    // Each file is a process that loads the same sources: compiled once, they are there for the next.
    NODE_COMPILE_CACHE: join(root, '.dp', 'cache', 'node-compile'),
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${recorder}`.trim(),
  };
  for (const component of suite.needs) {
    const ensured = await ensureComponentQuietly(component);
    if (typeof ensured === 'string')
      return { suite: suite.name, state: 'NOT RUN', seconds: seconds(), why: ensured };
    Object.assign(environment, ensured);
  }
  const { status } = spawnSync(process.execPath, argumentsOf(suite), {
    cwd: root,
    stdio: 'inherit',
    env: environment,
  });
  return { suite: suite.name, state: status === 0 ? 'passed' : 'FAILED', seconds: seconds() };
}

/** The variables that tell the tests where the component is, or why it cannot be had. */
async function ensureComponentQuietly(component: Component): Promise<Record<string, string> | string> {
  try {
    return await ensureComponent(component);
  } catch (error) {
    return `${component}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function argumentsOf(suite: Suite): string[] {
  const files = suite.files.flatMap((pattern) => globSync(pattern, { cwd: root })).sort();
  if (files.length === 0) throw new Error(`The suite ${suite.name} has no files.`);
  const reporters = ['--test-reporter=./test/support/reporter.ts', '--test-reporter-destination=stdout'];
  return [
    '--disable-warning=ExperimentalWarning',
    '--test',
    `--test-concurrency=${suite.concurrency ?? 2}`,
    ...reporters,
    ...files,
  ];
}

function report(all: readonly Outcome[]): void {
  console.log(`\n── summary ${'─'.repeat(60)}`);
  for (const { suite, state, seconds, why } of all) {
    console.log(
      `${state.padEnd(8)} ${suite.padEnd(14)} ${String(seconds).padStart(6)} s${why ? `  ${why}` : ''}`,
    );
  }
  const failed = all.filter(
    (outcome) => outcome.state === 'FAILED' || (strict && outcome.state === 'NOT RUN'),
  );
  process.exitCode = failed.length > 0 ? 1 : 0;
}

/**
 * After a whole run: an error that no test has met is one of which nobody knows what it says. Those that are known
 * stand in test/errors-not-met.json, and that list may only get shorter; as long as there is no list, they are
 * only said.
 */
function reportErrorsNotMet(all: readonly Outcome[]): void {
  if (all.length < SUITES.length || all.some((outcome) => outcome.state !== 'passed')) return;
  const left = makersNotReached(failuresSeen).map(({ name, file }) => `${name} in ${file}`);
  console.log(`\n── errors that no test has met: ${left.length}`);
  const list = join(root, 'test', 'errors-not-met.json');
  if (!existsSync(list)) {
    console.log(left.join('\n'));
    return;
  }
  const known: readonly string[] = JSON.parse(readFileSync(list, 'utf8'));
  const unmet = left.filter((maker) => !known.includes(maker));
  const met = known.filter((maker) => !left.includes(maker));
  for (const maker of unmet) console.log(`FAILED   no test meets ${maker}`);
  for (const maker of met) console.log(`FAILED   ${maker} is met: take it out of test/errors-not-met.json`);
  if (unmet.length + met.length > 0) process.exitCode = 1;
}
