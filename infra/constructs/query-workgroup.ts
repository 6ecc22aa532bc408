import * as athena from 'aws-cdk-lib/aws-athena';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { platformOf } from '../platform-stack.ts';

/** Where every query runs: results in our bucket under our key, and a bound on what one query may scan. */
export class QueryWorkgroup extends Construct {
  constructor(scope: Construct, id: string, props: { readonly key: kms.IKey }) {
    super(scope, id);
    const { names, settings } = platformOf(this);
    new athena.CfnWorkGroup(this, 'workgroup', {
      name: names.workgroup,
      description: 'SQL over the lake',
      state: 'ENABLED',
      // Without it AWS refuses to delete a workgroup that has ever run a query.
      recursiveDeleteOption: !settings.operations.protect,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: settings.query.scanBytesMax,
        requesterPaysEnabled: false,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${names.resultsBucket}/results/`,
          expectedBucketOwner: settings.account,
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: props.key.keyArn },
        },
      },
    });
  }
}
