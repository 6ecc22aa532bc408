/** The words after `dp` in the order a newcomer meets them; test/help.test.ts finds the ones that are missing. */
export interface HelpGroup {
  readonly title: string;
  readonly entries: readonly HelpEntry[];
}

export interface HelpEntry {
  /** A command or a topic at the top. */
  readonly name: string;
  /** The page of docs/ that explains it and what is below it. */
  readonly page: string;
  /** What comes first in the list of the topic; the rest follows by the alphabet. */
  readonly first?: readonly string[];
}

export const HELP_GROUPS: readonly HelpGroup[] = [
  {
    title: 'THE DATA',
    entries: [
      { name: 'query', page: 'docs/query.md', first: ['history', 'show', 'results'] },
      { name: 'etl', page: 'docs/etl.md', first: ['run', 'status', 'show', 'reconcile', 'rollback'] },
      { name: 'catalog', page: 'docs/etl.md' },
      { name: 'job', page: 'docs/spark.md', first: ['list', 'show', 'history', 'logs'] },
      { name: 'crawler', page: 'docs/spark.md', first: ['list', 'show', 'history'] },
    ],
  },
  {
    title: 'THE DATABASE AND THE SHOP',
    entries: [
      { name: 'db', page: 'docs/tunnel.md', first: ['tunnel', 'exec', 'shell'] },
      { name: 'api', page: 'docs/shop-api.md' },
      { name: 'secrets', page: 'docs/secrets.md', first: ['list', 'show', 'rotate'] },
    ],
  },
  {
    title: 'ON A BAD DAY',
    entries: [
      { name: 'status', page: 'docs/status.md' },
      { name: 'doctor', page: 'docs/doctor.md' },
      { name: 'logs', page: 'docs/logs.md' },
      { name: 'history', page: 'docs/history.md' },
      { name: 'undo', page: 'docs/history.md' },
    ],
  },
  {
    title: 'THE PLATFORM',
    entries: [
      { name: 'deploy', page: 'docs/deploy.md' },
      { name: 'diff', page: 'docs/deploy.md' },
      { name: 'destroy', page: 'docs/deploy.md' },
      { name: 'rollback', page: 'docs/deploy.md' },
      { name: 'outputs', page: 'docs/deploy.md' },
      { name: 'drift', page: 'docs/deploy.md' },
      { name: 'image', page: 'docs/deploy.md' },
      { name: 'cost', page: 'docs/cost.md' },
      { name: 'diagram', page: 'docs/architecture.md' },
      { name: 'synth', page: 'docs/deploy.md' },
    ],
  },
  {
    title: 'DP ITSELF',
    entries: [
      { name: 'config', page: 'docs/configuration.md' },
      { name: 'completion', page: 'docs/completion.md' },
    ],
  },
];

/** The first commands of somebody who has just arrived. */
export const FIRST_STEPS: readonly (readonly [command: string, what: string])[] = [
  ['deploy', 'Bring a whole platform into being on this machine; no AWS.'],
  ['etl run --date 2026-11-22', 'Load a day of its shop into the lake.'],
  ['query "SELECT * FROM daily_sales"', "Ask the lake, in Athena's SQL."],
  ['status', 'See how it is, and what to do next.'],
];
