import { asList } from '../model/iam.ts';
import { groupsOn, reachable } from '../model/network.ts';
import { at, checkEach, type Guard, join } from './guard.ts';

/** Which role's group each kind of network interface must carry, and where it says so. */
const INTERFACES: Readonly<
  Record<string, { readonly path: readonly (string | number)[]; readonly role: string }>
> = {
  'AWS::EC2::Instance': { path: ['NetworkInterfaces', 0, 'GroupSet'], role: 'bastion' },
  'AWS::RDS::DBCluster': { path: ['VpcSecurityGroupIds'], role: 'database' },
  'AWS::RDS::DBProxy': { path: ['VpcSecurityGroupIds'], role: 'proxy' },
  'AWS::Glue::Connection': {
    path: ['ConnectionInput', 'PhysicalConnectionRequirements', 'SecurityGroupIdList'],
    role: 'glue',
  },
  'AWS::SecretsManager::RotationSchedule': {
    path: ['HostedRotationLambda', 'VpcSecurityGroupIds'],
    role: 'rotation',
  },
};

/** The ways through the network, written here a second time on purpose: the stack must not be its own witness. */
export function expectedWays(model: Parameters<Guard>[0]): string[] {
  const { database, network } = model.settings;
  return [
    'bastion>database:3306',
    network.privateSubnets ? 'bastion>endpoints:443' : 'bastion>0.0.0.0/0:443',
    ...(database.proxy ? ['lambda>proxy:3306', 'proxy>database:3306'] : ['lambda>database:3306']),
    'glue>database:3306',
    'glue>glue:0-65535',
    'glue>endpoints:443',
    `glue>${network.s3PrefixList}:443`,
    'rotation>database:3306',
    'rotation>endpoints:443',
  ].sort();
}

/** Exactly the declared ways are open, at both ends. */
export const onlyDeclaredWays: Guard = (model) => {
  const open = reachable(model);
  const expected = expectedWays(model);
  return {
    checked: open.length,
    findings: [
      ...expected.filter((way) => !open.includes(way)).map((way) => `closed, but needed: ${way}`),
      ...open.filter((way) => !expected.includes(way)).map((way) => `open, but not declared: ${way}`),
    ],
  };
};

/** Nothing may come in from an address, only from a named group; and groups hold no rules of their own. */
export const noOpenDoors: Guard = (model) =>
  join(
    checkEach(model.all('AWS::EC2::SecurityGroupIngress'), ({ id, properties }) => [
      properties.SourceSecurityGroupId === undefined && `${id} lets addresses in`,
      (properties.CidrIp ?? properties.CidrIpv6) !== undefined && `${id} lets addresses in`,
    ]),
    checkEach(model.all('AWS::EC2::SecurityGroup'), ({ id, properties }) => [
      properties.SecurityGroupIngress !== undefined && `${id} lets something in by itself`,
      // Without any rule of its own, AWS gives a group the right to call everything.
      at(properties, 'SecurityGroupEgress', 0, 'CidrIp') !== '255.255.255.255/32' &&
        `${id} may call everything`,
    ]),
  );

/** Every network interface carries the group of its role, and no other. */
export const interfacesCarryTheirGroup: Guard = (model) => {
  const plain = model.resources.filter((resource) => INTERFACES[resource.type] !== undefined);
  const functions = model
    .all('AWS::Lambda::Function')
    .filter((one) => one.properties.PackageType === 'Image');
  const endpoints = model
    .all('AWS::EC2::VPCEndpoint')
    .filter((one) => one.properties.VpcEndpointType === 'Interface');
  const wrong = (id: string, groups: string[], role: string) =>
    (groups.length !== 1 || groups[0] !== role) &&
    `${id} carries ${groups.join(', ') || 'no group'}, not ${role}`;
  return join(
    checkEach(plain, ({ id, type, properties }) => {
      const place = INTERFACES[type];
      return place === undefined
        ? []
        : [wrong(id, groupsOn(model, at(properties, ...place.path)), place.role)];
    }),
    checkEach(functions, ({ id, properties }) => [
      wrong(id, groupsOn(model, at(properties, 'VpcConfig', 'SecurityGroupIds')), 'lambda'),
    ]),
    checkEach(endpoints, ({ id, properties }) => [
      wrong(id, groupsOn(model, properties.SecurityGroupIds), 'endpoints'),
    ]),
  );
};

