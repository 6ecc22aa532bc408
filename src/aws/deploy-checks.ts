import { resolveNs } from 'node:dns/promises';
import type { PlatformSettings } from '../config/platform-settings.ts';
import { type AwsPlace, awsConfiguration } from './aws-configuration.ts';
import {
  notBootstrapped,
  notSignedIn,
  wrongAccount,
  wrongPrefixList,
  zoneNotDelegated,
} from './deploy-errors.ts';
import { toFailure } from './toolkit-failure.ts';

/** The oldest bootstrap that the templates can be deployed with. */
const BOOTSTRAP_VERSION_MIN = 6;

export interface DeployChecks {
  /** What must be so before anything is changed; gives what was found, in words. Throws a Failure at the first that is not. */
  (settings: PlatformSettings): Promise<string[]>;
  /** Only that the credentials are for the environment's account. */
  account(settings: PlatformSettings): Promise<string>;
}

export interface DeployCheckOptions {
  readonly profile: string | undefined;
  /** Who the internet asks about a zone. */
  readonly nameServersOf?: (zone: string) => Promise<readonly string[]>;
}

/** Checks that take seconds, before a deploy that takes an hour. */
export function openDeployChecks({
  profile,
  nameServersOf = publicNameServers,
}: DeployCheckOptions): DeployChecks {
  const account = (settings: PlatformSettings) => checkAccount(settings, signInOf(settings, profile));
  const all = async (settings: PlatformSettings) => {
    const signIn = signInOf(settings, profile);
    const found = [await account(settings), await checkBootstrap(settings, signIn)];
    found.push(await checkPrefixList(settings, signIn));
    const { domain, imageDigest } = settings.api;
    found.push(
      imageDigest === undefined ? 'No image yet: the API waits' : `Image ${imageDigest.slice(0, 19)}…`,
    );
    if (domain !== undefined) found.push(await checkDelegation(domain, signIn, nameServersOf));
    return found;
  };
  return Object.assign(all, { account });
}

async function checkAccount(settings: PlatformSettings, signIn: AwsPlace): Promise<string> {
  const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const client = new STSClient(await awsConfiguration(signIn));
  try {
    const { Account: actual = '' } = await client.send(new GetCallerIdentityCommand({}));
    const { account: expected, environment } = settings;
    if (actual !== expected) throw wrongAccount({ environment, expected, actual });
    return `Account ${actual}, region ${settings.region}`;
  } catch (error) {
    const failure = toFailure(error, { profile: signIn.profile });
    throw failure === error && !(error instanceof Error && error.name === 'Failure')
      ? notSignedIn(signIn.profile, String(error), error)
      : failure;
  } finally {
    client.destroy();
  }
}

async function checkBootstrap(settings: PlatformSettings, signIn: AwsPlace): Promise<string> {
  const { SSMClient, GetParameterCommand } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient(await awsConfiguration(signIn));
  try {
    const { Parameter } = await client.send(
      new GetParameterCommand({ Name: '/cdk-bootstrap/hnb659fds/version' }),
    );
    const version = Number(Parameter?.Value ?? 0);
    if (version < BOOTSTRAP_VERSION_MIN) throw notBootstrapped(settings);
    return `CDK bootstrap ${version}`;
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') throw notBootstrapped(settings);
    throw toFailure(error, { profile: signIn.profile });
  } finally {
    client.destroy();
  }
}

async function checkPrefixList(
  { region, network, environment }: PlatformSettings,
  signIn: AwsPlace,
): Promise<string> {
  const { EC2Client, DescribeManagedPrefixListsCommand } = await import('@aws-sdk/client-ec2');
  const client = new EC2Client(await awsConfiguration(signIn));
  try {
    const wanted = `com.amazonaws.${region}.s3`;
    const { PrefixLists = [] } = await client.send(
      new DescribeManagedPrefixListsCommand({ Filters: [{ Name: 'prefix-list-name', Values: [wanted] }] }),
    );
    const actual = PrefixLists.find((one) => one.PrefixListName === wanted)?.PrefixListId;
    if (actual !== undefined && actual !== network.s3PrefixList) {
      throw wrongPrefixList({ environment, given: network.s3PrefixList, actual });
    }
    return `S3 prefix list ${actual ?? `${network.s3PrefixList} (not confirmed)`}`;
  } catch (error) {
    throw toFailure(error, { profile: signIn.profile });
  } finally {
    client.destroy();
  }
}

/** The certificate is proved by a DNS record: it must be our zone that the internet asks. */
async function checkDelegation(
  domain: NonNullable<PlatformSettings['api']['domain']>,
  signIn: AwsPlace,
  nameServersOf: (zone: string) => Promise<readonly string[]>,
): Promise<string> {
  const wanted = await nameServersOfZone(domain.hostedZoneId, signIn);
  const found = (await nameServersOf(domain.zoneName)).map(withoutDot);
  const isAsked = wanted.length === 0 || wanted.some((server) => found.includes(server));
  if (!isAsked) throw zoneNotDelegated({ zone: domain.zoneName, wanted, found });
  return `Zone ${domain.zoneName} is delegated`;
}

async function nameServersOfZone(id: string, signIn: AwsPlace): Promise<string[]> {
  const { Route53Client, GetHostedZoneCommand } = await import('@aws-sdk/client-route-53');
  const client = new Route53Client(await awsConfiguration(signIn));
  try {
    const { DelegationSet } = await client.send(new GetHostedZoneCommand({ Id: id }));
    return (DelegationSet?.NameServers ?? []).map(withoutDot);
  } catch (error) {
    throw toFailure(error, { profile: signIn.profile });
  } finally {
    client.destroy();
  }
}

async function publicNameServers(zone: string): Promise<readonly string[]> {
  try {
    return await resolveNs(zone);
  } catch {
    return [];
  }
}

function withoutDot(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function signInOf({ region }: PlatformSettings, profile: string | undefined): AwsPlace {
  return { region, profile };
}
