import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { grant } from '../grant.ts';
import { platformOf } from '../platform-stack.ts';

const PENDING_DAYS = 30;

/** Services that put messages on the encrypted alarm topic. Without these lines their alarms vanish silently. */
const SENDERS_OF_ALARMS = ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'];

/** The one key of the platform's data: buckets, Aurora, Glue's logs, alarms and backups. It rotates yearly. */
export class DataKey extends Construct {
  readonly key: kms.Key;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { names, settings } = platformOf(this);
    this.key = new kms.Key(this, 'key', {
      alias: names.dataKeyAlias,
      description: `Data of ${settings.environment} ${settings.project}`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(PENDING_DAYS),
      removalPolicy: settings.operations.protect ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.key.addToResourcePolicy(this.#forAlarms());
    this.key.addToResourcePolicy(this.#forGlueLogs());
  }

  /** Lets a workload read and write what the key protects. */
  grantUse(role: iam.Role): void {
    grant(role, { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [this.key.keyArn] });
  }

  #forAlarms(): iam.PolicyStatement {
    return new iam.PolicyStatement({
      sid: 'AlarmsToTheTopic',
      principals: SENDERS_OF_ALARMS.map((service) => new iam.ServicePrincipal(service)),
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': platformOf(this).settings.account } },
    });
  }

  #forGlueLogs(): iam.PolicyStatement {
    const { region, partition, account } = platformOf(this);
    return new iam.PolicyStatement({
      sid: 'LogsOfGlueJobs',
      principals: [new iam.ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      resources: ['*'],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:/aws-glue/*`,
        },
      },
    });
  }
}
