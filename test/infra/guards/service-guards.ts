import { asList, serviceMay, statementsIn } from '../model/iam.ts';
import type { PlatformModel } from '../model/platform-model.ts';
import { at, checkEach, type Guard, join } from './guard.ts';

/** Alarm → topic → the topic's policy → its key → the key's policy: a break anywhere loses the alarm silently. */
export const alarmsArrive: Guard = (model) =>
  checkEach(
    model.all('AWS::CloudWatch::Alarm').flatMap((alarm) =>
      ['AlarmActions', 'OKActions'].flatMap((kind) => {
        const actions: (string | undefined)[] = asList(alarm.properties[kind]);
        if (actions.length === 0) actions.push(undefined);
        return actions.map((action) => ({ alarm, action }));
      }),
    ),
    ({ alarm, action }) =>
      action === undefined
        ? [`${alarm.id} tells nobody`]
        : publishFindings(model, alarm.id, action, 'cloudwatch.amazonaws.com'),
  );

/** The same chain for the budget. */
export const budgetArrives: Guard = (model) =>
  checkEach(model.all('AWS::Budgets::Budget'), ({ id, properties }) => {
    const notifications = (properties.NotificationsWithSubscribers ?? []) as object[];
    return [
      notifications.length === 0 && `${id} tells nobody`,
      ...notifications.flatMap((one) =>
        publishFindings(model, id, String(at(one, 'Subscribers', 0, 'Address')), 'budgets.amazonaws.com'),
      ),
    ];
  });

/** An alarm on a metric nobody writes is quiet for ever: each has a filter here or is AWS's own. */
export const alarmsHaveAMetric: Guard = (model) => {
  const written = new Set(
    model.all('AWS::Logs::MetricFilter').flatMap((filter) => {
      const [to] = filter.properties.MetricTransformations as {
        MetricNamespace: string;
        MetricName: string;
      }[];
      return to === undefined ? [] : [`${to.MetricNamespace}/${to.MetricName}`];
    }),
  );
  return checkEach(model.all('AWS::CloudWatch::Alarm'), ({ id, properties }) => {
    const name = `${properties.Namespace}/${properties.MetricName}`;
    const isAws = String(properties.Namespace).startsWith('AWS/');
    return [
      !isAws && !written.has(name) && `${id} watches ${name}, which nothing writes`,
      isAws && asList(properties.Dimensions).length === 0 && `${id} watches nothing in particular`,
    ];
  });
};

/** Events reach a log group whose policy lets them in, and the filters read that group. */
export const runEventsAreKept: Guard = (model) =>
  checkEach(model.all('AWS::Events::Rule'), ({ id, properties }) => {
    const target = String(at(properties, 'Targets', 0, 'Arn'));
    const name = target.split(':log-group:')[1];
    const group = model.all('AWS::Logs::LogGroup').find((one) => one.properties.LogGroupName === name);
    // EventBridge says for which rule it writes a line, but not for which it makes the stream.
    const may = (action: string, context: Record<string, string>): boolean =>
      model.all('AWS::Logs::ResourcePolicy').some((policy) =>
        serviceMay(JSON.parse(String(policy.properties.PolicyDocument)), 'events.amazonaws.com', {
          action,
          resource: `${target}:stream`,
          context,
        }),
      );
    const rule = `${target.split(':log-group:')[0]?.replace(':logs:', ':events:')}:rule/`;
    const write = (name: unknown) => may('logs:PutLogEvents', { 'aws:sourcearn': `${rule}${name}` });
    const open = may('logs:CreateLogStream', {}) && write(properties.Name);
    const filters = model
      .all('AWS::Logs::MetricFilter')
      .filter((one) => one.properties.LogGroupName === name);
    return [
      group === undefined && `${id} writes to ${target}, which is no log group here`,
      !open && `${id} is not let into ${name}`,
      write('another') && `${name} takes lines of any rule`,
      filters.length === 0 && `nothing counts the events of ${id}`,
    ];
  });

