import type { SignInPrompts } from '../../aws/sign-in.ts';

/** What the wiring takes from the process that dp runs in. */
export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  /** Says one line of progress to the operator. */
  readonly note: (text: string) => void;
  /** Fires when the command is to stop. Asked for by what must then close something, and by nothing else. */
  readonly signal: () => AbortSignal;
  /** Asks for what signing in takes; undefined where nobody can be asked. */
  readonly signInPrompts?: SignInPrompts | undefined;
}
