import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileLines } from '../../src/local/follow-file.ts';
import { pause } from '../../src/std/deadline.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function now(next: () => AsyncGenerator<string>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of next()) lines.push(line);
  return lines;
}

test('lines are given once each, and one whose end is missing waits', async (t) => {
  const path = join(await temporaryFolder(t), 'log');
  await using next = fileLines(path);
  assert.deepEqual(await now(next), [], 'a file that is not there yet has no lines');
  await writeFile(path, 'one\ntw');
  assert.deepEqual(await now(next), ['one']);
  await appendFile(path, 'o ✓\n\nfour\n');
  assert.deepEqual(await now(next), ['two ✓', '', 'four']);
  assert.deepEqual(await now(next), []);
});

test('a file that is moved away is read to its end before the new one', async (t) => {
  const path = join(await temporaryFolder(t), 'log');
  await writeFile(path, 'one\n');
  await using next = fileLines(path);
  assert.deepEqual(await now(next), ['one']);
  await appendFile(path, 'two\nlast words');
  await rename(path, `${path}.1`);
  assert.deepEqual(await now(next), ['two'], 'nothing has its name yet');
  await writeFile(path, 'three\n');
  assert.deepEqual(await now(next), ['last words', 'three']);
});

test('a file that was cut short is read anew', async (t) => {
  const path = join(await temporaryFolder(t), 'log');
  await writeFile(path, 'one\ntwo\nthree\n');
  await using next = fileLines(path);
  await now(next);
  await truncate(path);
  await appendFile(path, 'new\n');
  assert.deepEqual(await now(next), ['new']);
});

test('of 1,000,000 numbered lines through rotations none is lost and none comes twice', async (t) => {
  const path = join(await temporaryFolder(t), 'log');
  const lines = 1_000_000;
  // Writes in pieces that end in the middle of lines, and moves the file away nine times.
  const writer = `
    const { openSync, writeSync, closeSync, renameSync, readFileSync } = require('node:fs');
    let file = openSync(${JSON.stringify(path)}, 'a'), held = '', moves = 0;
    for (let n = 0; n < ${lines}; n++) {
      held += 'line ' + n + '\\n';
      if (held.length > 50000) { writeSync(file, held.slice(0, 40001)); held = held.slice(40001); }
      if (n % 100000 === 99999 && n < ${lines} - 1) {
        writeSync(file, held); held = ''; closeSync(file);
        // A file that came and went unseen cannot be followed: the reader must have begun this one.
        const begun = () => { try { return Number(readFileSync(${JSON.stringify(`${path}.seen`)}, 'utf8')); } catch { return 0; } };
        while (begun() <= n - 99999) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        renameSync(${JSON.stringify(path)}, ${JSON.stringify(path)} + '.' + ++moves);
        file = openSync(${JSON.stringify(path)}, 'a');
      }
    }
    writeSync(file, held);`;
  const child = spawn(process.execPath, ['-e', writer], { stdio: ['ignore', 'inherit', 'inherit'] });
  t.after(() => child.kill());
  const exit = once(child, 'exit');
  let isOver = false;
  void exit.then(() => {
    isOver = true;
  });
  await using next = fileLines(path);
  let expected = 0;
  for (;;) {
    const last = isOver;
    for await (const line of next()) {
      if (line !== `line ${expected}`) assert.fail(`line ${expected} was expected, not ${line}`);
      expected++;
      if (expected % 10_000 === 1) await writeFile(`${path}.seen`, String(expected));
    }
    if (last) break;
    await pause(5);
  }
  assert.deepEqual(await exit, [0, null]);
  assert.equal(expected, lines);
});
