import type { PlatformStatus } from '../../operations/platform-status.ts';
import { type Colour, type Paint, wrapForTerminal } from '../terminal.ts';
import { formatCount } from './quantity.ts';
import { type StatusFact, statusFacts } from './status-facts.ts';
import { visible } from './visible.ts';

const COLOURS = { ready: 'green', stale: 'yellow', 'not-deployed': 'red' } as const;
const TONES: Readonly<Record<StatusFact['tone'], Colour | undefined>> = {
  good: undefined,
  plain: undefined,
  poor: 'yellow',
  bad: 'red',
};

/** The environment on a few lines, data first, with what to do next. */
export function formatPlatformStatus(status: PlatformStatus, paint: Paint): string {
  const facts = statusFacts(status);
  const width = Math.max(9, ...facts.map(({ name }) => name.length + 1));
  const lines = facts.flatMap(({ name, text, tone }) => {
    const colour = TONES[tone];
    const said = wrapForTerminal(visible(text), width + 1);
    const line = `${name.padEnd(width)} ${colour === undefined ? said : paint(colour, said)}`;
    return name === 'lake' ? [line, ...tableLines(status, width)] : [line];
  });
  return [
    `${status.environment} is ${paint(COLOURS[status.state], status.state)}.`,
    ...lines,
    `Next: ${nextStep(status)}`,
  ].join('\n');
}

/** Only the tables that are not where the lake is. */
function tableLines({ lake }: PlatformStatus, width: number): string[] {
  return lake.tables.flatMap(({ table, newestVerifiedDay, daysBehind }) => {
    if (newestVerifiedDay === lake.newestVerifiedDay) return [];
    const lag =
      daysBehind === null
        ? 'no verified day'
        : `${newestVerifiedDay}, ${formatCount(daysBehind, 'day')} behind`;
    return [`${''.padEnd(width)} ${table}: ${lag}`];
  });
}

function nextStep({ state, lake }: PlatformStatus): string {
  if (state === 'not-deployed') return 'dp deploy';
  if (lake.failedDays.length > 0) return `dp etl show --date ${lake.failedDays[0]}`;
  if (state === 'stale') return `dp etl run --date ${lake.expectedDay}`;
  return 'dp query "SELECT …"';
}
