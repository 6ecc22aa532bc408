import type { describeError } from './describe-error.ts';
import { safeJson } from './format/json.ts';
import { visible } from './format/visible.ts';
import type { BrokenHop } from './name-broken-hop.ts';
import { type Paint, sayLine, writeAll } from './terminal.ts';

interface ReportOptions {
  readonly json: boolean;
  readonly debug: boolean;
  readonly paint: Paint;
  readonly cause?: unknown;
  /** Looks for what is behind the error; only asked after the error was said, or to be told within its JSON. */
  readonly findBrokenHop?: () => Promise<BrokenHop | undefined>;
}

/** Says an error once: as one JSON object on stdout with --json, as words on stderr otherwise. */
export async function reportError(
  described: ReturnType<typeof describeError>,
  { json, debug, paint, cause, findBrokenHop }: ReportOptions,
): Promise<void> {
  const { report } = described;
  if (json) {
    const broken = await findBrokenHop?.();
    const error = broken === undefined ? report : { ...report, broken };
    return writeAll(process.stdout, `${safeJson({ error })}\n`);
  }
  // A message may quote data: none of its colours is ours.
  sayLine(`${paint('red', 'Error:')} ${visible(report.message, { keepNewlines: true })}`);
  for (const step of report.nextSteps) sayLine(`  ${paint('dim', 'Try:')} ${visible(step)}`);
  if (debug && cause instanceof Error) sayLine(cause.stack ?? cause.message);
  const broken = await findBrokenHop?.();
  if (broken !== undefined) sayBrokenHop(broken, { paint, said: report.message });
}

/** Ends what was said of an error with the hop behind it; what the error has said already is not said again. */
export function sayBrokenHop(
  { hop, reason, command }: BrokenHop,
  { paint, said }: { readonly paint: Paint; readonly said: string },
): void {
  const isSaid = said.includes(reason);
  sayLine(`${paint('red', 'Broken:')} ${hop}${isSaid ? '' : `: ${visible(reason)}`}`);
  if (!isSaid && command !== undefined) sayLine(`  ${paint('dim', 'Try:')} ${visible(command)}`);
}
