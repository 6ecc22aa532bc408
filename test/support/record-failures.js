// Loaded before everything else in every process of `npm test` (--import): notes which makers of failures were called,
// without a trace of it in the code that is tested. One line for each maker and code, in a file per process.
import { appendFileSync } from 'node:fs';
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

/** The functions that made it, innermost first: `notSignedIn src/aws/errors.ts`, without the file from the bundle. */
function makersIn(stack) {
  const frames = [...stack.matchAll(/^ +at (?:async )?(?:[\w$]+\.)*([\w$]+) \((.*?):\d+:\d+\)$/gm)].slice(
    0,
    4,
  );
  return frames.map(([, name, file]) => {
    const source = /\/(src\/[\w/-]+\.ts)$/.exec(file)?.[1];
    return source === undefined ? name.replace(/\d+$/, '') : `${name} ${source}`;
  });
}
