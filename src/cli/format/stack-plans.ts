import type { MonthlyChange } from '../../operations/plan-deploy.ts';
import type { ResourceChange, StackPlan } from '../../platform/stacks.ts';

type ShownPlan = Omit<StackPlan, 'template' | 'deployedTemplate'>;

const MARKS: Readonly<Record<ResourceChange['action'], string>> = {
  add: '+',
  update: '~',
  replace: '-/+',
  'may replace': '~?',
  remove: '-',
  'leave behind': '-',
};
/** A new stack of fifty resources is one line; what changes in one that exists is listed. */
const LISTED_CHANGES_MAX = 40;

/** What a deploy would do, in words: per stack, with rights and money. */
export function formatPlans(plans: readonly ShownPlan[], monthly: MonthlyChange): string {
  const lines = plans.flatMap(planLines);
  const broader = plans.filter((plan) => plan.permissions === 'broadened' && plan.state === 'changed');
  if (broader.length > 0) {
    lines.push(`! Broader rights or network rules in ${broader.map((plan) => plan.stack).join(', ')}.`);
  }
  lines.push(`Monthly cost: ${dollars(monthly.before)} → ${dollars(monthly.after)} (${signed(monthly)})`);
  return lines.join('\n');
}

function planLines(plan: ShownPlan): string[] {
  if (plan.state === 'unchanged') return [`= ${plan.stack}: no change`];
  if (plan.state === 'new') return [`+ ${plan.stack}: new, ${plan.changes.length} resources`];
  const listed = plan.changes.slice(0, LISTED_CHANGES_MAX).map(changeLine);
  const more = plan.changes.length - listed.length;
  return [
    `~ ${plan.stack}: ${plan.changes.length} resources change`,
    ...listed,
    ...(more > 0 ? [`    and ${more} more`] : []),
    ...plan.text.split('\n').map((line) => (line === '' ? '' : `    ${line}`)),
  ];
}

function changeLine(change: ResourceChange): string {
  const name = change.name === undefined ? change.logicalId : `${change.logicalId} (${change.name})`;
  return `  ${MARKS[change.action]} ${change.action} ${change.type} ${name}`;
}

export function dollars(usd: number): string {
  return `${usd.toFixed(2)} USD`;
}

function signed({ before, after }: MonthlyChange): string {
  const difference = after - before;
  return `${difference < 0 ? '−' : '+'}${dollars(Math.abs(difference))}`;
}
