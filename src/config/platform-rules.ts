import { type Ipv4Range, parseIpv4Range, rangesOverlap } from './ipv4-range.ts';
import type { SettingsAfterCheck } from './platform-settings.ts';

/** What single settings cannot say: how they fit each other. One line per problem, none when all is well. */
export function problemsTogether(settings: SettingsAfterCheck): string[] {
  return [...networkProblems(settings), ...databaseProblems(settings), ...apiProblems(settings)];
}

function networkProblems({ network, region }: SettingsAfterCheck): string[] {
  const problems: string[] = [];
  const outer = rangeOf(network.cidr);
  const inner = [...network.publicSubnets, ...(network.privateSubnets ? network.privateSubnetRanges : [])];
  for (const text of inner) {
    const subnet = rangeOf(text);
    if (subnet.first < outer.first || subnet.last > outer.last) {
      problems.push(`the subnet ${text} lies outside of network.cidr ${network.cidr}`);
    }
    if (subnet.prefixBits < 16 || subnet.prefixBits > 28) {
      problems.push(`the subnet ${text} is not between /16 and /28, which AWS needs`);
    }
  }
  for (const [index, one] of inner.entries()) {
    for (const other of inner.slice(index + 1)) {
      if (rangesOverlap(rangeOf(one), rangeOf(other)))
        problems.push(`the subnets ${one} and ${other} overlap`);
    }
  }
  if (outer.prefixBits < 16 || outer.prefixBits > 28) {
    problems.push(`network.cidr ${network.cidr} is not between /16 and /28, which AWS needs`);
  }
  const [first, second] = network.availabilityZones;
  if (first === second) problems.push('network.availabilityZones names the same zone twice');
  for (const name of network.availabilityZones) {
    if (name.slice(0, -1) !== region) problems.push(`the zone ${name} is not in the region ${region}`);
  }
  return problems;
}

function databaseProblems({ database, operations }: SettingsAfterCheck): string[] {
  const problems: string[] = [];
  if (database.capacityMin > database.capacityMax) {
    problems.push(
      `database.capacityMin ${database.capacityMin} ACU is more than database.capacityMax ${database.capacityMax} ACU`,
    );
  }
  if (database.proxy && database.capacityMin === 0) {
    problems.push(
      'database.capacityMin 0 lets Aurora pause, but RDS Proxy keeps a connection open so it never would',
    );
  }
  if (operations.protect && database.backupDays < 7) {
    problems.push('operations.protect needs database.backupDays of 7 or more');
  }
  return problems;
}

function apiProblems({ api }: SettingsAfterCheck): string[] {
  const problems: string[] = [];
  const domain = api.domain;
  if (
    domain !== undefined &&
    domain.name !== domain.zoneName &&
    !domain.name.endsWith(`.${domain.zoneName}`)
  ) {
    problems.push(`api.domain.name ${domain.name} is not inside api.domain.zoneName ${domain.zoneName}`);
  }
  if (api.burst < api.requestsPerSecond) {
    problems.push(`api.burst ${api.burst} is less than api.requestsPerSecond ${api.requestsPerSecond}`);
  }
  return problems;
}

function rangeOf(text: string): Ipv4Range {
  const parsed = parseIpv4Range(text);
  if (parsed === undefined) throw new Error(`bug: the range ${text} passed the schema`);
  return parsed;
}
