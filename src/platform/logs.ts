/** What the parts of an environment say of themselves, by source. */

export type LogSourceName = 'api' | 'job' | 'crawler' | 'database' | 'bastion' | 'rotation' | 'changes';

export const LOG_SOURCES: readonly LogSourceName[] = [
  'api',
  'job',
  'crawler',
  'database',
  'bastion',
  'rotation',
  'changes',
];

export interface LogLine {
  /** ISO 8601, UTC. A line without a time of its own has that of the line before it. */
  readonly at: string;
  readonly source: LogSourceName;
  readonly text: string;
}

/** One source, read from its beginning. Remembers where it is, until it is disposed of. */
export interface LogReader extends AsyncDisposable {
  /** Every line that is there now and was not given yet, oldest first; each exactly once over all calls. */
  lines(): AsyncIterable<LogLine>;
}

export interface Logs {
  /** The sources this environment has. */
  readonly sources: readonly LogSourceName[];
  /** Throws for a source that the environment does not have. */
  open(source: LogSourceName): Promise<LogReader>;
}
