import { Failure } from '../std/failure.ts';

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
