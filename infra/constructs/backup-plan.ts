import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { nameOf } from '../../src/config/naming.ts';
import { acknowledge } from '../acknowledge.ts';
import { platformOf } from '../platform-stack.ts';
import { WorkloadRole } from './workload-role.ts';

/** 20:00 UTC is 05:00 in Tokyo: after the daily job and Aurora's own backup. */
const BACKUP_AT = { hour: '20', minute: '0' };

/** A daily copy of Aurora outside of the cluster's own backups, so that deleting the cluster does not take it along. */
export class BackupPlan extends Construct {
  constructor(scope: Construct, id: string, props: { readonly clusterArn: string; readonly key: kms.IKey }) {
    super(scope, id);
    const { names, settings } = platformOf(this);
    const vault = new backup.BackupVault(this, 'vault', {
      backupVaultName: names.backupVault,
      encryptionKey: props.key,
      removalPolicy: settings.operations.protect ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const plan = new backup.BackupPlan(this, 'plan', {
      backupPlanName: nameOf(settings, 'backup plan', 'daily'),
      backupVault: vault,
      backupPlanRules: [
        new backup.BackupPlanRule({
          ruleName: 'daily',
          scheduleExpression: events.Schedule.cron(BACKUP_AT),
          deleteAfter: Duration.days(settings.operations.backupPlanDays),
        }),
      ],
    });
    const { role } = new WorkloadRole(this, 'identity', { workload: 'backup', service: 'backup' });
    role.addManagedPolicy(
      iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSBackupServiceRolePolicyForBackup'),
    );
    acknowledge(
      role,
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup]',
      'AWS keeps the rights of a backup in this policy and widens it as Aurora changes; a copy would go stale.',
    );
    new backup.BackupSelection(this, 'selection', {
      backupPlan: plan,
      backupSelectionName: 'aurora',
      role,
      disableDefaultBackupPolicy: true,
      resources: [backup.BackupResource.fromArn(props.clusterArn)],
    });
  }
}
