import type { AwsCredentialIdentity } from '@aws-sdk/types';
import { nameOf } from './errors.ts';
import type { SignIn } from './sign-in.ts';

/** As much of an SDK client as this needs. */
interface Client {
  readonly config: { credentials(options?: { forceRefresh?: boolean }): Promise<AwsCredentialIdentity> };
  readonly middlewareStack: { add(middleware: never, options: never): void };
}

const OVER = /^(ExpiredToken(Exception)?|RequestExpired|TokenRefreshRequired)$/;

/**
 * Has a call that a service refused because the session is over made once more, with new credentials: in the middle of
 * a long command the operator is asked, where there is one, and the command goes on.
 */
export function renewSignIn(client: unknown, signIn: SignIn): void {
  const { config, middlewareStack } = client as Client;
  const renewing = (next: (args: unknown) => Promise<unknown>) => async (args: unknown) => {
    try {
      return await next(args);
    } catch (error) {
      if (!OVER.test(nameOf(error))) throw error;
      const { accessKeyId } = await config.credentials();
      if (!(await signIn.renew(accessKeyId))) throw error;
      await config.credentials({ forceRefresh: true });
      return await next(args);
    }
  };
  middlewareStack.add(renewing as never, { step: 'initialize', name: 'renewSignIn' } as never);
}