/** What cannot leave the VPC has an endpoint for each service it calls, with private names, and S3's gateway. */
export const servicesAreReachableInside: Guard = (model) => {
  const { region, network, database } = model.settings;
  const needed = [
    'secretsmanager',
    'glue',
    'logs',
    ...(database.rotationStrategy === 'alternating-users' ? ['rds'] : []),
    ...(network.privateSubnets ? ['ssm', 'ssmmessages', 'ec2messages'] : []),
  ];
  const endpoints = model.all('AWS::EC2::VPCEndpoint');
  const find = (service: string) =>
    endpoints.find((one) => one.properties.ServiceName === `com.amazonaws.${region}.${service}`);
  const gateway = find('s3');
  const tables = new Set(asList(gateway?.properties.RouteTableIds));
  const used = workloadSubnets(model);
  return join(
    checkEach(needed, (service) => {
      const endpoint = find(service);
      return [
        endpoint === undefined && `there is no endpoint for ${service}`,
        endpoint !== undefined &&
          endpoint.properties.PrivateDnsEnabled !== true &&
          `${service} keeps its public name`,
        endpoint !== undefined &&
          network.endpointZones === 'all' &&
          asList(endpoint.properties.SubnetIds).length < 2 &&
          `${service} is in one zone only`,
      ];
    }),
    checkEach(endpoints, ({ id, properties }) => [
      ![...needed, 's3'].some((service) => properties.ServiceName === `com.amazonaws.${region}.${service}`) &&
        `${id} is for a service that nothing calls`,
    ]),
    checkEach(
      model
        .all('AWS::EC2::SubnetRouteTableAssociation')
        .filter((one) => used.has(String(one.properties.SubnetId))),
      ({ properties }) => [
        !tables.has(String(properties.RouteTableId)) && `${properties.SubnetId} has no way to S3`,
      ],
    ),
  );
};

/** Glue wants its subnet and its zone to be the same place. */
export const connectionZoneFits: Guard = (model) =>
  checkEach(model.all('AWS::Glue::Connection'), ({ id, properties }) => {
    const place = at(properties, 'ConnectionInput', 'PhysicalConnectionRequirements');
    const subnet = model.all('AWS::EC2::Subnet').find((one) => one.id === at(place, 'SubnetId'));
    const input = at(properties, 'ConnectionInput', 'ConnectionProperties');
    return [
      subnet === undefined && `${id} lies in no subnet of ours`,
      subnet?.properties.AvailabilityZone !== at(place, 'AvailabilityZone') && `${id} names another zone`,
      at(input, 'JDBC_ENFORCE_SSL') !== 'true' && `${id} connects without TLS`,
      at(input, 'PASSWORD') !== undefined && `${id} holds a password`,
    ];
  });

/** No key, no old metadata service, an encrypted disk; a public address only where there is no other way out. */
export const bastionIsHardened: Guard = (model) =>
  checkEach(model.all('AWS::EC2::Instance'), ({ id, properties }) => [
    properties.KeyName !== undefined && `${id} has an SSH key`,
    at(properties, 'MetadataOptions', 'HttpTokens') !== 'required' && `${id} answers IMDSv1`,
    at(properties, 'BlockDeviceMappings', 0, 'Ebs', 'Encrypted') !== true && `${id} has a plain disk`,
    at(properties, 'NetworkInterfaces', 0, 'AssociatePublicIpAddress') !==
      !model.settings.network.privateSubnets &&
      at(properties, 'NetworkInterfaces') !== undefined &&
      `${id} has the wrong kind of address`,
    tagOf(properties.Tags, 'Name') !== model.names.bastion && `${id} cannot be found by its name`,
  ]);

function workloadSubnets(model: Parameters<Guard>[0]): Set<string> {
  return new Set(
    model
      .all('AWS::Glue::Connection')
      .map((one) =>
        String(at(one.properties, 'ConnectionInput', 'PhysicalConnectionRequirements', 'SubnetId')),
      ),
  );
}

function tagOf(tags: unknown, key: string): unknown {
  return (tags as { Key: string; Value: unknown }[] | undefined)?.find((tag) => tag.Key === key)?.Value;
}
