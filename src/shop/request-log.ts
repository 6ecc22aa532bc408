/** What is said of one request. No bodies, no addresses, no search words. */
export interface RequestLogEntry {
  readonly requestId: string;
  readonly method: string;
  /** The pattern that matched, e.g. `/orders/:orderId`; `-` when none did. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  /** The problem's code. */
  readonly code?: string;
  /** What was behind a 5xx. */
  readonly cause?: unknown;
}

/** One line of JSON, as CloudWatch Logs Insights reads it. */
export function formatLogLine(entry: RequestLogEntry, time: Date): string {
  const { cause, ...fields } = entry;
  const level = entry.status >= 500 ? 'error' : 'info';
  const line = { time: time.toISOString(), level, message: 'request', ...fields };
  if (cause === undefined) return JSON.stringify(line);
  const error =
    cause instanceof Error ? { error: cause.message, stack: cause.stack } : { error: String(cause) };
  return JSON.stringify({ ...line, ...error });
}
