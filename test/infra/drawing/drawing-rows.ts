// biome-ignore-all lint/suspicious/noExplicitAny: rows look into properties that CloudFormation, not we, describes.
import { rolesOfGroups } from '../model/network.ts';
import type { PlatformModel } from '../model/platform-model.ts';
import { all, has, type Look, may, on, throughEndpoint, throughGateway, way } from './evidence.ts';

const own = (resource: string) => (model: PlatformModel) =>
  `${model.settings.environment}-${model.settings.project}-${resource}`;
const named = (type: string, property: string, resource: string): Look =>
  has(type, (properties, model) => properties[property] === own(resource)(model));
const bucket = (name: 'etlBucket' | 'resultsBucket' | 'scriptsBucket'): Look =>
  has('AWS::S3::Bucket', (properties, model) => properties.BucketName === model.names[name]);
const group = (role: string): Look =>
  has('AWS::EC2::SecurityGroup', (_, model, { id }) => rolesOfGroups(model).get(`${id}.GroupId`) === role);
const carries = (type: string, role: string, groups: (properties: any) => unknown): Look =>
  has(type, (properties, model) =>
    [groups(properties)].flat().some((id) => rolesOfGroups(model).get(String(id)) === role),
  );
const subnet = (cidr: string, zone: string): Look =>
  has(
    'AWS::EC2::Subnet',
    (properties) => properties.CidrBlock === cidr && properties.AvailabilityZone === zone,
  );
const inSubnet = (type: string, cidr: string, subnets: (properties: any) => unknown): Look =>
  has(type, (properties, model) => {
    const wanted = model.all('AWS::EC2::Subnet').find((one) => one.properties.CidrBlock === cidr);
    return wanted !== undefined && [subnets(properties)].flat().includes(wanted.id);
  });
const roleOf = (type: string, at: (properties: any) => unknown, workload: string): Look =>
  has(type, (properties, model) => String(at(properties)).endsWith(`role/${own(workload)(model)}`));
const imageFunction: Look = has('AWS::Lambda::Function', (properties) => properties.PackageType === 'Image');
const logGroup = (name: (model: PlatformModel) => string): Look =>
  has('AWS::Logs::LogGroup', (properties, model) => properties.LogGroupName === name(model));
const cluster = (says: (properties: any) => boolean): Look => has('AWS::RDS::DBCluster', says);
const rotation: Look = has('AWS::SecretsManager::RotationSchedule');
const crawler = (
  name: 'databaseCrawler' | 'landingCrawler',
  says: (properties: any) => boolean = () => true,
): Look =>
  has('AWS::Glue::Crawler', (properties, model) => properties.Name === model.names[name] && says(properties));
const job: Look = has('AWS::Glue::Job', (properties, model) => properties.Name === model.names.job);
const workgroup: Look = has('AWS::Athena::WorkGroup');
const lakeTable = on.here('glue', (model) => `table/${model.names.lakeDatabase}/orders`);
const sourceTable = on.here('glue', (model) => `table/${model.names.sourceDatabase}/orders`);
const readerSecret = on.here('secretsmanager', (model) => `secret:${model.names.readerSecret}-AbCdEf`);
const logStream = (name: (model: PlatformModel) => string) =>
  on.here('logs', (model) => `log-group:${name(model)}:log-stream:x`);

