import { resolveNs } from 'node:dns/promises';
import type { PlatformSettings } from '../config/platform-settings.ts';
import type { AwsClients } from './aws-clients.ts';
import { notBootstrapped, wrongPrefixList, zoneNotDelegated } from './deploy-errors.ts';

/** The oldest bootstrap that the templates can be deployed with. */
const BOOTSTRAP_VERSION_MIN = 6;

export interface DeployChecks {
  /** What must be so before anything is changed; gives what was found, in words. Throws a Failure at the first that is not. */
  (settings: PlatformSettings): Promise<string[]>;
  /** Only that the credentials are for the environment's account. */
  account(settings: PlatformSettings): Promise<string>;
}

export interface DeployChecksInput {
  readonly clients: AwsClients;
  /** Who the internet asks about a zone. @default the answer of this machine's DNS resolver */
  readonly nameServersOf?: (zone: string) => Promise<readonly string[]>;
}

/** Checks that take seconds, before a deploy that takes an hour. */
export function openDeployChecks({
  clients,
  nameServersOf = publicNameServers,
}: DeployChecksInput): DeployChecks {
  const account = async ({ region }: PlatformSettings) =>
    `Account ${await clients.signIn.account()}, region ${region}`;
  const all = async (settings: PlatformSettings) => {
    const found = [await account(settings), await checkBootstrap(settings, clients)];
    found.push(await checkPrefixList(settings, clients));
    const { domain, imageDigest } = settings.api;
    found.push(
      imageDigest === undefined ? 'No image yet: the API waits' : `Image ${imageDigest.slice(0, 19)}…`,
    );
    if (domain !== undefined) found.push(await checkDelegation(domain, clients, nameServersOf));
    return found;
  };
  return Object.assign(all, { account });
}

async function checkBootstrap(settings: PlatformSettings, clients: AwsClients): Promise<string> {
  const { GetParameterCommand } = await import('@aws-sdk/client-ssm');
  return clients.call("look up the version of CDK's bootstrap", async () => {
    const ssm = await clients.ssm();
    const { Parameter } = await ssm
      .send(new GetParameterCommand({ Name: '/cdk-bootstrap/hnb659fds/version' }))
      .catch((error: unknown) => {
        if (error instanceof Error && error.name === 'ParameterNotFound') throw notBootstrapped(settings);
        throw error;
      });
    const version = Number(Parameter?.Value ?? 0);
    if (version < BOOTSTRAP_VERSION_MIN) throw notBootstrapped(settings);
    return `CDK bootstrap ${version}`;
  });
}

async function checkPrefixList(
  { region, network, environment }: PlatformSettings,
  clients: AwsClients,
): Promise<string> {
  const { DescribeManagedPrefixListsCommand } = await import('@aws-sdk/client-ec2');
  return clients.call("look up S3's prefix list", async () => {
    const wanted = `com.amazonaws.${region}.s3`;
    const ec2 = await clients.ec2();
    const { PrefixLists = [] } = await ec2.send(
      new DescribeManagedPrefixListsCommand({ Filters: [{ Name: 'prefix-list-name', Values: [wanted] }] }),
    );
    const actual = PrefixLists.find((one) => one.PrefixListName === wanted)?.PrefixListId;
    if (actual !== undefined && actual !== network.s3PrefixList) {
      throw wrongPrefixList({ environment, given: network.s3PrefixList, actual });
    }
    return `S3 prefix list ${actual ?? `${network.s3PrefixList} (not confirmed)`}`;
  });
}

/** The certificate is proved by a DNS record: it must be our zone that the internet asks. */
async function checkDelegation(
  domain: NonNullable<PlatformSettings['api']['domain']>,
  clients: AwsClients,
  nameServersOf: (zone: string) => Promise<readonly string[]>,
): Promise<string> {
  const wanted = await nameServersOfZone(domain.hostedZoneId, clients);
  const found = (await nameServersOf(domain.zoneName)).map(withoutDot);
  const isAsked = wanted.length === 0 || wanted.some((server) => found.includes(server));
  if (!isAsked) throw zoneNotDelegated({ zone: domain.zoneName, wanted, found });
  return `Zone ${domain.zoneName} is delegated`;
}

async function nameServersOfZone(id: string, clients: AwsClients): Promise<string[]> {
  const { GetHostedZoneCommand } = await import('@aws-sdk/client-route-53');
  return clients.call(`look up the hosted zone ${id}`, async () => {
    const route53 = await clients.route53();
    const { DelegationSet } = await route53.send(new GetHostedZoneCommand({ Id: id }));
    return (DelegationSet?.NameServers ?? []).map(withoutDot);
  });
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
