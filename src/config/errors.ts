import { Failure } from '../std/failure.ts';

export function unreadableConfig(path: string, why: string): Failure {
  return new Failure({
    code: 'config-unreadable',
    kind: 'configuration',
    message: `Cannot read ${path}: ${why}.`,
    nextSteps: ['Correct the file; an editor that knows JSON schemas checks it by dp.config.schema.json.'],
    docs: 'docs/configuration.md',
  });
}

export function invalidConfig(path: string, problems: readonly string[]): Failure {
  return new Failure({
    code: 'config-invalid',
    kind: 'configuration',
    message: `${path} is not a valid configuration:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    nextSteps: ['Correct what is named above.', 'dp config explain'],
    docs: 'docs/configuration.md',
  });
}

export function unknownEnvironment(name: string, known: readonly string[]): Failure {
  return new Failure({
    code: 'unknown-environment',
    kind: 'configuration',
    message: `There is no environment \`${name}\`; dp.config.json has ${known.map((one) => `\`${one}\``).join(', ')}.`,
    nextSteps: known.map((one) => `Add --env ${one}.`),
    docs: 'docs/configuration.md',
  });
}
