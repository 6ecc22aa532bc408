import { CreateScheduleCommand, CreateScheduleGroupCommand } from '@aws-sdk/client-scheduler';
import type { AwsClients } from '../../src/aws/aws-clients.ts';
import { TEST_ACCOUNT } from './aws-environment.ts';

/** Makes the daily schedule as the platform's stack does: at 02:00 in Tokyo, in a group of its own. */
export async function makeDailySchedule(
  clients: AwsClients,
  names: { readonly schedule: string; readonly scheduleGroup: string },
): Promise<void> {
  const scheduler = await clients.scheduler();
  await scheduler.send(new CreateScheduleGroupCommand({ Name: names.scheduleGroup }));
  await scheduler.send(
    new CreateScheduleCommand({
      Name: names.schedule,
      GroupName: names.scheduleGroup,
      ScheduleExpression: 'cron(0 2 * * ? *)',
      ScheduleExpressionTimezone: 'Asia/Tokyo',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: 'arn:aws:scheduler:::aws-sdk:glue:startJobRun',
        RoleArn: `arn:aws:iam::${TEST_ACCOUNT}:role/s`,
      },
    }),
  );
}
