/** What the parts of an environment say of themselves, by source. */

export type LogSourceName = 'api' | 'job' | 'crawler' | 'database' | 'bastion' | 'rotation' | 'changes';

export interface LogLine {
  /** ISO 8601, UTC. A line without a time of its own has that of the line before it. */
  readonly at: string;
  readonly source: LogSourceName;
  /** Which of a source's logs it stands in, where there are several: `slowquery`. */
  readonly part?: string;
  readonly text: string;
}

export interface LogRequest {
  /** Lines older than this are not wanted; a reader may leave them out. Milliseconds since the epoch. */
  readonly fromMs: number;
  /** Only lines that this matches are wanted; a reader may leave the others out. */
  readonly grep?: RegExp;
  /** Whether to wait out what passes by itself, such as throttling or a lost network, however long it takes. */
  readonly patient: boolean;
  readonly signal: AbortSignal;
  /** Says one sentence to the operator: what is missing, what is waited for. */
  readonly notify: (text: string) => void;
}

/** One log, read from its beginning. Remembers where it is, until it is disposed of. */
export interface LogReader extends AsyncDisposable {
  /** Every line that is there now and was not given yet, oldest first; each exactly once over all calls. */
  lines(): AsyncIterable<LogLine>;
}

export interface Logs {
  /** The sources this environment has. */
  readonly sources: readonly LogSourceName[];
  /** How often to look for new lines, in milliseconds. */
  readonly lookEveryMs: number;
  /** The logs of a source; one that is not there yet is said to the operator. Throws for a source that the environment does not have. */
  open(source: LogSourceName, request: LogRequest): Promise<LogReader[]>;
}
