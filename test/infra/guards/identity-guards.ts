import { asList, isAllowed, policiesOf, statementsIn, statementsOf } from '../model/iam.ts';
import type { PlatformModel } from '../model/platform-model.ts';
import { at, checkEach, type Guard, join } from './guard.ts';

/** Resources that run as a role, and where they name it. */
const ROLE_USERS: Readonly<Record<string, readonly (string | number)[]>> = {
  'AWS::Lambda::Function': ['Role'],
  'AWS::Glue::Job': ['Role'],
  'AWS::Glue::Crawler': ['Role'],
  'AWS::RDS::DBProxy': ['RoleArn'],
  'AWS::EC2::FlowLog': ['DeliverLogsPermissionArn'],
  'AWS::Scheduler::Schedule': ['Target', 'RoleArn'],
  'AWS::Backup::BackupSelection': ['BackupSelection', 'IamRoleArn'],
};

/** Actions that AWS lets nobody narrow to a resource, used in roles and people's policies. */
const ONLY_ON_EVERYTHING =
  /^(ec2:(Describe\w+|CreateNetworkInterface|DeleteNetworkInterface|(Una|A)ssignPrivateIpAddresses)|ssm:(UpdateInstanceInformation|ListInstanceAssociations|UpdateInstanceAssociationStatus|DescribeInstanceInformation|DescribeSessions)|ssmmessages:\w+|ec2messages:\w+|glue:GetSecurityConfiguration|cloudwatch:(GetMetricData|DescribeAlarms)|rds:Describe\w+|logs:DescribeLogGroups|secretsmanager:ListSecrets|ecr:GetAuthorizationToken|route53:GetHostedZone)$/;

/** Crawlers, jobs and others take a role; CloudFormation must make the role's policy before them. */
export const rolesHaveTheirPolicyFirst: Guard = (model) =>
  checkEach(roleUses(model), ({ user, role }) => {
    const policies = model
      .all('AWS::IAM::Policy')
      .filter((policy) => asList(policy.properties.Roles).includes(role));
    return policies.map(
      (policy) =>
        !user.dependsOn.includes(policy.id) && `${user.id} may exist before the policy ${policy.id}`,
    );
  });

/** Every role is somebody's, and is taken by one kind of service only. */
export const everyRoleHasOneTaker: Guard = (model) => {
  const used = new Set([
    ...roleUses(model).map(({ role }) => role),
    ...model.all('AWS::IAM::InstanceProfile').flatMap((profile) => asList(profile.properties.Roles)),
  ]);
  return checkEach(model.all('AWS::IAM::Role'), ({ id, properties }) => {
    const statements = statementsIn(properties.AssumeRolePolicyDocument);
    const services = statements.flatMap((one) => asList(at(one.Principal, 'Service')));
    return [
      !used.has(String(properties.RoleName)) && `nothing runs as the role ${id}`,
      (statements.length !== 1 || services.length !== 1) && `${id} can be taken by ${services.join(' and ')}`,
    ];
  });
};

/** Allowed actions are spelled out, and `*` as a resource is only for those that accept nothing else. */
export const noWildRights: Guard = (model) =>
  checkEach(
    policiesOf(model).flatMap((policy) =>
      statementsIn(policy.properties.PolicyDocument).map((statement) => ({ policy, statement })),
    ),
    ({ policy, statement }) => [
      asList(statement.Action).some((action) => action.includes('*')) &&
        `${policy.id} allows ${asList(statement.Action).join(', ')}`,
      asList(statement.Resource).includes('*') &&
        asList(statement.Action).some((action) => !ONLY_ON_EVERYTHING.test(action)) &&
        `${policy.id} allows ${asList(statement.Action).join(', ')} on everything`,
    ],
  );

/** The proxy logs in to Aurora, and the API to the proxy (or to Aurora), as `shop_api` and nobody else. */
export const shopLogsInByIam: Guard = (model) => {
  const { names, settings } = model;
  const user = (resource: string, name: string) =>
    `arn:aws:rds-db:${settings.region}:${settings.account}:dbuser:${resource}/${name}`;
  const hops = settings.database.proxy
    ? [
        { role: roleName(model, 'proxy'), to: 'cluster-RESOURCEID' },
        { role: roleName(model, 'shop-api'), to: 'prx-RESOURCEID' },
      ]
    : [{ role: roleName(model, 'shop-api'), to: 'cluster-RESOURCEID' }];
  return checkEach(hops, ({ role, to }) => {
    const statements = statementsOf(model, role);
    const may = (name: string) =>
      isAllowed(statements, { action: 'rds-db:connect', resource: user(to, name) });
    return [
      !may('shop_api') && `${role} cannot log in as shop_api to ${to} of ${names.cluster}`,
      may('admin') && `${role} may log in as admin`,
    ];
  });
};

/** The schedule may start its job, leave a dead letter, and nothing more. */
export const scheduleStartsOnlyItsJob: Guard = (model) => {
  const { names, settings } = model;
  const here = `${settings.region}:${settings.account}`;
  const schedules = checkEach(model.all('AWS::Scheduler::Schedule'), ({ id, properties }) => {
    const statements = statementsOf(model, nameInArn(at(properties, 'Target', 'RoleArn')));
    const input = JSON.parse(String(at(properties, 'Target', 'Input'))) as {
      JobName: string;
      Arguments: object;
    };
    const job = model.all('AWS::Glue::Job').find((one) => one.properties.Name === input.JobName);
    const start = (name: string) =>
      isAllowed(statements, { action: 'glue:StartJobRun', resource: `arn:aws:glue:${here}:job/${name}` });
    const deadLetters = String(at(properties, 'Target', 'DeadLetterConfig', 'Arn'));
    return [
      job === undefined && `${id} starts ${input.JobName}, which is no job here`,
      !start(names.job) && `${id} may not start ${names.job}`,
      start('another-job') && `${id} may start other jobs`,
      model.owner(deadLetters)?.type !== 'AWS::SQS::Queue' && `${id} has no dead-letter queue`,
      !isAllowed(statements, { action: 'sqs:SendMessage', resource: deadLetters }) &&
        `${id} cannot send to its dead-letter queue`,
      at(input.Arguments, '--scheduled-time') !== '<aws.scheduler.scheduled-time>' &&
        `${id} does not pass the time it was meant to start`,
    ];
  });
  return join(schedules);
};

export function roleUses(model: PlatformModel) {
  return model.resources.flatMap((user) => {
    const path = ROLE_USERS[user.type];
    if (path === undefined) return [];
    const role = nameInArn(at(user.properties, ...path));
    return [{ user, role }];
  });
}

export function roleName(model: PlatformModel, workload: string): string {
  return `${model.settings.environment}-${model.settings.project}-${workload}`;
}

function nameInArn(arn: unknown): string {
  return String(arn).split('/').at(-1) ?? '';
}