const lambdaToProxy = {
  path: way('lambda', 'proxy', 3306),
  permission: may(
    'shop-api',
    'rds-db:connect',
    on.here('rds-db', () => 'dbuser:prx-RESOURCEID/shop_api'),
  ),
};
const proxyToAurora = {
  path: all(way('proxy', 'database', 3306), has('AWS::RDS::DBProxyTargetGroup')),
  permission: may(
    'proxy',
    'rds-db:connect',
    on.here('rds-db', () => 'dbuser:cluster-RESOURCEID/shop_api'),
  ),
};
const jobToLake = {
  path: throughGateway,
  permission: may(
    'daily-job',
    's3:PutObject',
    on.bucket((m) => m.names.etlBucket, 'lake/orders/r/dt=2026-11-22/p'),
  ),
};
const jobToCatalog = {
  path: throughEndpoint('glue', 'glue'),
  permission: may('daily-job', 'glue:UpdatePartition', lakeTable),
};
const jobToAurora = {
  path: all(way('glue', 'database', 3306), has('AWS::Glue::Connection')),
  permission: may('daily-job', 'secretsmanager:GetSecretValue', readerSecret),
};
const gatewayToFunction = {
  path: has(
    'AWS::ApiGatewayV2::Integration',
    (properties, model) =>
      String(properties.IntegrationUri).includes(own('shop-api')(model)) &&
      properties.PayloadFormatVersion === '2.0',
  ),
  permission: has(
    'AWS::Lambda::Permission',
    (properties) => properties.Principal === 'apigateway.amazonaws.com',
  ),
};
const dnsToGateway = {
  path: has(
    'AWS::Route53::RecordSet',
    (properties) =>
      properties.Type === 'A' && String(properties.AliasTarget?.DNSName).endsWith('RegionalDomainName'),
  ),
  permission: all(
    has('AWS::ApiGatewayV2::ApiMapping'),
    has('AWS::CertificateManager::Certificate', (properties) => properties.ValidationMethod === 'DNS'),
    has('AWS::ApiGatewayV2::DomainName'),
  ),
};
const queryToLake = {
  path: all(workgroup, bucket('etlBucket')),
  permission: may(
    'analyst',
    's3:GetObject',
    on.bucket((m) => m.names.etlBucket, 'lake/orders/x.parquet'),
  ),
};
const queryToResults = {
  path: has('AWS::Athena::WorkGroup', (properties, model) =>
    String(properties.WorkGroupConfiguration.ResultConfiguration.OutputLocation).startsWith(
      `s3://${model.names.resultsBucket}/`,
    ),
  ),
  permission: may(
    'analyst',
    's3:PutObject',
    on.bucket((m) => m.names.resultsBucket, 'results/x.csv'),
  ),
};
const scheduleToJob = {
  path: has(
    'AWS::Scheduler::Schedule',
    (properties, model) => JSON.parse(properties.Target.Input).JobName === model.names.job,
  ),
  permission: may(
    'scheduler',
    'glue:StartJobRun',
    on.here('glue', (model) => `job/${model.names.job}`),
  ),
};

/** Every box of the drawing, by its id there. */
export const NODES: Readonly<Record<string, Look>> = {
  Internet: all(has('AWS::EC2::InternetGateway'), has('AWS::EC2::VPCGatewayAttachment')),
  AZ1_PUB: subnet('10.0.1.0/24', 'ap-northeast-1a'),
  AZ2_PUB: subnet('10.0.2.0/24', 'ap-northeast-1c'),
  SG_Bastion: group('bastion'),
  SG_RDS: group('database'),
  SG_Lambda: group('lambda'),
  SG_Glue: group('glue'),
  Bastion: has('AWS::EC2::Instance', (properties) => properties.InstanceType === 't3.micro'),
  Lambda: imageFunction,
  RDS: cluster(
    (properties) => properties.Engine === 'aurora-mysql' && properties.DatabaseName === 'stg_core',
  ),
  RDS_Proxy: has('AWS::RDS::DBProxy'),
  S3_ETL: bucket('etlBucket'),
  S3_Athena: bucket('resultsBucket'),
  S3_Scripts: bucket('scriptsBucket'),
  Glue_Crawler: crawler('databaseCrawler'),
  Glue_Catalog: has('AWS::Glue::Database'),
  Glue_Jobs: job,
  Athena: workgroup,
  API_GW: has('AWS::ApiGatewayV2::Api', (properties) => properties.ProtocolType === 'HTTP'),
  Route53: has('AWS::Route53::RecordSet'),
  ACM: has('AWS::CertificateManager::Certificate'),
  Secrets: has('AWS::SecretsManager::Secret'),
  IAM: has('AWS::IAM::Role'),
  CloudWatch: all(
    has('AWS::CloudWatch::Dashboard'),
    has('AWS::Logs::LogGroup'),
    has('AWS::CloudWatch::Alarm'),
  ),
  ECR: has('AWS::ECR::Repository'),
};

