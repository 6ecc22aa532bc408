import { Failure, STOPPED_AT_QUESTION } from '../std/failure.ts';

export function unknownCommand(typed: string, nearest: string | undefined): Failure {
  return new Failure({
    code: 'unknown-command',
    kind: 'usage',
    message: `There is no command \`dp ${typed}\`.`,
    nextSteps: nearest === undefined ? ['dp --help'] : [`dp ${nearest}`, 'dp --help'],
  });
}

/** A required answer is missing and nobody can be asked. */
export function missingAnswer(what: string, flag: string): Failure {
  return new Failure({
    code: 'missing-answer',
    kind: 'usage',
    message: `Cannot ask for ${what}: this is not an interactive terminal, or --no-input was given.`,
    nextSteps: [`Pass ${flag}.`],
  });
}

export function confirmationNeeded(what: string, flag: string): Failure {
  return new Failure({
    code: 'confirmation-needed',
    kind: 'confirmation',
    message: `${what}: this needs a confirmation, and nobody can be asked here.`,
    nextSteps: [`Pass ${flag} if you are sure.`],
  });
}

export function confirmationRefused(what: string): Failure {
  return new Failure({
    code: 'confirmation-refused',
    kind: 'confirmation',
    message: `${what}: this was not confirmed, and nothing was changed.`,
    nextSteps: ['Run the command again and confirm.'],
  });
}

/** Ctrl-C at a question: as everywhere, the command ends by it. */
export function stoppedAtQuestion(what: string): Failure {
  return new Failure({
    code: STOPPED_AT_QUESTION,
    kind: 'interrupted',
    message: `${what}: stopped by Ctrl-C, and nothing was changed.`,
    nextSteps: ['Run the command again.'],
  });
}

export function wrongConfirmation(given: string, expected: string): Failure {
  return new Failure({
    code: 'wrong-confirmation',
    kind: 'confirmation',
    message: `The confirmation \`${given}\` does not name \`${expected}\`; nothing was changed.`,
    nextSteps: [`Pass --confirm ${expected}.`],
  });
}

export function usage(message: string, ...nextSteps: [string, ...string[]]): Failure {
  return new Failure({ code: 'usage', kind: 'usage', message, nextSteps });
}

/** Stacks, templates and AWS prices belong to environments on AWS. */
export function onlyOnAws(environment: string): Failure {
  return new Failure({
    code: 'only-on-aws',
    kind: 'usage',
    message: `The environment \`${environment}\` has no stacks and no images: it runs on this machine.`,
    nextSteps: ['Add --env with an AWS environment of dp.config.json.', 'dp config explain'],
    docs: 'docs/deploy.md',
  });
}

/** `dp deploy --plan` found another difference than the one that was reviewed. */
export function planOutdated(path: string, why: string): Failure {
  return new Failure({
    code: 'plan-outdated',
    kind: 'not-ready',
    message: `The plan ${path} is no longer what a deploy would do: ${why}. Nothing was changed.`,
    nextSteps: [`dp diff --output ${path}`],
    docs: 'docs/deploy.md',
  });
}

/** No program that can write the clipboard; `ssh` sessions and bare servers have none. */
export function noClipboard(): Failure {
  return new Failure({
    code: 'no-clipboard',
    kind: 'failed',
    message: 'Cannot copy the secret: no clipboard program (pbcopy, wl-copy, xclip, xsel) works here.',
    nextSteps: ['Hand it to a program: --exec COMMAND', 'Or show it: --reveal'],
    docs: 'docs/secrets.md',
  });
}

/** The operator's own command of `--exec` ended badly. */
export function commandFailed(end: string): Failure {
  return new Failure({
    code: 'command-failed',
    kind: 'failed',
    message: `The command of --exec ended with ${end}.`,
    nextSteps: ['Run it by itself to see why.'],
    docs: 'docs/secrets.md',
  });
}
