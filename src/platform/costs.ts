/** What an environment has cost this month, as its provider reckons it. */

export interface MonthCost {
  readonly usd: number;
  /** What the month is expected to come to; null while nobody can tell. */
  readonly forecastUsd: number | null;
  readonly budgetUsd: number | null;
  /** Who says so, and how far behind it may be. */
  readonly source: string;
}

export interface Costs {
  /** Asking is free. Undefined where nothing is charged, or nothing keeps account. */
  month(): Promise<MonthCost | undefined>;
}
