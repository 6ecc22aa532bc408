import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@aws-sdk/types';
import { Failure, messageOf } from '../std/failure.ts';
import { notSignedIn, wrongAccount } from './errors.ts';

export interface SignInInput {
  readonly environment: string;
  readonly profile: string | undefined;
  /** Where the profile was named: `flag --profile`, `environment variable AWS_PROFILE`, a file. */
  readonly profileOrigin: string | undefined;
  readonly region: string;
  /** The only account this environment may touch; undefined where dp.config.json names none. */
  readonly account: string | undefined;
  readonly environmentVariables: NodeJS.ProcessEnv;
}

/** Who dp is on AWS. Credentials come the way the AWS CLI finds them, and are checked before the first call. */
export interface SignIn {
  readonly region: string;
  readonly credentials: AwsCredentialIdentityProvider;
  /** The command that signs this profile in. */
  readonly command: string;
  /** The signed-in account. Throws a Failure when nobody is signed in, or it is not the environment's account. */
  account(): Promise<string>;
  /** Checks the account where the environment names one; asks nobody where it does not. */
  check(): Promise<void>;
}

/** Finds out how to sign in; asks nobody until credentials or the account are needed. */
export function openSignIn(input: SignInInput): SignIn {
  const { region } = input;
  const profile = chosenProfile(input);
  const command = signInCommand(profile);
  let provider: Promise<AwsCredentialIdentityProvider> | undefined;
  const credentials: AwsCredentialIdentityProvider = async (options) => {
    provider ??= openProvider({ ...input, profile });
    try {
      return await (await provider)(options);
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw notSignedIn({
        profile,
        why: reasonOf(error, profile),
        command: await exactCommand(profile),
        cause: error,
      });
    }
  };
  let known: Promise<string> | undefined;
  const account = (): Promise<string> => {
    known ??= checkAccount({ ...input, profile, command }, credentials);
    return known;
  };
  const check = async (): Promise<void> => {
    if (input.account !== undefined) await account();
  };
  return { region, credentials, command, account, check };
}

/**
 * As with the AWS CLI, keys in the environment win over a profile that is only configured; a profile on the
 * command line wins over both.
 */
function chosenProfile({ profile, profileOrigin, environmentVariables }: SignInInput): string | undefined {
  const keys = environmentVariables.AWS_ACCESS_KEY_ID && environmentVariables.AWS_SECRET_ACCESS_KEY;
  return keys && profileOrigin !== 'flag --profile' ? undefined : profile;
}

async function openProvider(
  input: SignInInput & { readonly profile: string | undefined },
): Promise<AwsCredentialIdentityProvider> {
  const { environmentVariables, profile, region } = input;
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
  return fromNodeProviderChain({ ...(profile === undefined ? {} : { profile }), clientConfig: { region } });
}

type Checked = SignInInput & { readonly command: string };

async function checkAccount(input: Checked, credentials: AwsCredentialIdentityProvider): Promise<string> {
  const identity: AwsCredentialIdentity = await credentials();
  // What came with SSO or an assumed role is known; a variable AWS_ACCOUNT_ID is set for many reasons and proves nothing.
  const known =
    identity.accountId === input.environmentVariables.AWS_ACCOUNT_ID ? undefined : identity.accountId;
  const actual = known ?? (await askAccount(input, credentials));
  if (input.account !== undefined && actual !== input.account) {
    const { environment, profile } = input;
    throw wrongAccount({ environment, expected: input.account, actual, profile });
  }
  return actual;
}

async function askAccount(input: Checked, credentials: AwsCredentialIdentityProvider): Promise<string> {
  const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const { awsFailure } = await import('./errors.ts');
  const { region, command } = input;
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
  return said;
}

function signInCommand(profile: string | undefined): string {
  return profile === undefined ? 'aws sso login' : `aws sso login --profile ${shellWord(profile)}`;
}

/** `aws sso login` for a profile with SSO, `aws login` for one of `aws login`, `aws configure` where there is nothing yet. */
async function exactCommand(profile: string | undefined): Promise<string> {
  const { readProfile } = await import('./aws-profiles.ts');
  const settings = await readProfile(profile ?? 'default');
  const ending = profile === undefined ? '' : ` --profile ${shellWord(profile)}`;
  if (settings === undefined) return `aws configure sso${ending}`;
  if ('sso_session' in settings || 'sso_start_url' in settings) return `aws sso login${ending}`;
  if ('login_session' in settings) return `aws login${ending}`;
  return `aws configure${ending}`;
}

function shellWord(word: string): string {
  return /^[\w.@/-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
