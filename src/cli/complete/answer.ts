import { visible } from '../format/visible.ts';
import { splitShellLine } from '../shell-line.ts';
import { readCommandTree } from './command-tree.ts';
import { type Candidate, findQuestion } from './find-question.ts';
import { SHELLS, type Shell } from './shells.ts';

/** The longest that a Tab may take; what is not known by then is not offered. */
const ANSWER_MS_MAX = 2000;
const DESCRIPTION_CHARACTERS_MAX = 60;

interface Answer {
  readonly candidates: readonly Candidate[] | 'files';
  /** The word at the cursor as it is typed, with its quotes. */
  readonly raw: string;
}

/**
 * What the completion scripts ask: `__complete bash LINE`, `__complete zsh|fish WORD… TYPED`, where TYPED is the word
 * at the cursor with its quotes. Writes one candidate a line, for zsh and fish behind `values` or `files`. Whatever
 * goes wrong, there are no candidates: a Tab must never be answered with an error.
 */
export async function answerCompletion(argv: readonly string[], root: string): Promise<void> {
  const shell = SHELLS.find((one) => one === argv[0]);
  if (shell === undefined) return;
  const timer = setTimeout(() => process.exit(0), ANSWER_MS_MAX);
  // A shell that has stopped listening needs no answer.
  process.stdout.on('error', () => process.exit(0));
  try {
    const answer = await (shell === 'bash'
      ? answerLine(argv[1] ?? '', root)
      : answerWords(argv.slice(1), root));
    process.stdout.write(
      linesFor(shell, answer)
        .map((line) => `${line}\n`)
        .join(''),
    );
  } catch {
    // Nothing is offered.
  } finally {
    clearTimeout(timer);
  }
}

function answerLine(line: string, root: string): Promise<Answer> {
  const words = splitShellLine(line);
  const typed = words.at(-1)?.text ?? '';
  // Assignments may stand in front of the command: `DP_ENV=staging dp …`.
  const start = words.findIndex((word) => !/^\w+=/.test(word.text)) + 1;
  const before = words.slice(start, -1).map((word) => word.text);
  return answer(before, typed, rawWord(line), root);
}

function answerWords(words: readonly string[], root: string): Promise<Answer> {
  const raw = words.at(-1) ?? '';
  const unquoted = (word: string): string => splitShellLine(word)[0]?.text ?? '';
  return answer(words.slice(0, -1).map(unquoted), unquoted(raw), raw, root);
}

async function answer(before: readonly string[], typed: string, raw: string, root: string): Promise<Answer> {
  const { candidates, value, prefix } = findQuestion(readCommandTree(root), before, typed);
  const wanted = typed.slice(prefix.length);
  const { valuesOf } = value === undefined ? { valuesOf: undefined } : await import('./values.ts');
  const values = value === undefined ? [] : ((await valuesOf?.(value, wanted)) ?? []);
  if (values === 'files') return { candidates: values, raw };
  const fitting = [...candidates, ...values].filter((one) => one.value.startsWith(wanted));
  // A value that a terminal would obey is no value of ours.
  const harmless = fitting.filter((one) => visible(one.value) === one.value);
  return { candidates: harmless.map((one) => ({ ...one, value: `${prefix}${one.value}` })), raw };
}

function linesFor(shell: Shell, { candidates, raw }: Answer): string[] {
  if (shell === 'bash') return candidates === 'files' ? [] : candidates.map((one) => forBash(one.value, raw));
  if (candidates === 'files') return ['files'];
  return ['values', ...candidates.map((one) => `${one.value}\t${shortened(one.description ?? '')}`)];
}

function shortened(description: string): string {
  const line = visible(description).replaceAll(/\s+/g, ' ');
  const characters = [...line];
  if (characters.length <= DESCRIPTION_CHARACTERS_MAX) return line;
  return `${characters.slice(0, DESCRIPTION_CHARACTERS_MAX - 1).join('')}…`;
}

/**
 * Bash puts in what we say as it is, in place of what follows the last `=` or `:` (it breaks words there), or
 * of what follows an open quote. So quoting is ours.
 */
function forBash(value: string, raw: string): string {
  const openQuote = splitShellLine(raw)[0]?.openQuote ?? '';
  if (openQuote === "'") return value.replaceAll("'", String.raw`'\''`);
  if (openQuote === '"') return value.replaceAll(/["\\$`]/g, String.raw`\$&`);
  const kept = Math.max(raw.lastIndexOf('='), raw.lastIndexOf(':')) + 1;
  return value.slice(kept).replaceAll(/[^\p{L}\p{N}\p{M}_./:@%+=,-]/gu, String.raw`\$&`);
}

/** The last word of a line as it stands there. */
function rawWord(line: string): string {
  for (let start = 0; start < line.length; start++) {
    const rest = line.slice(start);
    if (
      /^\S/.test(rest) &&
      (start === 0 || /\s/.test(line.charAt(start - 1))) &&
      splitShellLine(rest).length === 1
    )
      return rest;
  }
  return '';
}
