import type { PlatformSettings } from './platform-settings.ts';

export const MYSQL_PORT = 3306;
export const HTTPS_PORT = 443;
const LAST_PORT = 65_535;

/** Who has a security group of its own. */
export const NETWORK_ROLES = [
  'bastion',
  'database',
  'proxy',
  'lambda',
  'glue',
  'rotation',
  'endpoints',
] as const;
export type NetworkRole = (typeof NETWORK_ROLES)[number];

/** One allowed way from a role to another, to itself, to S3's gateway endpoint or to the internet. */
export interface NetworkFlow {
  readonly from: NetworkRole;
  readonly to: NetworkRole | 's3' | 'internet';
  readonly firstPort: number;
  readonly lastPort: number;
  readonly why: string;
}

/** Every way through the network that there is. What is not here does not exist. */
export function networkFlows(settings: PlatformSettings): NetworkFlow[] {
  const { database, network } = settings;
  return [
    flow('bastion', 'database', MYSQL_PORT, 'operators reach Aurora through the tunnel'),
    ...(network.privateSubnets
      ? [flow('bastion', 'endpoints', HTTPS_PORT, 'the SSM agent calls Systems Manager by its endpoints')]
      : [flow('bastion', 'internet', HTTPS_PORT, 'the SSM agent calls Systems Manager over the internet')]),
    ...(database.proxy
      ? [
          flow('lambda', 'proxy', MYSQL_PORT, 'the Shop API shares connections through RDS Proxy'),
          flow('proxy', 'database', MYSQL_PORT, 'RDS Proxy opens the connections'),
        ]
      : [flow('lambda', 'database', MYSQL_PORT, 'the Shop API has no proxy in between')]),
    flow('glue', 'database', MYSQL_PORT, 'crawler and job read over JDBC'),
    {
      from: 'glue',
      to: 'glue',
      firstPort: 0,
      lastPort: LAST_PORT,
      why: 'the workers of one Glue run talk to each other',
    },
    flow('glue', 'endpoints', HTTPS_PORT, 'Glue reads its secret, its catalog and writes logs'),
    flow('glue', 's3', HTTPS_PORT, 'Glue reads scripts and writes the lake through the gateway endpoint'),
    flow('rotation', 'database', MYSQL_PORT, 'the rotation sets and tests the new password'),
    flow('rotation', 'endpoints', HTTPS_PORT, 'the rotation reads and stages the secret'),
  ];
}

function flow(from: NetworkRole, to: NetworkFlow['to'], port: number, why: string): NetworkFlow {
  return { from, to, firstPort: port, lastPort: port, why };
}
