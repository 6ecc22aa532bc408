import type { GetScheduleCommandOutput, SchedulerClient } from '@aws-sdk/client-scheduler';
import type { DailySchedule, Schedule } from '../platform/schedule.ts';
import { Failure } from '../std/failure.ts';
import type { AwsClients } from './aws-clients.ts';
import { nameOf } from './errors.ts';

export interface AwsScheduleInput {
  readonly clients: AwsClients;
  readonly name: string;
  readonly group: string;
}

/** The daily schedule of EventBridge Scheduler. */
export function openAwsSchedule({ clients, name, group }: AwsScheduleInput): Schedule {
  const ask = <T>(what: string, call: (scheduler: SchedulerClient) => Promise<T>): Promise<T> =>
    clients.call(what, async () => call(await clients.scheduler()));
  const read = (scheduler: SchedulerClient) => readSchedule(scheduler, { name, group });
  return {
    show: () => ask(`look up the schedule ${name}`, async (scheduler) => scheduleOf(await read(scheduler))),
    change: (change) =>
      ask(`change the schedule ${name}`, async (scheduler) => {
        const { UpdateScheduleCommand } = await import('@aws-sdk/client-scheduler');
        const found = await read(scheduler);
        if (found === undefined) throw scheduleMissing(name);
        // UpdateSchedule replaces everything: what is not given again would be lost.
        const { $metadata, Arn, CreationDate, LastModificationDate, ...kept } = found;
        const { enabled, expression } = change;
        const changed = {
          ...kept,
          Name: name,
          GroupName: group,
          Target: kept.Target,
          FlexibleTimeWindow: kept.FlexibleTimeWindow,
          ScheduleExpression: expression ?? kept.ScheduleExpression,
          ...(enabled === undefined ? {} : { State: enabled ? ('ENABLED' as const) : ('DISABLED' as const) }),
        };
        await scheduler.send(new UpdateScheduleCommand(changed));
        const after = scheduleOf(await read(scheduler));
        if (after === undefined) throw scheduleMissing(name);
        return after;
      }),
  };
}

async function readSchedule(
  scheduler: SchedulerClient,
  place: { readonly name: string; readonly group: string },
): Promise<GetScheduleCommandOutput | undefined> {
  const { GetScheduleCommand } = await import('@aws-sdk/client-scheduler');
  try {
    return await scheduler.send(new GetScheduleCommand({ Name: place.name, GroupName: place.group }));
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

function scheduleOf(found: GetScheduleCommandOutput | undefined): DailySchedule | undefined {
  return (
    found && {
      name: found.Name ?? '',
      expression: found.ScheduleExpression ?? '',
      timeZone: found.ScheduleExpressionTimezone ?? 'UTC',
      enabled: found.State !== 'DISABLED',
      kept: true,
    }
  );
}

function scheduleMissing(name: string): Failure {
  return new Failure({
    code: 'schedule-missing',
    kind: 'not-ready',
    message: `There is no schedule ${name}: the pipeline is not deployed.`,
    nextSteps: ['dp deploy'],
    docs: 'docs/spark.md',
  });
}
