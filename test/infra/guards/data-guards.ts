import { asList, statementsIn } from '../model/iam.ts';
import type { PlatformModel, Resource } from '../model/platform-model.ts';
import { at, checkEach, type Guard, join } from './guard.ts';

const ALL_BLOCKED = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];
const DATABASE_LOGS = ['audit', 'error', 'general', 'slowquery'];

/** Encrypted, nobody's but ours, TLS only, with an end to leftovers. */
export const bucketsArePrivate: Guard = (model) =>
  checkEach(model.all('AWS::S3::Bucket'), ({ id, properties }) => {
    const encryption = at(properties, 'BucketEncryption', 'ServerSideEncryptionConfiguration', 0);
    const algorithm = at(encryption, 'ServerSideEncryptionByDefault', 'SSEAlgorithm');
    const isLogBucket = properties.BucketName === model.names.accessLogsBucket;
    return [
      algorithm !== (isLogBucket ? 'AES256' : 'aws:kms') && `${id} is encrypted by ${algorithm}`,
      ALL_BLOCKED.some((key) => at(properties, 'PublicAccessBlockConfiguration', key) !== true) &&
        `${id} does not block public access`,
      at(properties, 'OwnershipControls', 'Rules', 0, 'ObjectOwnership') !== 'BucketOwnerEnforced' &&
        `${id} accepts foreign owners`,
      !deniesPlainHttp(model, properties.BucketName) && `${id} accepts plain HTTP`,
      at(properties, 'LifecycleConfiguration', 'Rules', 0, 'AbortIncompleteMultipartUpload') === undefined &&
        `${id} keeps the parts of failed uploads for ever`,
      !isLogBucket &&
        at(properties, 'LoggingConfiguration', 'DestinationBucketName') !== model.names.accessLogsBucket &&
        `${id} has no access log`,
    ];
  });

/** What cannot be made again keeps its older versions. */
export const dataIsVersioned: Guard = (model) => {
  const data = [model.names.etlBucket, model.names.scriptsBucket];
  return checkEach(
    model.all('AWS::S3::Bucket').filter((bucket) => data.includes(String(bucket.properties.BucketName))),
    ({ id, properties }) => [
      at(properties, 'VersioningConfiguration', 'Status') !== 'Enabled' && `${id} keeps no versions`,
    ],
  );
};

/** Encrypted, not public, TLS and IAM, a master password nobody made, and every log with a place to go. */
export const databaseIsClosed: Guard = (model) =>
  join(
    checkEach(model.all('AWS::RDS::DBCluster'), (cluster) => [
      cluster.properties.StorageEncrypted !== true && `${cluster.id} is not encrypted`,
      model.owner(cluster.properties.KmsKeyId)?.type !== 'AWS::KMS::Key' && `${cluster.id} has not our key`,
      cluster.properties.EnableIAMDatabaseAuthentication !== true && `${cluster.id} knows no IAM login`,
      cluster.properties.ManageMasterUserPassword !== true && `${cluster.id} has a password somebody made`,
      cluster.properties.MasterUserPassword !== undefined && `${cluster.id} has a password in its template`,
      ...parameterFindings(model, cluster),
      ...logFindings(model, cluster),
    ]),
    checkEach(model.all('AWS::RDS::DBInstance'), ({ id, properties }) => [
      properties.PubliclyAccessible !== false && `${id} can have a public address`,
    ]),
  );

/** The proxy takes TLS and IAM only. */
export const proxyTakesOnlyIam: Guard = (model) => {
  const proxies = model.all('AWS::RDS::DBProxy');
  if (!model.settings.database.proxy) {
    return { checked: 1, findings: proxies.map((proxy) => `${proxy.id} exists although it is switched off`) };
  }
  return checkEach(proxies, ({ id, properties }) => [
    properties.RequireTLS !== true && `${id} accepts plain connections`,
    properties.DefaultAuthScheme !== 'IAM_AUTH' &&
      `${id} logs in to Aurora by ${properties.DefaultAuthScheme}`,
    asList(properties.VpcSubnetIds).length < 2 && `${id} needs subnets in two zones`,
  ]);
};

/**
 * Rotated by AWS's own function, in the VPC, and not before the user exists. The function may read the master's secret
 * where two users take turns, and the secret tells it which one that is; by name, so that nothing changes with the strategy.
 */
export const readerSecretRotates: Guard = (model) =>
  checkEach(model.all('AWS::SecretsManager::Secret'), (secret) => {
    const takesTurns = model.settings.database.rotationStrategy === 'alternating-users';
    const isOfMaster = (arn: unknown) =>
      model.owner(arn)?.type === 'AWS::RDS::DBCluster' && String(arn).includes(':secret:');
    const told = JSON.parse(String(at(secret.properties, 'GenerateSecretString', 'SecretStringTemplate')));
    const arn = `secret:${String(secret.properties.Name)}-`;
    const schedule = model
      .all('AWS::SecretsManager::RotationSchedule')
      .find((one) => String(one.properties.SecretId).includes(arn));
    const attachment = model
      .all('AWS::SecretsManager::SecretTargetAttachment')
      .find((one) => String(one.properties.SecretId).includes(arn));
    return [
      schedule === undefined && `${secret.id} is never rotated`,
      at(schedule?.properties, 'RotateImmediatelyOnUpdate') !== false &&
        `${secret.id} rotates before its user exists`,
      at(schedule?.properties, 'HostedRotationLambda', 'RotationType') !==
        (takesTurns ? 'MySQLMultiUser' : 'MySQLSingleUser') && `${secret.id} has another rotation`,
      takesTurns !== isOfMaster(at(schedule?.properties, 'HostedRotationLambda', 'MasterSecretArn')) &&
        `the function of ${secret.id} ${takesTurns ? 'cannot' : 'may'} read the secret of the master`,
      !isOfMaster(told.masterarn) && `${secret.id} does not name the secret of the master`,
      model.owner(attachment?.properties.TargetId)?.type !== 'AWS::RDS::DBCluster' &&
        `${secret.id} does not know its host`,
    ];
  });

