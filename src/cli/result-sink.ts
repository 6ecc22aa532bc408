import { rename, rm } from 'node:fs/promises';
import type { ResultSink } from '../operations/run-query.ts';
import { openFileWriter } from './file-writer.ts';
import { type Format, type Formatter, openFormatter } from './format/formatter.ts';
import { widthOf, writeAll, writeThrough } from './terminal.ts';

/** A result as text on stdout. */
export function stdoutSink(format: Format): ResultSink {
  const terminal = process.stdout.isTTY === true;
  const width = widthOf(process.stdout);
  return textSink({
    format,
    terminal,
    widthMax: width,
    write: (text) => writeAll(process.stdout, text),
    writeBytes: (bytes) => writeThrough(process.stdout, bytes),
    end: async () => {},
  });
}

/** A result as text in a file, which appears whole under its name or not at all. */
export async function withFileSink<T>(
  target: { readonly path: string; readonly format: Format },
  use: (sink: ResultSink) => Promise<T>,
): Promise<T> {
  const unfinished = `${target.path}.${process.pid}.part`;
  const file = await openFileWriter(unfinished);
  const sink = textSink({
    format: target.format,
    terminal: false,
    widthMax: undefined,
    write: (text) => file.write(text),
    writeBytes: (bytes) => file.write(bytes),
    end: () => file.end(),
  });
  try {
    const result = await use(sink);
    await rename(unfinished, target.path);
    return result;
  } catch (error) {
    await file.abandon();
    await rm(unfinished, { force: true });
    throw error;
  }
}

interface TextTarget {
  readonly format: Format;
  readonly terminal: boolean;
  readonly widthMax: number | undefined;
  readonly write: (text: string) => Promise<void>;
  /** Resolves when the bytes may be written over. */
  readonly writeBytes: (bytes: Uint8Array) => Promise<void>;
  readonly end: () => Promise<void>;
}

function textSink(target: TextTarget): ResultSink {
  let formatter: Formatter | undefined;
  return {
    open: async (columns) => {
      const { widthMax, terminal } = target;
      formatter = await openFormatter(target.format, {
        columns,
        terminal,
        ...(widthMax === undefined ? {} : { widthMax }),
      });
      await target.write(formatter.head());
    },
    rows: async (batch) => target.write(formatter?.rows(batch) ?? ''),
    // A terminal must never get data as it is; files and pipes may.
    ...(target.format === 'csv' && !target.terminal ? { csvLines: target.writeBytes } : {}),
    close: async (stats) => {
      await target.write(formatter?.tail(stats) ?? '');
      await target.end();
    },
  };
}