export interface ArrowRow {
  /** How it gets there: rules of both security groups, an endpoint, or a reference between managed services. */
  readonly path: Look;
  /** By what right. */
  readonly permission: Look;
}

/** Every arrow of the drawing that something travels along. */
export const ARROWS: Readonly<Record<string, ArrowRow>> = {
  'Internet --> Route53': {
    path: has('AWS::Route53::RecordSet', (properties) => properties.Name === 'api.shop.example.com.'),
    permission: has('AWS::Route53::RecordSet', (properties) => properties.HostedZoneId === 'Z0123456789ABC'),
  },
  'Route53 --> API_GW': dnsToGateway,
  'API_GW --> Lambda': gatewayToFunction,
  'Lambda --> RDS_Proxy': lambdaToProxy,
  'RDS_Proxy --> RDS': proxyToAurora,
  'Internet --> Bastion': {
    path: has(
      'AWS::EC2::SecurityGroupEgress',
      (properties, model) =>
        rolesOfGroups(model).get(String(properties.GroupId)) === 'bastion' &&
        properties.CidrIp === '0.0.0.0/0',
    ),
    permission: may(
      'operator',
      'ssm:StartSession',
      on.here('ec2', () => 'instance/i-1'),
      {
        'ssm:resourcetag/name': 'staging-data-pipeline-sample-bastion',
      },
    ),
  },
  'Bastion --> RDS': {
    path: way('bastion', 'database', 3306),
    permission: all(
      may('bastion', 'ssmmessages:OpenDataChannel', () => '*'),
      may(
        'operator',
        'rds-db:connect',
        on.here('rds-db', () => 'dbuser:cluster-RESOURCEID/shop_api'),
      ),
    ),
  },
  'RDS --> Glue_Crawler': {
    path: way('glue', 'database', 3306),
    permission: all(
      may(
        'database-crawler',
        'glue:GetConnection',
        on.here('glue', (m) => `connection/${m.names.connection}`),
      ),
      may('database-crawler', 'secretsmanager:GetSecretValue', readerSecret),
    ),
  },
  'Glue_Crawler --> Glue_Catalog': {
    path: throughEndpoint('glue', 'glue'),
    permission: may('database-crawler', 'glue:CreateTable', sourceTable),
  },
  'Glue_Catalog --> Glue_Jobs': {
    path: throughEndpoint('glue', 'glue'),
    permission: may('daily-job', 'glue:GetTables', sourceTable),
  },
  'Glue_Jobs --> S3_ETL': jobToLake,
  'S3_ETL --> Athena': queryToLake,
  'Athena --> S3_Athena': queryToResults,
  'Secrets --> RDS': {
    path: all(has('AWS::SecretsManager::SecretTargetAttachment'), way('rotation', 'database', 3306)),
    permission: all(
      rotation,
      cluster((properties) => properties.ManageMasterUserPassword === true),
    ),
  },
  'IAM --> Lambda': {
    path: roleOf('AWS::Lambda::Function', (properties) => properties.Role, 'shop-api'),
    permission: named('AWS::IAM::Role', 'RoleName', 'shop-api'),
  },
  'IAM --> Glue_Jobs': {
    path: roleOf('AWS::Glue::Job', (properties) => properties.Role, 'daily-job'),
    permission: named('AWS::IAM::Role', 'RoleName', 'daily-job'),
  },
  'IAM --> Bastion': {
    path: has('AWS::IAM::InstanceProfile', (properties, model) =>
      properties.Roles.includes(own('bastion')(model)),
    ),
    permission: named('AWS::IAM::Role', 'RoleName', 'bastion'),
  },
  'Lambda --> CloudWatch': {
    path: has(
      'AWS::Lambda::Function',
      (properties, model) => properties.LoggingConfig?.LogGroup === model.names.logs.api,
    ),
    permission: may(
      'shop-api',
      'logs:PutLogEvents',
      logStream((model) => model.names.logs.api),
    ),
  },
  'Glue_Jobs --> CloudWatch': {
    path: throughEndpoint('glue', 'logs'),
    permission: may(
      'daily-job',
      'logs:PutLogEvents',
      logStream((model) => model.names.logs.job),
    ),
  },
  'RDS --> CloudWatch': {
    path: cluster((properties) => properties.EnableCloudwatchLogsExports.length === 4),
    permission: all(
      ...(['audit', 'error', 'general', 'slowquery'] as const).map((kind) =>
        logGroup((model) => model.names.logs.database(kind)),
      ),
    ),
  },
  'ECR --> Lambda': {
    path: has('AWS::Lambda::Function', (properties, model) =>
      new RegExp(`/${model.names.repository}@sha256:[0-9a-f]{64}$`).test(String(properties.Code?.ImageUri)),
    ),
    permission: has('AWS::ECR::Repository', (properties) =>
      properties.RepositoryPolicyText?.Statement.some(
        (statement: any) =>
          statement.Principal.Service === 'lambda.amazonaws.com' &&
          statement.Action.includes('ecr:BatchGetImage'),
      ),
    ),
  },
};

