/** When the daily job starts by itself. */

export interface DailySchedule {
  readonly name: string;
  /** `cron(0 2 * * ? *)` */
  readonly expression: string;
  readonly timeZone: string;
  readonly enabled: boolean;
}

export interface Schedule {
  /** Undefined when the environment has none. */
  show(): Promise<DailySchedule | undefined>;
  /** Changes only what is given. Throws a Failure when there is no schedule. */
  change(change: { readonly enabled?: boolean; readonly expression?: string }): Promise<DailySchedule>;
}
