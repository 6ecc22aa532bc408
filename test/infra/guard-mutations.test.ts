// biome-ignore-all lint/suspicious/noExplicitAny: raw templates are damaged at places that no type describes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GUARDS } from './guards/all-guards.ts';
import { PlatformModel, type Template, type TemplateResource } from './model/platform-model.ts';
import { environmentUnderTest } from './model/synthesized.ts';

interface Damage {
  readonly guard: keyof typeof GUARDS;
  readonly damage: string;
  /** For what only a protected environment promises, or only one in which two users take turns. */
  readonly of?: 'production' | 'alternating';
  readonly apply: (templates: Templates) => void;
}

/** The raw templates of an environment, to be damaged. */
class Templates {
  readonly all: Map<string, Template>;

  constructor(source: ReadonlyMap<string, Template>) {
    this.all = new Map([...source].map(([name, template]) => [name, structuredClone(template)]));
  }

  /** The properties of the first resource of a type, or of the one whose id contains `id`. */
  properties(type: string, id = ''): Record<string, any> {
    const { resource } = this.find(type, id);
    resource.Properties ??= {};
    return resource.Properties;
  }

  find(type: string, id = ''): { resource: TemplateResource; id: string; template: Template } {
    for (const template of this.all.values()) {
      for (const [key, resource] of Object.entries(template.Resources)) {
        if (resource.Type === type && key.includes(id)) return { resource, id: key, template };
      }
    }
    throw new Error(`no ${type} with ${id}`);
  }

  delete(type: string, id = ''): void {
    const found = this.find(type, id);
    delete found.template.Resources[found.id];
  }
}

/** Statements of the policy that belongs to a role whose logical id contains `id`. */
function statements(templates: Templates, id: string): any[] {
  return templates.properties('AWS::IAM::Policy', id).PolicyDocument.Statement;
}