/** Every dotted line: what lies where. */
export const PLACES: Readonly<Record<string, Look>> = {
  'Bastion -.-> SG_Bastion': carries('AWS::EC2::Instance', 'bastion', (p) => p.NetworkInterfaces[0].GroupSet),
  'Lambda -.-> SG_Lambda': carries('AWS::Lambda::Function', 'lambda', (p) => p.VpcConfig?.SecurityGroupIds),
  'RDS -.-> SG_RDS': carries('AWS::RDS::DBCluster', 'database', (p) => p.VpcSecurityGroupIds),
  'Glue_Jobs -.-> SG_Glue': all(
    has(
      'AWS::Glue::Job',
      (properties, model) => properties.Connections.Connections[0] === model.names.connection,
    ),
    carries(
      'AWS::Glue::Connection',
      'glue',
      (p) => p.ConnectionInput.PhysicalConnectionRequirements.SecurityGroupIdList,
    ),
  ),
  'Bastion -.-> AZ1_PUB': inSubnet(
    'AWS::EC2::Instance',
    '10.0.1.0/24',
    (p) => p.NetworkInterfaces[0].SubnetId,
  ),
  'Lambda -.-> AZ1_PUB': inSubnet('AWS::Lambda::Function', '10.0.1.0/24', (p) => p.VpcConfig?.SubnetIds),
  'RDS -.-> AZ1_PUB': inSubnet('AWS::RDS::DBSubnetGroup', '10.0.1.0/24', (p) => p.SubnetIds),
  'RDS -.-> AZ2_PUB': inSubnet('AWS::RDS::DBSubnetGroup', '10.0.2.0/24', (p) => p.SubnetIds),
};

const both = ({ path, permission }: ArrowRow): Look => all(path, permission);
const schedule = has(
  'AWS::Scheduler::Schedule',
  (properties) =>
    properties.ScheduleExpression === 'cron(0 2 * * ? *)' &&
    properties.ScheduleExpressionTimezone === 'Asia/Tokyo',
);

