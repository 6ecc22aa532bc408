import { DpCommand } from '../../../src/cli/base-command.ts';
import { scheduleLine } from '../../../src/cli/format/schedule.ts';
import { keepSchedule } from '../../../src/operations/keep-schedule.ts';
import { openSchedule } from '../../../src/operations/open-schedule.ts';

export default class EtlScheduleRun extends DpCommand {
  static override summary = 'Start the daily load at its time on this machine, until Ctrl-C.';
  static override description =
    'On this machine nothing starts by itself unless this goes on, in a terminal or under a service manager. Runs that it has started go on without it. Of starts that the machine slept through the last is made up for. On AWS a service keeps the schedule.';
  static override examples = ['<%= config.bin %> etl schedule run'];

  async run(): Promise<object> {
    await this.parse(EtlScheduleRun);
    return keepSchedule({
      ...(await openSchedule(await this.platform())),
      signal: this.signal,
      notify: (event) => {
        void this.emit({ at: new Date(this.clock.now()).toISOString(), ...event });
        this.say(scheduleLine(event));
      },
    });
  }
}
