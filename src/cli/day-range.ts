import * as Flags from '@oclif/core/flags';
import { parseDay } from '../etl/business-day.ts';
import { isRunId } from '../etl/run-id.ts';
import { usage } from './errors.ts';

/** The flags of commands that work on a day or a range of days. Days are Japanese calendar days. */
export const dayFlags = {
  date: Flags.string({ description: 'One day (JST).', helpValue: 'YYYY-MM-DD', exclusive: ['from', 'to'] }),
  from: Flags.string({ description: 'First day of a range (JST).', helpValue: 'YYYY-MM-DD' }),
  to: Flags.string({
    description: 'Last day of the range, included. Default: --from.',
    helpValue: 'YYYY-MM-DD',
  }),
} as const;

export interface DayFlagValues {
  readonly date?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The range the flags name. Throws a usage Failure for days that do not exist and when none was given. */
export function dayRange(flags: DayFlagValues): { from: string; to: string } {
  const { from, to } = openDayRange(flags);
  const first = from ?? to;
  if (first === undefined) throw usage('No day was given.', 'Add --date 2026-11-22, or --from and --to.');
  if (from === undefined) throw usage('--to needs --from.', `--from ${first} --to ${first}`);
  return { from, to: to ?? from };
}

/** The same for commands that know which days to take when none are given. */
export function openDayRange(flags: DayFlagValues): { from?: string; to?: string } {
  const from = flags.date ?? flags.from;
  const to = flags.date ?? flags.to;
  return {
    ...(from === undefined ? {} : { from: parseDay(from) }),
    ...(to === undefined ? {} : { to: parseDay(to) }),
  };
}

/** One day that was asked for. Throws a usage Failure for what the calendar does not have. */
export function oneDay(date: string): string {
  return parseDay(date);
}

/** A run's id, which names one day's run. Throws a usage Failure for what is none. */
export function runIdOf(
  text: string | undefined,
  range: { readonly from: string; readonly to: string },
): { runId?: string } {
  if (text === undefined) return {};
  if (!isRunId(text) || range.from !== range.to)
    throw usage(
      '--run-id takes the id of a run of one day.',
      '--date DAY --run-id 20261123T170001123Z-3f9a2c',
    );
  return { runId: text };
}

/** States that --only takes. */
export const STATES = ['missing', 'failed', 'stale', 'loaded', 'verified'] as const;
export type ChosenState = (typeof STATES)[number];

/** `missing,failed,stale` as a list. Throws a usage Failure for a word that is no state. */
export function chosenStates(text: string | undefined): readonly ChosenState[] | undefined {
  if (text === undefined) return undefined;
  return text.split(',').map((word) => {
    const state = STATES.find((one) => one === word.trim().toLowerCase());
    if (state === undefined)
      throw usage(`\`${word}\` is no state of a day.`, `Choose from ${STATES.join(', ')}.`);
    return state;
  });
}

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** `7d`, `12h`, `30m`, `0d` in milliseconds. Throws a usage Failure for anything else. */
export function parseAge(text: string): number {
  const match = /^(\d{1,5})([mhdw])$/.exec(text);
  if (match === null) throw usage(`\`${text}\` is not an age.`, 'Write it as 7d, 12h or 30m.');
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}
