import { NETWORK_ROLES, type NetworkRole } from '../../../src/config/network-flows.ts';
import type { PlatformModel, Resource } from './platform-model.ts';

/** Which security group is whose: by the names of the groups, without asking how the stack made them. */
export function rolesOfGroups(model: PlatformModel): Map<string, NetworkRole> {
  const { environment, project } = model.settings;
  const found = new Map<string, NetworkRole>();
  for (const group of model.all('AWS::EC2::SecurityGroup')) {
    const role = NETWORK_ROLES.find(
      (one) => group.properties.GroupName === `${environment}-${project}-${one}`,
    );
    if (role !== undefined) found.set(`${group.id}.GroupId`, role);
  }
  return found;
}

/**
 * Every way that both ends open: `lambda>proxy:3306`. A way that only one end opens is given as a half:
 * `half:lambda>proxy:3306`, because packets need both.
 */
export function reachable(model: PlatformModel): string[] {
  const roles = rolesOfGroups(model);
  const name = (value: unknown) => roles.get(String(value)) ?? `unknown(${String(value)})`;
  const ports = ({ properties }: Resource) =>
    properties.FromPort === properties.ToPort
      ? `${properties.FromPort}`
      : `${properties.FromPort}-${properties.ToPort}`;
  const out = new Set<string>();
  const alone = new Set<string>();
  for (const rule of model.all('AWS::EC2::SecurityGroupEgress')) {
    const { GroupId, DestinationSecurityGroupId, DestinationPrefixListId, CidrIp } = rule.properties;
    const from = name(GroupId);
    if (DestinationSecurityGroupId !== undefined)
      out.add(`${from}>${name(DestinationSecurityGroupId)}:${ports(rule)}`);
    else alone.add(`${from}>${String(DestinationPrefixListId ?? CidrIp)}:${ports(rule)}`);
  }
  const into = new Set<string>();
  for (const rule of model.all('AWS::EC2::SecurityGroupIngress')) {
    const { GroupId, SourceSecurityGroupId, CidrIp } = rule.properties;
    const from =
      SourceSecurityGroupId === undefined ? String(CidrIp ?? 'anywhere') : name(SourceSecurityGroupId);
    into.add(`${from}>${name(GroupId)}:${ports(rule)}`);
  }
  const both = [...out].filter((way) => into.has(way));
  const halves = [...out, ...into].filter((way) => !(out.has(way) && into.has(way)));
  return [...both, ...alone, ...halves.map((way) => `half:${way}`)].sort();
}

/** The roles whose groups a resource's network interfaces carry. */
export function groupsOn(model: PlatformModel, groupIds: unknown): string[] {
  const roles = rolesOfGroups(model);
  return [groupIds].flat().map((id) => roles.get(String(id)) ?? `unknown(${String(id)})`);
}
