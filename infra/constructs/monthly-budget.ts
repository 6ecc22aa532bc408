import * as budgets from 'aws-cdk-lib/aws-budgets';
import { Construct } from 'constructs';
import { platformOf } from '../platform-stack.ts';
import type { AlarmTopic } from './alarm-topic.ts';

/** Percent of the budget: warn when the forecast crosses the first, and when the bill crosses the second. */
const FORECAST_PERCENT = 100;
const ACTUAL_PERCENT = 80;

/** Says so when the month of this environment, found by its tag, becomes dearer than planned. */
export class MonthlyBudget extends Construct {
  constructor(scope: Construct, id: string, props: { readonly topic: AlarmTopic }) {
    super(scope, id);
    const { settings, names } = platformOf(this);
    const subscribers = [{ subscriptionType: 'SNS', address: props.topic.topic.topicArn }];
    const notify = (notificationType: string, threshold: number) => ({
      notification: {
        notificationType,
        threshold,
        thresholdType: 'PERCENTAGE',
        comparisonOperator: 'GREATER_THAN',
      },
      subscribers,
    });
    const budget = new budgets.CfnBudget(this, 'budget', {
      budget: {
        budgetName: names.budget,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: settings.operations.budgetUsd, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:environment$${settings.environment}`] },
      },
      notificationsWithSubscribers: [
        notify('ACTUAL', ACTUAL_PERCENT),
        notify('FORECASTED', FORECAST_PERCENT),
      ],
    });
    budget.node.addDependency(props.topic);
  }
}
