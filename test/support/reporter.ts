// A quiet reporter: one line a file, every failure in full, and the counts.
import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

interface FileTally {
  passed: number;
  failed: number;
  skipped: number;
  ms: number;
}

export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const tallies = new Map<string, FileTally>();
  for await (const event of source) {
    if (event.type === 'test:pass' || event.type === 'test:fail') {
      const { data } = event;
      if (data.details.type === 'suite') continue;
      const isFile = data.nesting === 0 && data.file === data.name;
      const tally = tallyOf(tallies, data.file ?? '');
      if (data.nesting === 0 && !isFile) tally.ms += data.details.duration_ms;
      if (isFile) {
        if (event.type === 'test:fail')
          yield `\n✖ ${place(data.file, undefined)}: ${errorText(event.data.details.error)}\n`;
        continue;
      }
      if (event.type === 'test:pass') tally[data.skip === undefined ? 'passed' : 'skipped'] += 1;
      else {
        tally.failed += 1;
        yield `\n✖ ${place(data.file, data.line)} ${data.name}\n${errorText(event.data.details.error)}\n`;
      }
    } else if (event.type === 'test:stderr' || event.type === 'test:stdout') {
      yield event.data.message;
    }
  }
  for (const [file, tally] of [...tallies].sort()) yield lineOf(file, tally);
  yield totals([...tallies.values()]);
}

function tallyOf(tallies: Map<string, FileTally>, file: string): FileTally {
  const tally = tallies.get(file) ?? { passed: 0, failed: 0, skipped: 0, ms: 0 };
  tallies.set(file, tally);
  return tally;
}

function place(file: string | undefined, line: number | undefined): string {
  const path = relative(process.cwd(), file ?? '');
  return line === undefined ? path : `${path}:${line}`;
}

function errorText(error: Error & { cause?: unknown }): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  return (cause.stack ?? cause.message).replace(/^/gm, '    ');
}

function lineOf(file: string, { passed, failed, skipped, ms }: FileTally): string {
  const skips = skipped > 0 ? `, ${skipped} skipped` : '';
  return `${failed > 0 ? '✖' : '✔'} ${place(file, undefined)} (${passed} passed${failed > 0 ? `, ${failed} FAILED` : ''}${skips}, ${(ms / 1000).toFixed(1)} s)\n`;
}

function totals(tallies: readonly FileTally[]): string {
  const sum = (key: 'passed' | 'failed' | 'skipped'): number =>
    tallies.reduce((total, tally) => total + tally[key], 0);
  return `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`;
}