/** Every log group is ours, ends its lines some day, and every writer of logs has one. */
export const logsHaveAnEnd: Guard = (model) => {
  const groups = model.all('AWS::Logs::LogGroup');
  const names = new Set(groups.map((group) => group.properties.LogGroupName));
  return join(
    checkEach(groups, ({ id, properties }) => [
      typeof properties.RetentionInDays !== 'number' && `${id} keeps its lines for ever`,
      properties.LogGroupName === undefined && `${id} has no name`,
    ]),
    checkEach(model.all('AWS::Lambda::Function'), ({ id, properties }) => [
      !names.has(String(at(properties, 'LoggingConfig', 'LogGroup'))) && `${id} makes its own log group`,
    ]),
  );
};

/** Signed requests only, a limit, a log, and no second door beside the domain. */
export const apiIsGuarded: Guard = (model) =>
  join(
    checkEach(model.all('AWS::ApiGatewayV2::Route'), ({ id, properties }) => [
      !['AWS_IAM', 'JWT'].includes(String(properties.AuthorizationType)) && `${id} lets everybody in`,
    ]),
    checkEach(model.all('AWS::ApiGatewayV2::Stage'), ({ id, properties }) => [
      !(Number(at(properties, 'DefaultRouteSettings', 'ThrottlingRateLimit')) > 0) && `${id} has no limit`,
      at(properties, 'AccessLogSettings', 'DestinationArn') === undefined && `${id} has no access log`,
    ]),
    checkEach(model.all('AWS::ApiGatewayV2::Api'), ({ id, properties }) => [
      properties.DisableExecuteApiEndpoint !== (model.settings.api.domain !== undefined) &&
        `${id} has the wrong doors open`,
    ]),
    checkEach(model.all('AWS::Lambda::Permission'), ({ id, properties }) => [
      !String(properties.SourceArn).includes('execute-api') && `${id} lets others than the API call`,
    ]),
  );

/** Jobs and crawlers write under our key, whose policy lets the logs service use it. */
export const glueIsEncrypted: Guard = (model) => {
  const { region, account } = model.settings;
  return join(
    checkEach(model.all('AWS::Glue::SecurityConfiguration'), ({ id, properties }) => {
      const arn = at(properties, 'EncryptionConfiguration', 'CloudWatchEncryption', 'KmsKeyArn');
      const key = model.owner(arn);
      const open =
        key !== undefined &&
        serviceMay(key.properties.KeyPolicy, `logs.${region}.amazonaws.com`, {
          action: 'kms:GenerateDataKey',
          resource: '*',
          context: {
            'kms:encryptioncontext:aws:logs:arn': `arn:aws:logs:${region}:${account}:log-group:/aws-glue/jobs/x`,
          },
        });
      return [!open && `${id} encrypts logs under a key that CloudWatch may not use`];
    }),
    checkEach(model.all('AWS::Glue::Job'), ({ id, properties }) => [
      !securityConfigurations(model).has(String(properties.SecurityConfiguration)) &&
        `${id} writes plain logs`,
      at(properties, 'DefaultArguments', '--job-bookmark-option') !== 'job-bookmark-disable' &&
        `${id} remembers days by bookmarks`,
      !String(at(properties, 'Command', 'ScriptLocation')).startsWith(`s3://${model.names.scriptsBucket}/`) &&
        `${id} runs a script from elsewhere`,
      !String(at(properties, 'Command', 'ScriptLocation')).startsWith(uploadedTo(model)) &&
        `${id} runs a script that this stack does not upload`,
    ]),
    checkEach(model.all('AWS::Glue::Crawler'), ({ id, properties }) => [
      !securityConfigurations(model).has(String(properties.CrawlerSecurityConfiguration)) &&
        `${id} writes plain logs`,
      at(properties, 'SchemaChangePolicy', 'DeleteBehavior') !== 'LOG' && `${id} deletes tables`,
    ]),
  );
};

/** Queries run where the settings say, under our key, and none scans without a bound. */
export const queriesAreBounded: Guard = (model) =>
  checkEach(model.all('AWS::Athena::WorkGroup'), ({ id, properties }) => {
    const configuration = at(properties, 'WorkGroupConfiguration');
    const result = at(configuration, 'ResultConfiguration');
    return [
      at(configuration, 'EnforceWorkGroupConfiguration') !== true && `${id} can be overruled by a client`,
      !(Number(at(configuration, 'BytesScannedCutoffPerQuery')) > 0) && `${id} has no cut-off`,
      !String(at(result, 'OutputLocation')).startsWith(`s3://${model.names.resultsBucket}/`) &&
        `${id} leaves results elsewhere`,
      at(result, 'EncryptionConfiguration', 'EncryptionOption') !== 'SSE_KMS' && `${id} leaves plain results`,
      properties.RecursiveDeleteOption !== !model.settings.operations.protect &&
        `${id} cannot be deleted as it should`,
    ];
  });

