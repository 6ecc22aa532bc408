import { readFileSync } from 'node:fs';

/** The columns that the build lays the help out for. */
const HELP_COLUMNS = 80;

/**
 * Answers `dp`, `dp --help` and `dp --version` without loading anything: people and completion scripts ask these
 * all the time. The help is oclif's own, laid out by the build (dist/help.txt). False when there is more to do.
 */
export function answerAtOnce(words, root) {
  const text = words.length > 1 ? undefined : answerTo(words[0] ?? '--help', root);
  if (text === undefined) return false;
  // Whoever stops reading, as `| head -1` does, has what he wanted.
  process.stdout.on('error', () => process.exit(0));
  process.stdout.write(text);
  return true;
}

function answerTo(word, root) {
  try {
    if (word === '--version') {
      const { name, version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
      return `${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`;
    }
    const narrow = process.stdout.isTTY === true && process.stdout.columns < HELP_COLUMNS;
    const coloured = process.stdout.isTTY === true || process.env.FORCE_COLOR;
    if ((word === '--help' || word === 'help') && !narrow && !coloured) {
      return readFileSync(new URL('dist/help.txt', root), 'utf8');
    }
  } catch {
    // Not built yet, or moved: the long way says what is wrong.
  }
  return undefined;
}
