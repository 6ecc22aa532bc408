import type { OperatorGroup, OperatorPermission } from './operator-permissions.ts';
import type { Arns } from './permission-arns.ts';

/** A session to the database: operators work there, and whoever deploys migrates it. */
export function sessionPermissions(arn: Arns): OperatorPermission[] {
  const groups: OperatorGroup[] = ['operator', 'deployer'];
  const commands = ['db tunnel', 'db shell', 'db exec', 'db migrate'];
  const document = (owner: string, name: string) => `arn:aws:ssm:${arn.region}:${owner}:document/${name}`;
  return [
    {
      commands,
      groups,
      actions: ['ssm:StartSession'],
      resources: [arn.instances],
      because: 'The bastion is replaced at times: the condition narrows it to its name.',
      conditions: { StringEquals: { 'ssm:resourceTag/Name': arn.bastionName } },
    },
    {
      commands,
      groups,
      actions: ['ssm:StartSession'],
      resources: [document('', 'AWS-StartPortForwardingSessionToRemoteHost')],
    },
    {
      commands: [...commands, 'db sessions end'],
      groups,
      actions: ['ssm:ResumeSession', 'ssm:TerminateSession', 'ssmmessages:OpenDataChannel'],
      resources: [`arn:aws:ssm:${arn.region}:${arn.account}:session/\${aws:userid}-*`],
      because: "Session ids start with the caller: nobody ends, or listens to, a colleague's session.",
    },
    {
      commands,
      groups,
      actions: ['ssm:GetDocument'],
      // The account's own preferences of Session Manager, which say when it ends sessions.
      resources: [document(arn.account, 'SSM-SessionManagerRunShell')],
    },
    {
      commands: [...commands, 'db sessions list', 'db sessions end', 'logs'],
      groups,
      actions: [
        'rds:DescribeDBClusters',
        'rds:DescribeDBProxies',
        'ec2:DescribeInstances',
        'ssm:DescribeInstanceInformation',
        'ssm:DescribeSessions',
      ],
      resources: ['*'],
      because: 'Lists and descriptions: these calls take no resource.',
      conditions: { StringEquals: { 'aws:RequestedRegion': arn.region } },
    },
  ];
}