/** References between stacks lead somewhere, and to a stack that exists by then. */
export const referencesLeadSomewhere: Guard = (model) => ({
  checked: model.crossStackReferences,
  findings: model.brokenReferences,
});

/** Names follow the rule, so that people, policies and dp find things without asking. */
export const namesFollowTheRule: Guard = (model) => {
  const { environment, project } = model.settings;
  const rule = `${environment}-${project}-`;
  const named = model.resources.flatMap((resource) =>
    NAME_PROPERTIES.flatMap((key) => {
      const value = at(resource.properties, ...key.split('.'));
      return typeof value === 'string' ? [{ resource, key, value }] : [];
    }),
  );
  return checkEach(named, ({ resource, key, value }) => [
    !value.includes(rule) &&
      !value.startsWith(rule.replaceAll('-', '_')) &&
      !['$default', 'AWS::S3::Bucket'].includes(value) &&
      !EXEMPT_NAMES.has(`${resource.type}.${key}`) &&
      `${resource.id}.${key} is ${value}`,
  ]);
};

const NAME_PROPERTIES = [
  'Name',
  'BucketName',
  'RoleName',
  'ManagedPolicyName',
  'FunctionName',
  'QueueName',
  'TopicName',
  'AlarmName',
  'DashboardName',
  'RepositoryName',
  'DBClusterIdentifier',
  'DBInstanceIdentifier',
  'DBProxyName',
  'DBClusterParameterGroupName',
  'GroupName',
  'LogGroupName',
  'BackupVaultName',
  'AliasName',
  'DatabaseInput.Name',
  'ConnectionInput.Name',
  'BackupPlan.BackupPlanName',
  'Budget.BudgetName',
];
/** A cluster's parameter group is referenced here, and a record's name is the operator's own domain. */
const EXEMPT_NAMES = new Set([
  'AWS::RDS::DBCluster.DBClusterParameterGroupName',
  'AWS::Route53::RecordSet.Name',
]);

function publishFindings(
  model: PlatformModel,
  id: string,
  topicArn: string,
  service: string,
): (string | false)[] {
  const topic = model.owner(topicArn);
  if (topic?.type !== 'AWS::SNS::Topic') return [`${id} goes to ${topicArn}, which is no topic here`];
  const context = { 'aws:sourceaccount': model.settings.account, 'aws:securetransport': 'true' };
  const policies = model
    .all('AWS::SNS::TopicPolicy')
    .filter((policy) => asList(policy.properties.Topics).includes(topicArn));
  const statements = policies.flatMap((policy) => statementsIn(policy.properties.PolicyDocument));
  const publish = { action: 'sns:Publish', resource: topicArn, context };
  const key =
    model.owner(topic.properties.KmsMasterKeyId) ??
    model.resources.find((one) => one.id === topic.properties.KmsMasterKeyId);
  const encrypt = { action: 'kms:GenerateDataKey', resource: '*', context };
  return [
    !serviceMay({ Statement: statements }, service, publish) &&
      `${service} may not publish to ${topic.id} (${id})`,
    topic.properties.KmsMasterKeyId === undefined && `${topic.id} is not encrypted`,
    key === undefined && `${topic.id} is under a key that is not here`,
    key !== undefined &&
      !serviceMay(key.properties.KeyPolicy, service, encrypt) &&
      `${service} may not use the key of ${topic.id} (${id})`,
  ];
}

function securityConfigurations(model: PlatformModel): Set<string> {
  return new Set(model.all('AWS::Glue::SecurityConfiguration').map((one) => String(one.properties.Name)));
}

function uploadedTo(model: PlatformModel): string {
  const [upload] = model.all('Custom::CDKBucketDeployment');
  const { DestinationBucketName, DestinationBucketKeyPrefix } = upload?.properties ?? {};
  return `s3://${DestinationBucketName}/${DestinationBucketKeyPrefix}/`;
}
