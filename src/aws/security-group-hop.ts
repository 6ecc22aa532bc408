import { DescribeSecurityGroupsCommand, type IpPermission, type SecurityGroup } from '@aws-sdk/client-ec2';
import { nameOf } from '../config/naming.ts';
import { NETWORK_ROLES, type NetworkFlow, type NetworkRole, networkFlows } from '../config/network-flows.ts';
import { green, type HopFinding, red } from '../platform/hops.ts';
import type { AwsLook } from './hops.ts';

const ANYWHERE = new Set(['0.0.0.0/0', '::/0']);
type Groups = ReadonlyMap<NetworkRole, SecurityGroup>;

/** Whether each way that the platform needs is open at both ends, and none of its groups is open to everybody. */
export async function groupsFinding({ clients, settings }: AwsLook): Promise<HopFinding> {
  const names = new Map(NETWORK_ROLES.map((role) => [nameOf(settings, 'security group', role), role]));
  const found = await clients.call('describe the security groups', async () => {
    const ec2 = await clients.ec2();
    const Filters = [{ Name: 'group-name', Values: [...names.keys()] }];
    return (await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups ?? [];
  });
  const groups = new Map<NetworkRole, SecurityGroup>();
  for (const group of found) {
    const role = names.get(group.GroupName ?? '');
    if (role !== undefined) groups.set(role, group);
  }
  const absent = NETWORK_ROLES.filter((role) => !groups.has(role));
  if (absent.length > 0) return red(`there is no group for ${absent.join(', ')}`, 'dp deploy');
  for (const flow of networkFlows(settings)) {
    const shut = shutEnd(flow, groups);
    if (shut === undefined) continue;
    const port = flow.firstPort === flow.lastPort ? String(flow.firstPort) : 'all ports';
    return red(`${flow.from} cannot reach ${flow.to} on ${port}: ${shut} (${flow.why})`, 'dp drift');
  }
  for (const [role, { IpPermissions = [] }] of groups) {
    if (IpPermissions.some(isForEverybody)) return red(`${role} lets everybody in`, 'dp drift');
  }
  return green(`every way is open that must be, and nothing else lets everybody in`);
}

function shutEnd(flow: NetworkFlow, groups: Groups): string | undefined {
  const { from, to } = flow;
  const out = groups.get(from)?.IpPermissionsEgress ?? [];
  if (to === 'internet' || to === 's3') {
    const leadsOut = (rule: IpPermission): boolean =>
      to === 's3' ? (rule.PrefixListIds ?? []).length > 0 : isForEverybody(rule);
    return out.some((rule) => covers(rule, flow) && leadsOut(rule))
      ? undefined
      : `${from} may not send there`;
  }
  const into = groups.get(to)?.IpPermissions ?? [];
  const names = (rule: IpPermission, role: NetworkRole): boolean =>
    (rule.UserIdGroupPairs ?? []).some(({ GroupId }) => GroupId === groups.get(role)?.GroupId);
  if (!out.some((rule) => covers(rule, flow) && names(rule, to))) return `${from} may not send there`;
  if (!into.some((rule) => covers(rule, flow) && names(rule, from))) return `${to} does not let it in`;
  return undefined;
}

function covers(rule: IpPermission, { firstPort, lastPort }: NetworkFlow): boolean {
  if (rule.IpProtocol === '-1') return true;
  const { FromPort = 0, ToPort = 65_535 } = rule;
  return rule.IpProtocol === 'tcp' && FromPort <= firstPort && ToPort >= lastPort;
}

function isForEverybody({ IpRanges = [], Ipv6Ranges = [] }: IpPermission): boolean {
  const ranges = [...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)];
  return ranges.some((range) => ANYWHERE.has(range ?? ''));
}