const DAMAGES: readonly Damage[] = [
  {
    guard: 'a role has its policy before anything runs as it',
    damage: 'a crawler that does not wait for its policy',
    apply: (templates) => {
      delete templates.find('AWS::Glue::Crawler').resource.DependsOn;
    },
  },
  {
    guard: 'every role is used, by one service',
    damage: 'a role that a second service can take',
    apply: (templates) => {
      const role = templates.properties('AWS::IAM::Role', 'daily');
      role.AssumeRolePolicyDocument.Statement[0].Principal.Service = [
        'glue.amazonaws.com',
        'ec2.amazonaws.com',
      ];
    },
  },
  {
    guard: 'every role is used, by one service',
    damage: 'a role that nothing runs as',
    apply: (templates) => templates.delete('AWS::EC2::FlowLog'),
  },
  {
    guard: 'rights name their actions and resources',
    damage: 'all of S3 for the job',
    apply: (templates) => {
      statements(templates, 'dailyjob').push({ Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::x' });
    },
  },
  {
    guard: 'rights name their actions and resources',
    damage: 'reading every secret',
    apply: (templates) => {
      statements(templates, 'dailyjob').push({
        Effect: 'Allow',
        Action: 'secretsmanager:GetSecretValue',
        Resource: '*',
      });
    },
  },
  {
    guard: 'proxy and API log in as shop_api by IAM',
    damage: 'a proxy role with no rights, as CDK makes it',
    apply: (templates) => {
      const { template, id } = templates.find('AWS::IAM::Policy', 'shopidentity');
      delete template.Resources[id];
    },
  },
  {
    guard: 'the schedule starts its job and nothing else',
    damage: 'the right to start any job',
    apply: (templates) => {
      const [start] = statements(templates, 'dailyidentity');
      start.Resource = '*';
    },
  },
  {
    guard: 'the schedule starts its job and nothing else',
    damage: 'a start that does not say for which time it is',
    apply: (templates) => {
      const { Target } = templates.properties('AWS::Scheduler::Schedule');
      Target.Input = JSON.stringify({ JobName: JSON.parse(Target.Input).JobName, Arguments: {} });
    },
  },
  {
    guard: 'buckets are private',
    damage: 'a bucket under the wrong encryption',
    apply: (templates) => {
      delete templates.properties('AWS::S3::Bucket', 'etloutput').BucketEncryption;
    },
  },
  {
    guard: 'buckets are private',
    damage: 'a bucket that accepts plain HTTP',
    apply: (templates) => templates.delete('AWS::S3::BucketPolicy', 'athenaresults'),
  },
  {
    guard: 'data is versioned',
    damage: 'a lake without versions',
    apply: (templates) => {
      delete templates.properties('AWS::S3::Bucket', 'etloutput').VersioningConfiguration;
    },
  },
  {
    guard: 'the database is closed and logs what it exports',
    damage: 'a public instance',
    apply: (templates) => {
      templates.properties('AWS::RDS::DBInstance').PubliclyAccessible = true;
    },
  },
  {
    guard: 'the database is closed and logs what it exports',
    damage: 'plain connections',
    apply: (templates) => {
      templates.properties('AWS::RDS::DBClusterParameterGroup').Parameters.require_secure_transport = 'OFF';
    },
  },
  {
    guard: 'the database is closed and logs what it exports',
    damage: 'an audit log without events',
    apply: (templates) => {
      delete templates.properties('AWS::RDS::DBClusterParameterGroup').Parameters.server_audit_events;
    },
  },
  {
    guard: 'the database is closed and logs what it exports',
    damage: 'a log group that RDS makes instead',
    apply: (templates) => templates.delete('AWS::Logs::LogGroup', 'auroraslowquery'),
  },
  {
    guard: 'the proxy takes only IAM over TLS',
    damage: 'a proxy without TLS',
    apply: (templates) => {
      templates.properties('AWS::RDS::DBProxy').RequireTLS = false;
    },
  },
  {
    guard: 'the reader secret rotates, after its user exists',
    damage: 'a first rotation before the user exists',
    apply: (templates) => {
      templates.properties('AWS::SecretsManager::RotationSchedule').RotateImmediatelyOnUpdate = true;
    },
  },
  {
    guard: 'the reader secret rotates, after its user exists',
    damage: 'a function for one user where two take turns',
    of: 'alternating',
    apply: (templates) => {
      const schedule = templates.properties('AWS::SecretsManager::RotationSchedule');
      schedule.HostedRotationLambda.RotationType = 'MySQLSingleUser';
    },
  },
  {
    guard: 'the reader secret rotates, after its user exists',
    damage: 'a function for two users that may read every secret',
    of: 'alternating',
    apply: (templates) => {
      const schedule = templates.properties('AWS::SecretsManager::RotationSchedule');
      schedule.HostedRotationLambda.MasterSecretArn =
        'arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:*';
    },
  },
  {
    guard: 'the reader secret rotates, after its user exists',
    damage: 'a function for one user that may read the secret of the master',
    apply: (templates) => {
      const { GenerateSecretString } = templates.properties('AWS::SecretsManager::Secret');
      const [, master] = GenerateSecretString.SecretStringTemplate['Fn::Join'][1];
      const schedule = templates.properties('AWS::SecretsManager::RotationSchedule');
      schedule.HostedRotationLambda.MasterSecretArn = master;
    },
  },
  {
    guard: 'the reader secret rotates, after its user exists',
    damage: 'a secret that does not name the secret of the master',
    apply: (templates) => {
      const { GenerateSecretString } = templates.properties('AWS::SecretsManager::Secret');
      GenerateSecretString.SecretStringTemplate = '{"username":"etl_reader","dbname":"stg_core"}';
    },
  },
  {
    guard: 'services are reachable inside the VPC',
    damage: 'a function for two users that cannot ask RDS',
    of: 'alternating',
    apply: (templates) => templates.delete('AWS::EC2::VPCEndpoint', 'rds'),
  },
  {
    guard: 'services are reachable inside the VPC',
    damage: 'an endpoint that nothing calls',
    apply: (templates) => {
      const { template, resource } = templates.find('AWS::EC2::VPCEndpoint', 'logs');
      const extra = structuredClone(resource);
      Object.assign(extra.Properties ?? {}, { ServiceName: 'com.amazonaws.ap-northeast-1.sts' });
      template.Resources.Extra = extra;
    },
  },
  {
    guard: 'data survives its stack',
    damage: 'a cluster deleted without a snapshot',
    apply: (templates) => {
      templates.find('AWS::RDS::DBCluster').resource.DeletionPolicy = 'Delete';
    },
  },
  {
    guard: 'data survives its stack',
    damage: 'production without deletion protection',
    of: 'production',
    apply: (templates) => {
      templates.properties('AWS::RDS::DBCluster').DeletionProtection = false;
    },
  },
  {
    guard: 'data survives its stack',
    damage: 'a backup of something else',
    apply: (templates) => {
      templates.properties('AWS::Backup::BackupSelection').BackupSelection.Resources = ['arn:aws:rds:x'];
    },
  },
  {
    guard: 'images are pinned by digest',
    damage: 'an image by tag',
    apply: (templates) => {
      const { Code } = templates.properties('AWS::Lambda::Function', 'shop');
      Code.ImageUri = JSON.parse(JSON.stringify(Code.ImageUri).replace(/@sha256:[0-9a-f]+/, ':latest'));
    },
  },
  {
    guard: 'only declared ways are open',
    damage: 'a way from the bastion to the proxy',
    apply: (templates) => {
      const out = templates.find('AWS::EC2::SecurityGroupEgress', 'bastiontodatabase');
      const into = templates.find('AWS::EC2::SecurityGroupIngress', 'bastiontodatabase');
      const proxy = templates.properties('AWS::EC2::SecurityGroupIngress', 'lambdatoproxy').GroupId;
      out.template.Resources.Extra1 = structuredClone(out.resource);
      into.template.Resources.Extra2 = structuredClone(into.resource);
      Object.assign(out.template.Resources.Extra1.Properties ?? {}, { DestinationSecurityGroupId: proxy });
      Object.assign(into.template.Resources.Extra2.Properties ?? {}, { GroupId: proxy });
    },
  },
  {
    guard: 'only declared ways are open',
    damage: 'a rotation that cannot reach Aurora',
    apply: (templates) => templates.delete('AWS::EC2::SecurityGroupIngress', 'rotationtodatabase'),
  },
  {
    guard: 'nothing comes in from an address',
    damage: 'MySQL open to the world',
    apply: (templates) => {
      const rule = templates.properties('AWS::EC2::SecurityGroupIngress', 'bastiontodatabase');
      delete rule.SourceSecurityGroupId;
      rule.CidrIp = '0.0.0.0/0';
    },
  },
  {
    guard: 'nothing comes in from an address',
    damage: 'a group that may call everything',
    apply: (templates) => {
      delete templates.properties('AWS::EC2::SecurityGroup', 'lambda').SecurityGroupEgress;
    },
  },
  {
    guard: 'every network interface carries its own group',
    damage: 'a function in the group of Glue',
    apply: (templates) => {
      const glue =
        templates.properties('AWS::Glue::Connection').ConnectionInput.PhysicalConnectionRequirements;
      templates.properties('AWS::Lambda::Function', 'shop').VpcConfig.SecurityGroupIds =
        glue.SecurityGroupIdList;
    },
  },
  {
    guard: 'services are reachable inside the VPC',
    damage: 'no endpoint for Secrets Manager',
    apply: (templates) => templates.delete('AWS::EC2::VPCEndpoint', 'secretsmanager'),
  },
  {
    guard: 'services are reachable inside the VPC',
    damage: "no way to S3 from Glue's subnet",
    apply: (templates) => {
      templates.properties('AWS::EC2::VPCEndpoint', 'vpcs3').RouteTableIds = [];
    },
  },
  {
    guard: 'the connection lies in its zone and uses TLS',
    damage: "a zone that is not the subnet's",
    apply: (templates) => {
      const { ConnectionInput } = templates.properties('AWS::Glue::Connection');
      ConnectionInput.PhysicalConnectionRequirements.AvailabilityZone = 'ap-northeast-1c';
    },
  },
  {
    guard: 'the bastion is hardened and can be found',
    damage: 'the old metadata service',
    apply: (templates) => {
      templates.properties('AWS::EC2::Instance').MetadataOptions.HttpTokens = 'optional';
    },
  },
  {
    guard: 'alarms arrive',
    damage: 'a topic policy that forgets CloudWatch',
    apply: (templates) => {
      const { Statement } = templates.properties('AWS::SNS::TopicPolicy').PolicyDocument;
      Statement[1].Principal.Service = ['budgets.amazonaws.com'];
    },
  },
  {
    guard: 'alarms arrive',
    damage: 'a key that CloudWatch may not use',
    apply: (templates) => {
      const { KeyPolicy } = templates.properties('AWS::KMS::Key');
      KeyPolicy.Statement = KeyPolicy.Statement.filter((one: any) => one.Sid !== 'AlarmsToTheTopic');
    },
  },
  {
    guard: 'alarms arrive',
    damage: 'an alarm that tells nobody',
    apply: (templates) => {
      delete templates.properties('AWS::CloudWatch::Alarm', 'stale').AlarmActions;
    },
  },
  {
    guard: 'the budget arrives',
    damage: 'a topic policy that forgets the budget',
    apply: (templates) => {
      const { Statement } = templates.properties('AWS::SNS::TopicPolicy').PolicyDocument;
      Statement[1].Principal.Service = ['cloudwatch.amazonaws.com'];
    },
  },
  {
    guard: 'alarms watch metrics that are written',
    damage: 'a filter that writes another metric',
    apply: (templates) => {
      const filter = templates.properties('AWS::Logs::MetricFilter', 'RunsFailed');
      filter.MetricTransformations[0].MetricName = 'Failures';
    },
  },
  {
    guard: 'ends of runs are kept and counted',
    damage: 'events that are not let into their log group',
    apply: (templates) => templates.delete('AWS::Logs::ResourcePolicy'),
  },
  {
    guard: 'ends of runs are kept and counted',
    damage: 'a condition that EventBridge does not meet when it makes a stream',
    apply: (templates) => {
      const policy = templates.properties('AWS::Logs::ResourcePolicy');
      const document = JSON.parse(policy.PolicyDocument);
      document.Statement[0].Condition = document.Statement[1].Condition;
      policy.PolicyDocument = JSON.stringify(document);
    },
  },
  {
    guard: 'ends of runs are kept and counted',
    damage: 'a log that takes lines of any rule',
    apply: (templates) => {
      const policy = templates.properties('AWS::Logs::ResourcePolicy');
      const document = JSON.parse(policy.PolicyDocument);
      delete document.Statement[1].Condition;
      policy.PolicyDocument = JSON.stringify(document);
    },
  },
  {
    guard: 'logs have an end',
    damage: 'lines kept for ever',
    apply: (templates) => {
      delete templates.properties('AWS::Logs::LogGroup', 'shop').RetentionInDays;
    },
  },
  {
    guard: 'the API is guarded',
    damage: 'a route without sign-in',
    apply: (templates) => {
      templates.properties('AWS::ApiGatewayV2::Route').AuthorizationType = 'NONE';
    },
  },
  {
    guard: 'the API is guarded',
    damage: 'a second door beside the domain',
    apply: (templates) => {
      templates.properties('AWS::ApiGatewayV2::Api').DisableExecuteApiEndpoint = false;
    },
  },
  {
    guard: 'Glue is encrypted and runs what is uploaded',
    damage: 'a key that CloudWatch Logs may not use',
    apply: (templates) => {
      const { KeyPolicy } = templates.properties('AWS::KMS::Key');
      KeyPolicy.Statement = KeyPolicy.Statement.filter((one: any) => one.Sid !== 'LogsOfGlueJobs');
    },
  },
  {
    guard: 'Glue is encrypted and runs what is uploaded',
    damage: 'a script that nobody uploads',
    apply: (templates) => {
      templates.properties('Custom::CDKBucketDeployment').DestinationBucketKeyPrefix = 'releases/other';
    },
  },
  {
    guard: 'queries are bounded',
    damage: 'a client that chooses its own results bucket',
    apply: (templates) => {
      const group = templates.properties('AWS::Athena::WorkGroup').WorkGroupConfiguration;
      group.EnforceWorkGroupConfiguration = false;
    },
  },
  {
    guard: 'references lead somewhere',
    damage: 'an output that is gone',
    apply: (templates) => {
      for (const [name, template] of templates.all) if (name.endsWith('-network')) template.Outputs = {};
    },
  },
  {
    guard: 'names follow the rule',
    damage: 'a job with a name of its own',
    apply: (templates) => {
      templates.properties('AWS::Glue::Job').Name = 'nightly';
    },
  },
];

describe('a damaged template is found by its guard', () => {
  for (const { guard, damage, of = 'staging', apply } of DAMAGES) {
    test(`${guard}: ${damage}`, () => {
      const { model } = environmentUnderTest(of);
      const templates = new Templates(model.input.templates);
      apply(templates);
      const damaged = new PlatformModel(model.settings, { ...model.input, templates: templates.all });
      const report = GUARDS[guard]?.(damaged);
      assert.ok(report !== undefined && report.findings.length > 0, 'the guard saw nothing');
    });
  }

  test('every guard has at least one damage', () => {
    const tried = new Set(DAMAGES.map((one) => one.guard));
    assert.deepEqual(
      Object.keys(GUARDS).filter((name) => !tried.has(name)),
      [],
    );
  });
});
