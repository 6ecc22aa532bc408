import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@aws-sdk/types';
import { Failure, messageOf } from '../std/failure.ts';
import { type WayToSignIn, wayToSignIn } from './aws-profiles.ts';
import { notSignedIn, wrongAccount } from './errors.ts';

/** How the operator is asked; missing where nobody can be. */
export interface SignInPrompts {
  /** A code from the operator's device for multi-factor authentication. Throws when there is none. */
  mfaCode(device: string): Promise<string>;
  /** Runs the command that signs in, once the operator agreed. False when not, or when it failed. */
  signIn(words: readonly string[]): Promise<boolean>;
}

export interface SignInInput {
  readonly environment: string;
  readonly profile: string | undefined;
  /** Where the profile was named: `flag --profile`, `environment variable AWS_PROFILE`, a file. */
  readonly profileOrigin: string | undefined;
  readonly region: string;
  /** The only account this environment may touch; undefined where dp.config.json names none. */
  readonly account: string | undefined;
  readonly environmentVariables: NodeJS.ProcessEnv;
  readonly prompts?: SignInPrompts | undefined;
}

/** Who dp is on AWS. Credentials come the way the AWS CLI finds them, and are checked before the first call. */
export interface SignIn {
  readonly region: string;
  /** On a terminal asks the operator to sign in again when the session is over. */
  readonly credentials: AwsCredentialIdentityProvider;
  /** The command that signs this profile in, or what else does. */
  readonly command: string;
  /** The signed-in account. Throws a Failure when nobody is signed in, or it is not the environment's account. */
  account(): Promise<string>;
  /** Checks the account where the environment names one; asks nobody where it does not. */
  check(): Promise<void>;
  /**
   * For when a service said that the credentials are over: true once there are others, of the same account. Asks the
   * operator where new ones cannot be had without. `over` is the id of the key that is over.
   */
  renew(over: string | undefined): Promise<boolean>;
}

/** Finds out how to sign in; asks nobody until credentials or the account are needed. */
export function openSignIn(input: SignInInput): SignIn {
  return new CliSignIn(input);
}

class CliSignIn implements SignIn {
  readonly region: string;
  readonly command: string;
  private readonly input: SignInInput;
  private readonly profile: string | undefined;
  private readonly way: WayToSignIn;
  private provider: Promise<AwsCredentialIdentityProvider> | undefined;
  private known: Promise<string> | undefined;
  private knownAccount: string | undefined;
  private asking: Promise<boolean> | undefined;

  constructor(input: SignInInput) {
    this.input = input;
    this.region = input.region;
    this.profile = chosenProfile(input);
    this.way =
      hasKeys(input) && this.profile === undefined
        ? KEYS_ONLY
        : wayToSignIn(this.profile, input.environmentVariables);
    this.command = this.way.advice;
  }

  readonly credentials: AwsCredentialIdentityProvider = async (options) => {
    try {
      return await this.given(options);
    } catch (error) {
      if (error instanceof Failure && error.code !== 'not-signed-in') throw error;
      if (!(await this.signInAgain())) throw error;
      return await this.given(options);
    }
  };

  account(): Promise<string> {
    this.known ??= this.checkAccount(this.credentials);
    return this.known;
  }

  async check(): Promise<void> {
    if (this.input.account !== undefined) await this.account();
  }

  async renew(over: string | undefined): Promise<boolean> {
    this.provider = undefined;
    const fresh = await this.given().catch(() => undefined);
    if (fresh === undefined || fresh.accessKeyId === over) return await this.signInAgain();
    await this.checkSame();
    return true;
  }

  private async given(
    options?: Parameters<AwsCredentialIdentityProvider>[0],
  ): Promise<AwsCredentialIdentity> {
    const { profile } = this;
    this.provider ??= openProvider(this.input, profile);
    try {
      // What was just renewed is not renewed once more: that would ask for a second MFA code.
      return await (await this.provider)({ ...options, forceRefresh: false });
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw notSignedIn({ profile, why: reasonOf(error, profile), command: this.command, cause: error });
    }
  }

