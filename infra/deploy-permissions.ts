/** What bringing an environment into being, and keeping its images, takes. */
import type { OperatorGroup, OperatorPermission } from './operator-permissions.ts';
import { type Arns, useOfDataKey } from './permission-arns.ts';

export function deployPermissions(arn: Arns): OperatorPermission[] {
  const groups: OperatorGroup[] = ['deployer'];
  return [
    {
      commands: ['deploy', 'diff', 'destroy', 'drift', 'rollback'],
      groups,
      actions: ['sts:AssumeRole'],
      // The roles that bootstrapping made. What they may do is the bootstrap's execution policy.
      resources: [`arn:aws:iam::${arn.account}:role/cdk-hnb659fds-*-role-${arn.account}-${arn.region}`],
      because: 'The four roles that bootstrapping made for deployments.',
    },
    {
      commands: ['deploy', 'doctor'],
      groups,
      actions: ['ssm:GetParameter'],
      resources: [`arn:aws:ssm:${arn.region}:${arn.account}:parameter/cdk-bootstrap/hnb659fds/version`],
    },
    {
      commands: ['deploy', 'diff'],
      groups,
      actions: ['cloudformation:GetTemplate'],
      resources: [arn.stacks],
      because: "A stack's ARN ends with an id that AWS chooses.",
    },
    {
      commands: ['deploy'],
      groups,
      actions: ['ec2:DescribeManagedPrefixLists', 'ec2:DescribeAvailabilityZones', 'route53:GetHostedZone'],
      resources: ['*'],
      because: 'Lists and descriptions: these calls take no resource.',
    },
  ];
}

export function imagePermissions(arn: Arns): OperatorPermission[] {
  const groups: OperatorGroup[] = ['deployer'];
  return [
    {
      commands: ['image push', 'image list', 'deploy'],
      groups,
      actions: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:InitiateLayerUpload',
        'ecr:UploadLayerPart',
        'ecr:CompleteLayerUpload',
        'ecr:PutImage',
        'ecr:DescribeImages',
        'ecr:BatchGetImage',
        'ecr:GetDownloadUrlForLayer',
      ],
      resources: [arn.repository],
    },
    {
      commands: ['image push'],
      groups,
      actions: ['ecr:GetAuthorizationToken'],
      resources: ['*'],
      because: 'Lists and descriptions: these calls take no resource.',
    },
    {
      commands: ['db init'],
      groups,
      actions: ['rds-data:ExecuteStatement', 'rds-data:BeginTransaction', 'rds-data:CommitTransaction'],
      resources: [arn.cluster],
    },
    {
      commands: ['db init', 'db migrate'],
      groups,
      actions: ['secretsmanager:GetSecretValue'],
      // The master secret, only while it still carries RDS's mark of this cluster; and the reader's, to set it.
      resources: [`arn:aws:secretsmanager:${arn.region}:${arn.account}:secret:rds!cluster-*`],
      because: 'RDS names the master secret: the condition narrows it to this cluster.',
      conditions: { StringEquals: { 'aws:ResourceTag/aws:rds:primaryDBClusterArn': arn.cluster } },
    },
    {
      commands: ['db init'],
      groups,
      actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      resources: [arn.readerSecret],
      because: "Secrets Manager ends every secret's ARN with six characters of its own.",
    },
  ];
}

export function bucketPermissions(arn: Arns): OperatorPermission[] {
  const groups: OperatorGroup[] = ['deployer'];
  return [
    {
      commands: ['deploy'],
      groups,
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [`${arn.scriptsBucket}/drivers/*`],
      because: 'Drivers are named by their version.',
    },
    {
      commands: ['destroy'],
      groups,
      actions: ['s3:ListBucketVersions', 's3:ListBucket', 's3:DeleteObject', 's3:DeleteObjectVersion'],
      resources: arn.buckets.flatMap((bucket) => [bucket, `${bucket}/*`]),
      because: 'A bucket must be emptied before CloudFormation can delete it.',
    },
    { commands: ['deploy'], groups, ...useOfDataKey(arn) },
  ];
}
