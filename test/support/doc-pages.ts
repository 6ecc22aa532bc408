// The pages that people read, and the command lines in them.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dpWords } from './parse-dp-line.ts';
import { repositoryRoot } from './run-dp.ts';

export interface PageLine {
  /** `docs/etl.md:6`. */
  readonly place: string;
  /** The line without its comment. */
  readonly command: string;
  /** What stands behind `#`. */
  readonly comment: string;
  /**
   * `run`: works in the environment local. `interrupt`: runs until somebody presses Ctrl-C, and the comment says so.
   * `parse`: needs AWS (`--env` names an environment there) or somebody at a terminal, and the comment says so.
   */
  readonly how: 'run' | 'interrupt' | 'parse';
}

export const PAGES: readonly string[] = [
  'README.md',
  'README.ja.md',
  ...globSync('docs/*.md', { cwd: repositoryRoot }).sort(),
];

export function readPage(page: string): string {
  return readFileSync(join(repositoryRoot, page), 'utf8');
}

/** The lines of shell in the blocks of a page, in order: of the blocks that have a line of dp or npm. */
export function linesOf(page: string): PageLine[] {
  const lines: PageLine[] = [];
  for (const block of blocksOf(readPage(page))) {
    if (!/^\s*(npx )?(dp|npm) /m.test(block.text)) continue;
    block.text.split('\n').forEach((text, at) => {
      if (text.trim() === '') return;
      const { command, comment } = splitComment(text.trim());
      lines.push({ place: `${page}:${block.line + at}`, command, comment, how: howOf(command, comment) });
    });
  }
  return lines;
}

/** The fenced blocks of shell: those of another language hold none. */
function blocksOf(text: string): { line: number; text: string }[] {
  const blocks = [...text.matchAll(/^( *)```(\w*)[^\n]*\n([\s\S]*?)^\1```/gm)];
  return blocks
    .filter(([, , language]) => language === '' || language === 'sh')
    .map((match) => ({ line: text.slice(0, match.index).split('\n').length + 1, text: match[3] ?? '' }));
}

/** A comment begins with ` #` behind two blanks, as the pages write them: `#` may stand in a quoted word. */
function splitComment(text: string): { command: string; comment: string } {
  const at = text.search(/ {1,}# /);
  if (at === -1) return { command: text, comment: '' };
  return { command: text.slice(0, at).trimEnd(), comment: text.slice(at).replace(/^ +# /, '') };
}

function howOf(command: string, comment: string): PageLine['how'] {
  const words = dpWords(command) ?? [];
  const at = words.findIndex((word) => /^--env(=|$)/.test(word));
  const environment = at === -1 ? 'local' : (words[at]?.split('=')[1] ?? words[at + 1]);
  if (environment !== 'local' || /\b(on|at) a (terminal|desktop)\b/.test(comment)) return 'parse';
  return /until Ctrl-C/.test(comment) ? 'interrupt' : 'run';
}

/** `dp …` in the middle of a sentence or a table. */
export function inlineCommands(page: string): string[] {
  const text = readPage(page).replace(/^( *)```[\s\S]*?^\1```/gm, '');
  return [...text.matchAll(/`((?:npx )?dp(?: [^`]+)?)`/g)].map((match) =>
    (match[1] ?? '').replaceAll(/\s+/g, ' '),
  );
}