  /** However many calls find the session over, the operator is asked once. */
  private signInAgain(): Promise<boolean> {
    const { words } = this.way;
    const { prompts } = this.input;
    if (words === null || prompts === undefined) return Promise.resolve(false);
    this.asking ??= prompts
      .signIn(words)
      .then(async (done) => {
        this.provider = undefined;
        if (done) await this.checkSame();
        return done;
      })
      .finally(() => {
        this.asking = undefined;
      });
    return this.asking;
  }

  /** Whoever signs in again may have chosen another account: then nothing more is sent. */
  private async checkSame(): Promise<void> {
    const expected = this.input.account ?? this.knownAccount;
    if (expected === undefined) return;
    const now = this.checkAccount(() => this.given(), expected);
    this.known = now;
    await now;
  }

  private async checkAccount(
    credentials: AwsCredentialIdentityProvider,
    expected: string | undefined = this.input.account,
  ): Promise<string> {
    const { environment, environmentVariables } = this.input;
    const identity = await credentials();
    // What came with SSO or an assumed role is known; a variable AWS_ACCOUNT_ID is set for many reasons and proves nothing.
    const known = identity.accountId === environmentVariables.AWS_ACCOUNT_ID ? undefined : identity.accountId;
    const actual = known ?? (await askAccount(this, credentials));
    if (expected !== undefined && actual !== expected) {
      throw wrongAccount({ environment, expected, actual, profile: this.profile });
    }
    this.knownAccount = actual;
    return actual;
  }
}

/** Keys in the environment are renewed where they were made. */
const KEYS_ONLY: WayToSignIn = {
  words: null,
  advice:
    'Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN anew, or unset them and sign in.',
};

/**
 * As with the AWS CLI, keys in the environment win over a profile that is only configured; a profile on the
 * command line wins over both.
 */
function chosenProfile(input: SignInInput): string | undefined {
  return hasKeys(input) && input.profileOrigin !== 'flag --profile' ? undefined : input.profile;
}

function hasKeys({ environmentVariables }: SignInInput): boolean {
  return !!environmentVariables.AWS_ACCESS_KEY_ID && !!environmentVariables.AWS_SECRET_ACCESS_KEY;
}

async function openProvider(
  { environmentVariables, region, prompts }: SignInInput,
  profile: string | undefined,
): Promise<AwsCredentialIdentityProvider> {
  const {
    AWS_ACCESS_KEY_ID: id,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_SESSION_TOKEN: token,
  } = environmentVariables;
  // Keys in the environment need none of the code that looks elsewhere.
  if (profile === undefined && id && secret) {
    const session = token === undefined || token === '' ? {} : { sessionToken: token };
    return async () => ({ accessKeyId: id, secretAccessKey: secret, ...session });
  }
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  return fromNodeProviderChain({
    ...(profile === undefined ? {} : { profile }),
    ...(prompts === undefined ? {} : { mfaCodeProvider: (device: string) => prompts.mfaCode(device) }),
    clientConfig: { region },
  });
}

async function askAccount(
  { region, command }: { readonly region: string; readonly command: string },
  credentials: AwsCredentialIdentityProvider,
): Promise<string> {
  const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const { awsFailure } = await import('./errors.ts');
  const client = new STSClient({ region, credentials });
  try {
    const { Account } = await client.send(new GetCallerIdentityCommand({}));
    return Account ?? '';
  } catch (error) {
    throw awsFailure(error, { what: 'find out which AWS account this is', region, signInCommand: command });
  } finally {
    client.destroy();
  }
}

function reasonOf(error: unknown, profile: string | undefined): string {
  const said = messageOf(error).split('\n')[0]?.replace(/\.$/, '') ?? '';
  if (/Could not load credentials from any providers/.test(said)) {
    return profile === undefined
      ? 'there are no credentials in the environment, in ~/.aws, or on this machine'
      : `the profile has no usable credentials in ~/.aws`;
  }
  if (/multi-factor authentication/.test(said))
    return 'it asks for a code of your MFA device, and nobody can be asked here: run it on a terminal';
  return said;
}