/** Every message of the three flows. An answer travels back on the way of its question. */
export const STEPS: Readonly<Record<string, Look>> = {
  'Note over Scheduler: 毎日午前2時実行': schedule,
  'Scheduler->>GlueJob: ジョブ開始': both(scheduleToJob),
  'GlueJob->>RDS: JDBC接続': both(jobToAurora),
  'RDS-->>GlueJob: データ抽出': both(jobToAurora),
  'GlueJob->>GlueJob: データ変換・加工': all(job, way('glue', 'glue', 1024)),
  'GlueJob->>S3: Parquet形式で保存': both(jobToLake),
  'GlueJob->>Catalog: メタデータ更新': both(jobToCatalog),
  'GlueJob-->>Scheduler: ジョブ完了': all(
    has('AWS::Events::Rule', (properties, model) =>
      properties.EventPattern?.detail?.jobName?.includes(model.names.job),
    ),
    named('AWS::CloudWatch::Alarm', 'AlarmName', 'run-failed'),
  ),
  'User->>Athena: SQLクエリ実行': all(
    workgroup,
    may(
      'analyst',
      'athena:StartQueryExecution',
      on.here('athena', (m) => `workgroup/${m.names.workgroup}`),
    ),
  ),
  'Athena->>Catalog: テーブルスキーマ取得': may('analyst', 'glue:GetTable', lakeTable),
  'Athena->>S3_ETL: データ読み取り': both(queryToLake),
  'S3_ETL-->>Athena: データ返却': both(queryToLake),
  'Athena->>Athena: クエリ処理': has('AWS::Athena::WorkGroup', (properties) =>
    String(properties.WorkGroupConfiguration.EngineVersion.SelectedEngineVersion).endsWith('3'),
  ),
  'Athena->>S3_Result: 結果保存': both(queryToResults),
  'Athena-->>User: 結果返却': may(
    'analyst',
    's3:GetObject',
    on.bucket((m) => m.names.resultsBucket, 'results/x.csv'),
  ),
  'Client->>Route53: DNS解決': has('AWS::Route53::RecordSet'),
  'Route53-->>Client: IPアドレス': dnsToGateway.path,
  'Client->>API_GW: HTTPリクエスト': has(
    'AWS::ApiGatewayV2::Route',
    (properties) => properties.RouteKey === 'ANY /{proxy+}' && properties.AuthorizationType === 'AWS_IAM',
  ),
  'API_GW->>Lambda: イベント': both(gatewayToFunction),
  'Lambda->>RDS_Proxy: データベース接続': both(lambdaToProxy),
  'RDS_Proxy->>RDS: クエリ実行': both(proxyToAurora),
  'RDS-->>RDS_Proxy: 結果': both(proxyToAurora),
  'RDS_Proxy-->>Lambda: データ': both(lambdaToProxy),
  'Lambda-->>API_GW: レスポンス': both(gatewayToFunction),
  'API_GW-->>Client: HTTPレスポンス': has(
    'AWS::ApiGatewayV2::Stage',
    (properties) => properties.StageName === '$default',
  ),
};

