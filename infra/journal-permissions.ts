import type { OperatorGroup, OperatorPermission } from './operator-permissions.ts';
import type { Arns } from './permission-arns.ts';

/** Whoever changes something writes it down where the team reads it; nobody needs to list more than that. */
export function journalPermissions(arn: Arns): OperatorPermission[] {
  const groups: OperatorGroup[] = ['operator', 'deployer'];
  const commands = [
    'history',
    'undo',
    'deploy',
    'destroy',
    'rollback',
    'image push',
    'db init',
    'db migrate',
  ];
  return [
    {
      commands,
      groups,
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [`${arn.etlBucket}/journal/*`],
      because: 'Entries of the journal are named by when they began.',
    },
    {
      commands,
      groups,
      actions: ['s3:ListBucket'],
      resources: [arn.etlBucket],
      conditions: { StringEquals: { 's3:prefix': 'journal/' } },
    },
  ];
}
