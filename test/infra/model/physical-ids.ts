import type { PlatformSettings } from '../../../src/config/platform-settings.ts';

/** What `Ref` and `GetAtt` give for a resource once it exists, as far as its template tells. */
export interface PhysicalIds {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type Properties = Readonly<Record<string, unknown>>;
type IdsOf = (name: string, at: { region: string; account: string }, id: string) => PhysicalIds;

/** The property that names a resource, and what its references become. */
const TYPES: Readonly<Record<string, { readonly nameIn: string | undefined; readonly ids: IdsOf }>> = {
  'AWS::S3::Bucket': named('BucketName', (name) => ({
    ref: name,
    attributes: { Arn: `arn:aws:s3:::${name}` },
  })),
  'AWS::IAM::Role': named('RoleName', (name, at) => ({
    ref: name,
    attributes: { Arn: `arn:aws:iam::${at.account}:role/${name}` },
  })),
  'AWS::IAM::ManagedPolicy': named('ManagedPolicyName', (name, at) => ({
    ref: `arn:aws:iam::${at.account}:policy/${name}`,
    attributes: {},
  })),
  'AWS::KMS::Key': {
    nameIn: undefined,
    ids: (_, at, id) => ({
      ref: id,
      attributes: { Arn: `arn:aws:kms:${at.region}:${at.account}:key/${id}` },
    }),
  },
  'AWS::SNS::Topic': named('TopicName', (name, at) => {
    const arn = `arn:aws:sns:${at.region}:${at.account}:${name}`;
    return { ref: arn, attributes: { TopicName: name, TopicArn: arn } };
  }),
  'AWS::SQS::Queue': named('QueueName', (name, at) => ({
    ref: `https://sqs.${at.region}.amazonaws.com/${at.account}/${name}`,
    attributes: { Arn: `arn:aws:sqs:${at.region}:${at.account}:${name}`, QueueName: name },
  })),
  'AWS::Lambda::Function': named('FunctionName', (name, at) => ({
    ref: name,
    attributes: { Arn: `arn:aws:lambda:${at.region}:${at.account}:function:${name}` },
  })),
  'AWS::ECR::Repository': named('RepositoryName', (name, at) => ({
    ref: name,
    attributes: { Arn: `arn:aws:ecr:${at.region}:${at.account}:repository/${name}` },
  })),
  'AWS::RDS::DBCluster': named('DBClusterIdentifier', (name, at) => ({
    ref: name,
    attributes: {
      DBClusterArn: `arn:aws:rds:${at.region}:${at.account}:cluster:${name}`,
      DBClusterResourceId: 'cluster-RESOURCEID',
      'Endpoint.Address': `${name}.cluster-x.${at.region}.rds.amazonaws.com`,
      'MasterUserSecret.SecretArn': `arn:aws:secretsmanager:${at.region}:${at.account}:secret:rds!cluster-x-AbCdEf`,
    },
  })),
  'AWS::RDS::DBProxy': named('DBProxyName', (name, at) => ({
    ref: name,
    attributes: {
      DBProxyArn: `arn:aws:rds:${at.region}:${at.account}:db-proxy:prx-RESOURCEID`,
      Endpoint: `${name}.proxy-x.${at.region}.rds.amazonaws.com`,
    },
  })),
  'AWS::SecretsManager::Secret': named('Name', (name, at) => ({
    ref: `arn:aws:secretsmanager:${at.region}:${at.account}:secret:${name}-AbCdEf`,
    attributes: {},
  })),
  'AWS::Logs::LogGroup': named('LogGroupName', (name, at) => ({
    ref: name,
    attributes: { Arn: `arn:aws:logs:${at.region}:${at.account}:log-group:${name}:*` },
  })),
  'AWS::Glue::SecurityConfiguration': named('Name', (name) => ({ ref: name, attributes: {} })),
  'AWS::Scheduler::ScheduleGroup': named('Name', (name) => ({ ref: name, attributes: {} })),
  'AWS::Backup::BackupVault': named('BackupVaultName', (name) => ({
    ref: name,
    attributes: { BackupVaultName: name },
  })),
};

export function physicalIdOf(
  settings: PlatformSettings,
  type: string,
  id: string,
  properties: Properties,
): PhysicalIds | undefined {
  if (type === 'AWS::SecretsManager::SecretTargetAttachment') return attachedSecret(settings);
  const known = TYPES[type];
  if (known === undefined) return { ref: id, attributes: {} };
  const name = known.nameIn === undefined ? id : properties[known.nameIn];
  return known.ids(typeof name === 'string' ? name : id, settings, id);
}

/** An attachment is its secret under another id. */
function attachedSecret({ region, account, environment, project }: PlatformSettings): PhysicalIds {
  const name = `${environment}-${project}-etl-reader-login`;
  return { ref: `arn:aws:secretsmanager:${region}:${account}:secret:${name}-AbCdEf`, attributes: {} };
}

function named(nameIn: string, ids: IdsOf): { readonly nameIn: string; readonly ids: IdsOf } {
  return { nameIn, ids };
}
