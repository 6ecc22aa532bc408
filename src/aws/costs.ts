import type { Spend } from '@aws-sdk/client-budgets';
import type { Costs } from '../platform/costs.ts';
import type { AwsClients } from './aws-clients.ts';
import { nameOf } from './errors.ts';

/**
 * The environment's own budget, which follows its tag. Cost Explorer would say more, for a cent a call; AWS Budgets is
 * asked for nothing and brought up to date some times a day.
 */
export function openAwsCosts({
  clients,
  budget,
}: {
  readonly clients: AwsClients;
  readonly budget: string;
}): Costs {
  return {
    month: async () => {
      const { DescribeBudgetCommand } = await import('@aws-sdk/client-budgets');
      return clients.call(`look up the budget ${budget}`, async () => {
        const request = { AccountId: await clients.signIn.account(), BudgetName: budget };
        const answer = await (await clients.budgets())
          .send(new DescribeBudgetCommand(request))
          .catch(notThere);
        const found = answer?.Budget;
        if (found === undefined) return undefined;
        return {
          usd: usdOf(found.CalculatedSpend?.ActualSpend) ?? 0,
          forecastUsd: usdOf(found.CalculatedSpend?.ForecastedSpend),
          budgetUsd: usdOf(found.BudgetLimit),
          source: 'AWS Budgets, some hours behind',
        };
      });
    },
  };
}

function usdOf(spend: Spend | undefined): number | null {
  return spend?.Amount === undefined ? null : Number(spend.Amount);
}

function notThere(error: unknown): undefined {
  if (nameOf(error) === 'NotFoundException') return undefined;
  throw error;
}
