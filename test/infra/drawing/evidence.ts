// biome-ignore-all lint/suspicious/noExplicitAny: rows look into properties that CloudFormation, not we, describes.
import { isAllowed, policiesHeldBy, type RequestContext, statementsIn, statementsOf } from '../model/iam.ts';
import { rolesOfGroups } from '../model/network.ts';
import type { PlatformModel, Resource } from '../model/platform-model.ts';

/** The resources that show something is so. None means that it is not. */
export type Evidence = readonly Resource[];
export type Look = (model: PlatformModel) => Evidence;

/** Every part must be there, or there is no evidence at all. */
export function all(...looks: readonly Look[]): Look {
  return (model) => {
    const found = looks.map((look) => look(model));
    return found.some((one) => one.length === 0) ? [] : found.flat();
  };
}

/** Resources of a type whose properties say the right thing. */
export function has(
  type: string,
  says: (properties: any, model: PlatformModel, resource: Resource) => boolean = () => true,
): Look {
  return (model) => model.all(type).filter((resource) => says(resource.properties, model, resource));
}

/** Both rules of one way through the network: `way('lambda', 'proxy', 3306)`. */
export function way(from: string, to: string, port: number): Look {
  return (model) => {
    const roles = rolesOfGroups(model);
    const fits = (rule: Resource, near: string, far: string, nearRole: string, farRole: string) =>
      roles.get(String(rule.properties[near])) === nearRole &&
      roles.get(String(rule.properties[far])) === farRole &&
      Number(rule.properties.FromPort) <= port &&
      Number(rule.properties.ToPort) >= port;
    const out = model
      .all('AWS::EC2::SecurityGroupEgress')
      .filter((rule) => fits(rule, 'GroupId', 'DestinationSecurityGroupId', from, to));
    const into = model
      .all('AWS::EC2::SecurityGroupIngress')
      .filter((rule) => fits(rule, 'GroupId', 'SourceSecurityGroupId', to, from));
    return out.length === 0 || into.length === 0 ? [] : [...out, ...into];
  };
}

/** From Glue or the rotation to a service, through its endpoint inside the VPC. */
export function throughEndpoint(from: string, service: string): Look {
  return all(
    way(from, 'endpoints', 443),
    has(
      'AWS::EC2::VPCEndpoint',
      (properties, model) => properties.ServiceName === `com.amazonaws.${model.settings.region}.${service}`,
    ),
  );
}

/** From Glue to S3, through the gateway endpoint. */
export const throughGateway: Look = all(
  has(
    'AWS::EC2::SecurityGroupEgress',
    (properties, model) =>
      rolesOfGroups(model).get(String(properties.GroupId)) === 'glue' &&
      properties.DestinationPrefixListId === model.settings.network.s3PrefixList,
  ),
  has('AWS::EC2::VPCEndpoint', (properties) => properties.VpcEndpointType === 'Gateway'),
);

/** The policies by which a role (or a group of people) may do something; empty when it may not. */
export function may(
  who: string,
  action: string,
  on: (model: PlatformModel) => string,
  context?: RequestContext,
): Look {
  return (model) => {
    const { environment, project } = model.settings;
    const name = `${environment}-${project}-${who}`;
    const request = { action, resource: on(model), ...(context === undefined ? {} : { context }) };
    if (!isAllowed(statementsOf(model, name), request)) return [];
    return policiesHeldBy(model, name).filter((policy) =>
      isAllowed(statementsIn(policy.properties.PolicyDocument), request),
    );
  };
}

/** ARNs of this environment, for `may`. */
export const on = {
  here: (service: string, resource: (model: PlatformModel) => string) => (model: PlatformModel) =>
    `arn:aws:${service}:${model.settings.region}:${model.settings.account}:${resource(model)}`,
  bucket: (name: (model: PlatformModel) => string, key: string) => (model: PlatformModel) =>
    `arn:aws:s3:::${name(model)}/${key}`,
};
