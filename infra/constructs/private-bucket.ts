import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { grant } from '../grant.ts';
import { platformOf } from '../platform-stack.ts';

const TLS_MIN = 1.2;
const UPLOAD_LEFTOVER_DAYS = 2;

export interface PrivateBucketProps {
  readonly name: string;
  /** Without a key S3's own encrypts: the only one that access logs may be written under. */
  readonly key?: kms.IKey;
  readonly accessLogs?: s3.IBucket;
  /** Keep older versions this many days; 0 keeps none (for what can be made again). */
  readonly oldVersionDays: number;
  /** Delete objects at this age, in days. Default: never. */
  readonly expireDays?: number;
}

/**
 * A bucket nobody outside can see: no public access, owner-enforced, encrypted, TLS only. `dp destroy` empties
 * it; a protected environment keeps it when its stack goes.
 */
export class PrivateBucket extends Construct {
  readonly bucket: s3.IBucket;
  readonly #key: kms.IKey | undefined;
  /** By name: rights are then readable, and tie no stacks together. */
  readonly #arn: string;

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    const { operations } = platformOf(this).settings;
    this.#key = props.key;
    this.#arn = `arn:${platformOf(this).partition}:s3:::${props.name}`;
    const bucket = new s3.Bucket(this, 'bucket', {
      bucketName: props.name,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: TLS_MIN,
      encryption: props.key === undefined ? s3.BucketEncryption.S3_MANAGED : s3.BucketEncryption.KMS,
      ...(props.key === undefined ? {} : { encryptionKey: props.key, bucketKeyEnabled: true }),
      ...(props.accessLogs === undefined
        ? {}
        : { serverAccessLogsBucket: props.accessLogs, serverAccessLogsPrefix: `${id}/` }),
      versioned: props.oldVersionDays > 0,
      lifecycleRules: [lifecycleOf(props)],
      removalPolicy: operations.protect ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    // CDK's own types disagree about an optional property; the class is the interface's implementation.
    this.bucket = bucket as s3.IBucket;
  }

  /** Lets a workload read objects below a prefix (`''` is all of the bucket) and list the bucket. */
  grantRead(role: iam.Role, prefix = ''): void {
    this.#grant(role, ['s3:GetObject'], prefix);
    this.#grantKey(role, ['kms:Decrypt']);
  }

  /** Lets a workload read, write and delete objects below a prefix. */
  grantReadWrite(role: iam.Role, prefix = ''): void {
    this.#grant(role, ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], prefix);
    this.#grantKey(role, ['kms:Decrypt', 'kms:GenerateDataKey']);
  }

  #grant(role: iam.Role, actions: string[], prefix: string): void {
    grant(role, {
      actions,
      resources: [`${this.#arn}/${prefix}*`],
      because: `Objects below ${prefix === '' ? 'the bucket' : prefix} are named as they are written.`,
    });
    grant(role, { actions: ['s3:ListBucket', 's3:GetBucketLocation'], resources: [this.#arn] });
  }

  #grantKey(role: iam.Role, actions: string[]): void {
    if (this.#key !== undefined) grant(role, { actions, resources: [this.#key.keyArn] });
  }
}

function lifecycleOf(props: PrivateBucketProps): s3.LifecycleRule {
  return {
    id: 'age-limits',
    abortIncompleteMultipartUploadAfter: Duration.days(UPLOAD_LEFTOVER_DAYS),
    ...(props.oldVersionDays === 0
      ? {}
      : { noncurrentVersionExpiration: Duration.days(props.oldVersionDays) }),
    ...(props.expireDays === undefined ? {} : { expiration: Duration.days(props.expireDays) }),
  };
}