/** Losing the stack must not lose the data where the environment is protected, and never Aurora's. */
export const dataSurvives: Guard = (model) => {
  const isProtected = model.settings.operations.protect;
  const stacks = [...model.input.templates.keys()];
  return join(
    checkEach(model.all('AWS::RDS::DBCluster'), ({ id, deletionPolicy, properties }) => [
      deletionPolicy !== 'Snapshot' && `${id} goes without a snapshot`,
      isProtected && properties.DeletionProtection !== true && `${id} can be deleted`,
      Number(properties.BackupRetentionPeriod) < (isProtected ? 7 : 1) && `${id} has no backups`,
    ]),
    checkEach([...model.all('AWS::S3::Bucket'), ...model.all('AWS::KMS::Key')], ({ id, deletionPolicy }) => [
      isProtected && deletionPolicy !== 'Retain' && `${id} goes with its stack`,
    ]),
    checkEach(stacks, (stack) => [
      isProtected && !model.input.protectedStacks.has(stack) && `the stack ${stack} can be deleted`,
    ]),
    checkEach(model.all('AWS::Backup::BackupSelection'), ({ id, properties }) => [
      !asList(at(properties, 'BackupSelection', 'Resources')).some(
        (arn) => model.owner(arn)?.type === 'AWS::RDS::DBCluster',
      ) && `${id} does not back Aurora up`,
    ]),
  );
};

/** Images cannot change under their name, and the function names its image by content. */
export const imagesArePinned: Guard = (model) =>
  join(
    checkEach(model.all('AWS::ECR::Repository'), ({ id, properties }) => [
      properties.ImageTagMutability !== 'IMMUTABLE' && `tags of ${id} can move`,
      at(properties, 'ImageScanningConfiguration', 'ScanOnPush') !== true && `${id} scans nothing`,
    ]),
    checkEach(
      model.all('AWS::Lambda::Function').filter((one) => one.properties.PackageType === 'Image'),
      ({ id, properties }) => [
        !/@(sha256:[0-9a-f]{64}|parameter:ImageDigest)$/.test(String(at(properties, 'Code', 'ImageUri'))) &&
          `${id} runs whatever its tag means today`,
      ],
    ),
  );

function deniesPlainHttp(model: PlatformModel, bucket: unknown): boolean {
  const policies = model.all('AWS::S3::BucketPolicy').filter((policy) => policy.properties.Bucket === bucket);
  return policies
    .flatMap((policy) => statementsIn(policy.properties.PolicyDocument))
    .some(
      (statement) =>
        statement.Effect === 'Deny' && at(statement.Condition, 'Bool', 'aws:SecureTransport') === 'false',
    );
}

function parameterFindings(model: PlatformModel, cluster: Resource): (string | false)[] {
  const group = model
    .all('AWS::RDS::DBClusterParameterGroup')
    .find((one) => one.id === cluster.properties.DBClusterParameterGroupName);
  const is = (name: string) => at(group?.properties, 'Parameters', name);
  const general = asList(cluster.properties.EnableCloudwatchLogsExports).includes('general');
  return [
    is('require_secure_transport') !== 'ON' && `${cluster.id} accepts plain connections`,
    is('server_audit_logging') !== '1' && `${cluster.id} exports an audit log that it does not write`,
    is('server_audit_events') === undefined && `${cluster.id} audits no events`,
    is('slow_query_log') !== '1' && `${cluster.id} exports a slow query log that it does not write`,
    is('general_log') !== (general ? '1' : '0') && `${cluster.id} disagrees about its general log`,
    is('log_output') !== 'FILE' && `${cluster.id} writes its logs where nothing exports them`,
    is('time_zone') !== 'UTC' && `${cluster.id} is not in UTC`,
  ];
}

function logFindings(model: PlatformModel, cluster: Resource): (string | false)[] {
  const wanted = DATABASE_LOGS.filter((kind) => kind !== 'general' || model.settings.database.generalLog);
  return wanted.flatMap((kind) => {
    const name = `/aws/rds/cluster/${String(cluster.properties.DBClusterIdentifier)}/${kind}`;
    const group = model.all('AWS::Logs::LogGroup').find((one) => one.properties.LogGroupName === name);
    return [
      !asList(cluster.properties.EnableCloudwatchLogsExports).includes(kind) &&
        `${cluster.id} exports no ${kind} log`,
      group === undefined && `${name} has no log group`,
      group !== undefined && !cluster.dependsOn.includes(group.id) && `${cluster.id} may make ${name} first`,
    ];
  });
}
