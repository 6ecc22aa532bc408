import type { Config } from '@oclif/core/config';

/** Whether a `dp …` in a sentence, with its NAMES and <days>, names a command and flags that exist. */
export function commandExists(text: string, config: Config): boolean {
  const words = text.replace(/^npx /, '').replace(/ &&.*/, '').split(/\s+/).slice(1);
  const path: string[] = [];
  for (const word of words) {
    const id = [...path, word].join(':');
    if (config.findCommand(id) === undefined && config.findTopic(id) === undefined) break;
    path.push(word);
  }
  const command = config.findCommand(path.join(':'));
  if (path.length === 0)
    return words.length === 0 || words[0]?.startsWith('-') === true || /^[^a-z]/.test(words[0] ?? '');
  // What follows a whole command may be the rest of the sentence: `dp config explain shows it`.
  if (command === undefined && /^[a-z][a-z-]+$/.test(words[path.length] ?? '')) return false;
  const flags = words
    .filter((word) => /^--\w/.test(word))
    .map((word) => word.slice(2).replace(/[=,.;:)].*/, ''));
  const known = [...Object.keys(command?.flags ?? {}), 'help'];
  return command === undefined || flags.every((name) => known.includes(name));
}
