import { type App, CfnOutput } from 'aws-cdk-lib';
import type { PlatformSettings } from '../../src/config/platform-settings.ts';
import { acknowledge } from '../acknowledge.ts';
import { DataKey } from '../constructs/data-key.ts';
import { PrivateBucket } from '../constructs/private-bucket.ts';
import { PlatformStack } from '../platform-stack.ts';

const OLD_DATA_DAYS = 30;
const ACCESS_LOG_DAYS = 90;

/** What must outlive everything else: the key and the buckets. */
export class StorageStack extends PlatformStack {
  readonly key: DataKey;
  readonly etl: PrivateBucket;
  readonly results: PrivateBucket;
  readonly scripts: PrivateBucket;

  constructor(app: App, settings: PlatformSettings) {
    super(app, 'storage', settings);
    const { names } = this;
    this.key = new DataKey(this, 'data-key');
    const logs = new PrivateBucket(this, 'access-logs', {
      name: names.accessLogsBucket,
      oldVersionDays: 0,
      expireDays: ACCESS_LOG_DAYS,
    });
    acknowledge(
      logs.bucket,
      'AwsSolutions-S1',
      'This bucket receives the access logs; logging its own access would never end.',
    );
    const common = { key: this.key.key, accessLogs: logs.bucket };
    this.etl = new PrivateBucket(this, 'etl-output', {
      ...common,
      name: names.etlBucket,
      oldVersionDays: OLD_DATA_DAYS,
    });
    this.results = new PrivateBucket(this, 'athena-results', {
      ...common,
      name: names.resultsBucket,
      oldVersionDays: 0,
      expireDays: settings.query.resultDays,
    });
    this.scripts = new PrivateBucket(this, 'glue-scripts', {
      ...common,
      name: names.scriptsBucket,
      oldVersionDays: OLD_DATA_DAYS,
    });
    new CfnOutput(this, 'EtlBucket', { value: this.etl.bucket.bucketName });
    new CfnOutput(this, 'ResultsBucket', { value: this.results.bucket.bucketName });
    new CfnOutput(this, 'ScriptsBucket', { value: this.scripts.bucket.bucketName });
  }
}
