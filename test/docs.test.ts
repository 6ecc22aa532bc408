// What the pages say can be typed can be typed. test/e2e/docs.test.ts runs what needs no AWS and nobody at a terminal.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import test from 'node:test';
import { SUITES } from './suites.ts';
import { commandExists } from './support/check-command-words.ts';
import { inlineCommands, linesOf, PAGES, readPage } from './support/doc-pages.ts';
import { dpWords, loadCommands, parseDpLine } from './support/parse-dp-line.ts';
import { repositoryRoot } from './support/run-dp.ts';

const config = await loadCommands();

test('every command line of every page is one that dp takes', async () => {
  const wrong: string[] = [];
  let lines = 0;
  for (const { place, command } of PAGES.flatMap(linesOf)) {
    if (dpWords(command) === undefined) continue;
    lines += 1;
    await parseDpLine(command).catch((error) => wrong.push(`${place}: ${command}: ${error.message}`));
  }
  assert.ok(lines > 60, `${lines} lines`);
  assert.deepEqual(wrong, []);
});

test('a line that dp would not take is seen', async () => {
  for (const line of ['dp quarry "SELECT 1"', 'dp etl run --day 2026-11-22', 'dp etl show', 'dp undo a b']) {
    await assert.rejects(parseDpLine(line), line);
  }
});

test('every npm line names a script, and every suite it names exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'));
  const suites = SUITES.map((suite) => suite.name);
  const texts = PAGES.flatMap((page) => [
    ...linesOf(page).map((line) => line.command),
    ...[...readPage(page).matchAll(/`(npm [^`]+)`/g)].map((match) => match[1] ?? ''),
  ]);
  const wrong: string[] = [];
  for (const text of texts.flatMap((one) => one.split('&&')).map((one) => one.trim())) {
    const [, verb, name] = /^npm (\S+)(?: ([\w:]+))?/.exec(text) ?? [];
    const script = verb === 'run' ? name : verb === 'test' ? 'test' : undefined;
    if (script !== undefined && scripts[script] === undefined) wrong.push(text);
    if (verb === 'test')
      wrong.push(...(text.split(' -- ')[1]?.split(' ') ?? []).filter((one) => !suites.includes(one)));
  }
  assert.deepEqual(wrong, []);
});

test('every command and flag named within a sentence exists', () => {
  const wrong = PAGES.flatMap((page) =>
    inlineCommands(page)
      .filter((text) => !commandExists(text, config))
      .map((text) => `${page}: ${text}`),
  );
  assert.deepEqual(wrong, []);
  assert.ok(!commandExists('dp etl walk', config) && !commandExists('dp query --nope', config));
});

test('every link leads somewhere', () => {
  const dead: string[] = [];
  for (const page of PAGES) {
    for (const [, target = ''] of readPage(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^https?:/.test(target)) continue;
      if (!existsSync(join(repositoryRoot, normalize(join(dirname(page), target)))))
        dead.push(`${page}: ${target}`);
    }
  }
  assert.deepEqual(dead, []);
});

test('README.ja.md has the commands, the links and the shape of README.md', () => {
  const shape = (page: string) => {
    const text = readPage(page);
    return {
      commands: linesOf(page).map((line) => line.command),
      inline: inlineCommands(page),
      links: [...text.matchAll(/\]\(([^)]+)\)/g)]
        .map((match) => match[1])
        .filter((link) => !link?.startsWith('README')),
      headings: [...text.matchAll(/^#+ /gm)].map((match) => match[0]),
      rows: [...text.matchAll(/^\|/gm)].length,
    };
  };
  assert.deepEqual(shape('README.ja.md'), shape('README.md'));
});