/** Every number, setting, rule and plan in the lists below the drawing. */
export const FACTS: Readonly<Record<string, Look>> = {
  '- **VPC**: `10.0.0.0/16`': has('AWS::EC2::VPC', (properties) => properties.CidrBlock === '10.0.0.0/16'),
  '- AZ1: `10.0.1.0/24`': subnet('10.0.1.0/24', 'ap-northeast-1a'),
  '- AZ2: `10.0.2.0/24`': subnet('10.0.2.0/24', 'ap-northeast-1c'),
  // Drawn as switched off: as many subnets as there are public ones, and each has its way to the internet.
  '- **Private Subnets**: 現在コメントアウト（検証用）': (model) => {
    const subnets = model.all('AWS::EC2::Subnet');
    const toInternet = model
      .all('AWS::EC2::Route')
      .filter((route) => route.properties.GatewayId !== undefined);
    return subnets.length === 2 && toInternet.length === 2 ? subnets : [];
  },
  '- **Aurora MySQL 8.0**: Serverless v2': all(
    cluster((properties) => String(properties.EngineVersion).startsWith('8.0.mysql_aurora')),
    has('AWS::RDS::DBInstance', (properties) => properties.DBInstanceClass === 'db.serverless'),
  ),
  '- **スケーリング**: 0.5-2 ACU': cluster(
    ({ ServerlessV2ScalingConfiguration: scaling }) =>
      scaling.MinCapacity === 0.5 && scaling.MaxCapacity === 2,
  ),
  '- **バックアップ**: 1日保持': cluster((properties) => properties.BackupRetentionPeriod === 1),
  '- **ログ**: audit, error, general, slowquery': cluster(
    (properties) => properties.EnableCloudwatchLogsExports.join() === 'audit,error,general,slowquery',
  ),
  '1. **ETL Output Bucket**: Glue Jobの出力先': all(
    bucket('etlBucket'),
    has(
      'AWS::Glue::Job',
      (properties, model) => properties.DefaultArguments['--lake-bucket'] === model.names.etlBucket,
    ),
  ),
  '2. **Athena Results Bucket**: クエリ結果保存': all(bucket('resultsBucket'), queryToResults.path),
  '3. **Glue Scripts Bucket**: Pythonスクリプト保存': all(
    bucket('scriptsBucket'),
    has(
      'Custom::CDKBucketDeployment',
      (properties, model) => properties.DestinationBucketName === model.names.scriptsBucket,
    ),
  ),
  '- **Crawler**: 1時間毎にスキーマ検出': crawler(
    'databaseCrawler',
    (properties) => properties.Schedule.ScheduleExpression === 'cron(0 * * * ? *)',
  ),
  '- **Data Catalog**: メタデータ管理': has('AWS::Glue::Database'),
  '- **Jobs**: ETL処理（現在コメントアウト）': job,
  '- **IAM**: 最小権限の原則': (model) => {
    const policies = model.all('AWS::IAM::Policy');
    const wide = policies.filter((policy) =>
      /"[a-z0-9]+:\*"|"\*:\*"/.test(JSON.stringify(policy.properties)),
    );
    return wide.length === 0 ? policies : [];
  },
  '- **Secrets Manager**: データベース認証情報': all(
    has('AWS::SecretsManager::Secret'),
    rotation,
    cluster((properties) => properties.ManageMasterUserPassword === true),
  ),
  '- **Security Groups**: 必要最小限の通信許可': (model) => {
    const rules = model.all('AWS::EC2::SecurityGroupIngress');
    return rules.every((rule) => rule.properties.SourceSecurityGroupId !== undefined) ? rules : [];
  },
  '- **VPC Endpoints**: AWSサービスへのプライベート接続': all(
    has('AWS::EC2::VPCEndpoint', (properties) => properties.VpcEndpointType === 'Interface'),
    has('AWS::EC2::VPCEndpoint', (properties) => properties.VpcEndpointType === 'Gateway'),
  ),
  '- **環境**: staging': (model) => (model.settings.environment === 'staging' ? model.resources : []),
  '- **リージョン**: ap-northeast-1': has('AWS::EC2::Subnet', (properties) =>
    String(properties.AvailabilityZone).startsWith('ap-northeast-1'),
  ),
  '- **プロジェクト**: data-pipeline-sample': has('AWS::EC2::VPC', (properties) =>
    properties.Tags.some((tag: any) => tag.Key === 'project' && tag.Value === 'data-pipeline-sample'),
  ),
  '- **命名規則**: `{env}-{project}-{resource}`': (model) => {
    const roles = model.all('AWS::IAM::Role');
    const follow = roles.every((role) =>
      String(role.properties.RoleName).startsWith('staging-data-pipeline-sample-'),
    );
    return follow ? roles : [];
  },
  '1. **Glue Jobs**: ETL処理の本格運用': both(jobToLake),
  '2. **EventBridge Scheduler**: 定期実行の自動化': all(schedule, both(scheduleToJob)),
  '3. **Private Subnets**: 本番環境でのプライベートサブネット活用': (model) =>
    model.settings.environment === 'staging' ? model.all('AWS::EC2::VPC') : [],
  '4. **CloudWatch Alarms**: 監視・アラートの強化': all(
    has('AWS::CloudWatch::Alarm'),
    has('AWS::SNS::TopicPolicy'),
  ),
  '5. **Backup Strategy**: データバックアップ戦略の確立': all(
    has('AWS::Backup::BackupPlan'),
    has('AWS::Backup::BackupSelection'),
  ),
};

/** What the drawing plans for production, found in the templates of production. */
export const PRODUCTION_FACTS: Readonly<Record<string, Look>> = {
  '3. **Private Subnets**: 本番環境でのプライベートサブネット活用': all(
    subnet('10.0.11.0/24', 'ap-northeast-1a'),
    subnet('10.0.12.0/24', 'ap-northeast-1c'),
    inSubnet('AWS::RDS::DBSubnetGroup', '10.0.11.0/24', (p) => p.SubnetIds),
    inSubnet('AWS::Lambda::Function', '10.0.11.0/24', (p) => p.VpcConfig?.SubnetIds),
    inSubnet('AWS::EC2::Instance', '10.0.11.0/24', (p) => p.SubnetId ?? p.NetworkInterfaces?.[0]?.SubnetId),
  ),
  '5. **Backup Strategy**: データバックアップ戦略の確立': all(
    cluster((properties) => properties.BackupRetentionPeriod >= 14),
    has('AWS::Backup::BackupPlan'),
  ),
};
