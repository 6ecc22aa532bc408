// Loaded before everything else in every process of `npm test` (--import): notes which makers of failures were called,
// without a trace of it in the code that is tested. One line for each maker and code, in a file per process.
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.DP_FAILURES_SEEN;
const seen = new Set();

if (folder !== undefined) {
  globalThis.Error = new Proxy(Error, {
    construct(target, given, newTarget) {
      const error = Reflect.construct(target, given, newTarget);
      // The bundle may have given one of two classes of a name a number.
      if (/^Failure\d*$/.test(newTarget.name)) note(error, folder);
      return error;
    },
  });
}

function note(error, into) {
  // The code is set when this constructor returns, and the maker's name is in the stack already.
  for (const maker of makersIn(error.stack ?? '')) {
    if (seen.has(maker)) continue;
    seen.add(maker);
    appendFileSync(join(into, `${process.pid}.txt`), `${maker}\n`);
  }
}

/** The functions that made it, innermost first: `notSignedIn src/aws/errors.ts`. */
function makersIn(stack) {
  const frames = [...stack.matchAll(/^ +at (?:async )?(?:[\w$]+\.)*([\w$]+) \((.*?):(\d+):\d+\)$/gm)];
  return frames.slice(0, 4).map(([, name, file, line]) => {
    const source = /\/(src\/[\w/-]+\.ts)$/.exec(file)?.[1];
    // Of two functions of one name, the bundle has given one a number.
    return source === undefined
      ? `${name.replace(/\d+$/, '')} ${sourceInBundle(file, Number(line))}`
      : `${name} ${source}`;
  });
}

const bundled = new Map();

/** The file that a line of the bundle was made of: esbuild says it in a comment above. */
function sourceInBundle(file, line) {
  const path = file.replace(/^file:\/\//, '');
  if (!/\/dist\/.*\.js$/.test(path)) return '';
  const lines = bundled.get(path) ?? readFileSync(path, 'utf8').split('\n');
  bundled.set(path, lines);
  const comment = lines.slice(0, line).findLast((text) => /^\/\/ src\/[\w/-]+\.ts$/.test(text));
  return comment?.slice(3) ?? '';
}
