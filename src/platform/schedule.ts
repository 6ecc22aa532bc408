/** When the daily job starts by itself. */

export interface DailySchedule {
  readonly name: string;
  /** `cron(0 2 * * ? *)` */
  readonly expression: string;
  readonly timeZone: string;
  readonly enabled: boolean;
  /** Whether something that lives starts the job at its time: a service always; here, while `dp etl schedule run` goes on. */
  readonly kept: boolean;
}

export interface Schedule {
  /** Undefined when the environment has none. */
  show(): Promise<DailySchedule | undefined>;
  /** Changes only what is given. Throws a Failure when there is no schedule. */
  change(change: { readonly enabled?: boolean; readonly expression?: string }): Promise<DailySchedule>;
  /**
   * Makes this process the one that keeps the schedule while `work` goes on. Throws a Failure when another does.
   * Missing where a service keeps it.
   */
  readonly keep?: <T>(work: () => Promise<T>) => Promise<T>;
}
