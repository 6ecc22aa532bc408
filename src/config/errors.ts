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
    message: `There is no environment \`${name}\`; dp.config.json has ${known.map((one) => `\`${one}\``).join(', ') || 'none'}.`,
    nextSteps: [
      ...known.map((one) => `Add --env ${one}.`),
      'Name it below "environments" in dp.config.json.',
    ],
    docs: 'docs/configuration.md',
  });
}

/** A value in dp.config.json, or a name made from it, that cannot work. `path` is where it stands in the file. */
export function settingRefused(input: { path: string; reason: string; tryThis: string }): Failure {
  return new Failure({
    code: 'setting-refused',
    kind: 'configuration',
    message: `Cannot use the setting ${input.path} in dp.config.json: ${input.reason}`,
    nextSteps: [input.tryThis, 'dp config explain'],
    docs: 'docs/deploy.md',
  });
}

/** Several settings that cannot work, each said in one line. */
export function settingsRefused(environment: string, problems: readonly string[]): Failure {
  return new Failure({
    code: 'settings-refused',
    kind: 'configuration',
    message: `Cannot use the settings of the environment ${environment} in dp.config.json: ${problems.join('; ')}.`,
    nextSteps: ['Correct these settings in dp.config.json', 'dp config explain'],
    docs: 'docs/deploy.md',
  });
}

export function nameRefused(input: { name: string; what: string; reason: string }): Failure {
  return new Failure({
    code: 'name-refused',
    kind: 'configuration',
    message: `Cannot name the ${input.what} "${input.name}": ${input.reason}.`,
    nextSteps: [
      'Choose a shorter or simpler "project" or environment name in dp.config.json',
      'dp config explain',
    ],
    docs: 'docs/deploy.md',
  });
}
