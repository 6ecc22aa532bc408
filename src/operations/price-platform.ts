import { AWS_PRICES, PRICED_REGION } from '../config/aws-prices.ts';
import type { Stacks } from '../platform/stacks.ts';
import { type CostEstimate, estimateCost, USUAL_USAGE, type Usage } from './estimate-cost.ts';

export interface PricedPlatform extends CostEstimate {
  readonly environment: string;
  readonly currency: 'USD';
  readonly usage: Usage;
  /** What to know before relying on the figures. */
  readonly notes: readonly string[];
}

/** What the environment costs a month, by component, from its templates and the price list in dp. */
export async function pricePlatform(
  input: { readonly environment: string; readonly usage: Partial<Usage> },
  deps: { readonly stacks: Stacks },
): Promise<PricedPlatform> {
  const synthesized = await deps.stacks.synth({ checks: false });
  const usage = { ...USUAL_USAGE, ...input.usage };
  const estimate = estimateCost(
    synthesized.map((stack) => stack.template),
    usage,
  );
  return { environment: input.environment, currency: 'USD', usage, ...estimate, notes: notesOn(estimate) };
}

function notesOn({ rows }: CostEstimate): string[] {
  const used = rows.map((row) => AWS_PRICES[row.price]);
  const dates = used.map((price) => price.readOn).sort();
  const reported = used.filter((price) => price.confidence === 'reported').length;
  return [
    `Prices of ${PRICED_REGION}, on demand, without tax, read between ${dates[0]} and ${dates.at(-1)}.`,
    `${reported} of ${used.length} rows rest on prices reported by others: look them up before a budget rests on them.`,
    'Data transfer, I/O of Aurora and support are not in it.',
  ];
}
