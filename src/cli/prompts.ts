import {
  confirmationNeeded,
  confirmationRefused,
  missingAnswer,
  stoppedAtQuestion,
  wrongConfirmation,
} from './errors.ts';
import { sayLine } from './terminal.ts';

export interface PromptSettings {
  /** Whether somebody can be asked: a terminal on both ends and no --no-input. */
  readonly interactive: boolean;
  readonly yes: boolean;
  readonly signal: AbortSignal;
}

/** Asks a yes-or-no question before something mild. `--yes` answers it. */
export async function confirmMild(what: string, settings: PromptSettings): Promise<void> {
  if (settings.yes) return;
  if (!settings.interactive) throw confirmationNeeded(what, '--yes');
  const { confirm } = await import('@inquirer/prompts');
  const agreed = await onTerminal(confirm({ message: `${what}?`, default: false }, context(settings)), what);
  if (!agreed) throw confirmationRefused(what);
}

/** Has the operator type a name before something that cannot be undone. Only `--confirm NAME` answers ahead. */
export async function confirmByName(
  input: { readonly what: string; readonly name: string; readonly given: string | undefined },
  settings: PromptSettings,
): Promise<void> {
  if (input.given !== undefined) {
    if (input.given !== input.name) throw wrongConfirmation(input.given, input.name);
    return;
  }
  if (!settings.interactive) throw confirmationNeeded(input.what, `--confirm ${input.name}`);
  const { input: ask } = await import('@inquirer/prompts');
  sayLine(`${input.what}.`);
  const typed = await onTerminal(
    ask({ message: `Type ${input.name} to go on:` }, context(settings)),
    input.what,
  );
  if (typed.trim() !== input.name) throw wrongConfirmation(typed.trim(), input.name);
}

/** Asks for a line of text that has no default. */
export async function askText(
  input: { readonly what: string; readonly flag: string },
  settings: PromptSettings,
): Promise<string> {
  if (!settings.interactive) throw missingAnswer(input.what, input.flag);
  const { input: ask } = await import('@inquirer/prompts');
  return onTerminal(ask({ message: `${input.what}:`, required: true }, context(settings)), input.what);
}

/** After an interrupt: whether work elsewhere is to stop. Where nobody can be asked it is left alone. */
export async function askStopOrLeave(
  runs: readonly string[],
  settings: PromptSettings,
): Promise<'stop' | 'leave'> {
  if (!settings.interactive) return 'leave';
  const { select } = await import('@inquirer/prompts');
  const message = `${runs.length === 1 ? 'One run goes' : `${runs.length} runs go`} on at AWS. What now?`;
  const choices = [
    { name: 'leave running', value: 'leave' },
    { name: 'stop', value: 'stop' },
  ] as const;
  // The command's own signal has fired already: it is why we ask.
  return select<'stop' | 'leave'>({ message, choices }, { output: process.stderr }).catch(() => 'leave');
}

/** Prompts are drawn on stderr, so that stdout stays the result's. */
function context(settings: PromptSettings): { output: NodeJS.WriteStream; signal: AbortSignal } {
  return { output: process.stderr, signal: settings.signal };
}

async function onTerminal<T>(answer: Promise<T>, what: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    // A prompt has the terminal: Ctrl-C comes as a key, and only before and after it as a signal.
    if (name === 'ExitPromptError') throw stoppedAtQuestion(what);
    if (/^(AbortPromptError|CancelPromptError)$/.test(name)) throw confirmationRefused(what);
    throw error;
  }
}
