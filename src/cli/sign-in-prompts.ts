import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Failure } from '../std/failure.ts';
import { askText, confirmMild, type PromptSettings } from './prompts.ts';
import { sayLine } from './terminal.ts';

const STDERR = 2;

/** Asks the operator for what signing in to AWS takes. Undefined where nobody can be asked. */
export function signInPrompts(settings: PromptSettings) {
  if (!settings.interactive) return undefined;
  return {
    mfaCode: (device: string) =>
      askText({ what: `Code of ${device}`, flag: 'the code on a terminal' }, settings),
    signIn: async (words: readonly string[]): Promise<boolean> => {
      const [program = '', ...rest] = words;
      const agreed = await confirmMild(
        `You are not signed in to AWS. Run ${words.join(' ')} now`,
        settings,
      ).then(
        () => true,
        (error: unknown) => {
          if (error instanceof Failure && error.kind === 'interrupted') throw error;
          return false;
        },
      );
      return agreed && (await runToEnd(program, rest));
    },
  };
}

/** What it prints goes to stderr: stdout is the result's. */
async function runToEnd(program: string, words: readonly string[]): Promise<boolean> {
  const child = spawn(program, words, { stdio: ['inherit', STDERR, 'inherit'] });
  try {
    const [code] = await once(child, 'close');
    return code === 0;
  } catch {
    sayLine(`Cannot run ${program}: it is not on the PATH.`);
    return false;
  }
}
