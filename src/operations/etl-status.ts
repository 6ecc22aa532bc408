import { addDays, dayAt, listDays } from '../etl/business-day.ts';
import type { DayRecord } from '../etl/ledger.ts';
import type { HoldDayDeps } from './hold-day.ts';
import { readLedger } from './read-ledger.ts';

/** Days shown when nobody says which: five weeks up to yesterday. */
const DAYS_BY_DEFAULT = 35;

export interface EtlStatusInput {
  readonly from?: string;
  /** Default: yesterday in Japan, or `from` when that is later. */
  readonly to?: string;
}

export interface EtlStatusResult {
  readonly days: readonly DayRecord[];
}

/** The state of each day of a range, read from the lake alone. */
export async function etlStatus(input: EtlStatusInput, deps: HoldDayDeps): Promise<EtlStatusResult> {
  const yesterday = addDays(dayAt(deps.clock.now()), -1);
  const to = input.to ?? (input.from !== undefined && input.from > yesterday ? input.from : yesterday);
  const from = input.from ?? addDays(to, 1 - DAYS_BY_DEFAULT);
  return { days: await readLedger(listDays({ from, to }), deps) };
}
