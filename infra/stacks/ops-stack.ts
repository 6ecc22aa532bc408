import { type App, CfnOutput } from 'aws-cdk-lib';
import type { PlatformSettings } from '../../src/config/platform-settings.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { BackupPlan } from '../constructs/backup-plan.ts';
import { MonthlyBudget } from '../constructs/monthly-budget.ts';
import { OperatorPolicies } from '../constructs/operator-policies.ts';
import { PlatformAlarms } from '../constructs/platform-alarms.ts';
import { PlatformDashboard } from '../constructs/platform-dashboard.ts';
import { platformMetrics } from '../constructs/platform-metrics.ts';
import { RunEvents } from '../constructs/run-events.ts';
import { PlatformStack } from '../platform-stack.ts';
import type { ApiStack } from './api-stack.ts';
import type { DatabaseStack } from './database-stack.ts';
import type { StorageStack } from './storage-stack.ts';

export interface OpsStackNeeds {
  readonly storage: StorageStack;
  readonly database: DatabaseStack;
  readonly api: ApiStack;
}

/** What watches over the rest: alarms that arrive, one page to look at, backups, the budget, and who may do what. */
export class OpsStack extends PlatformStack {
  constructor(app: App, settings: PlatformSettings, on: OpsStackNeeds) {
    super(app, 'ops', settings);
    const { key } = on.storage.key;
    const topic = new AlarmTopic(this, 'alarm', { key });
    const runs = new RunEvents(this, 'runs');
    const metrics = platformMetrics(this, { id: on.api.door.api.apiId });
    const { alarms } = new PlatformAlarms(this, 'alarms', { topic, metrics, runs });
    new PlatformDashboard(this, 'dashboard', { metrics, runs, alarms });
    new BackupPlan(this, 'backup', { clusterArn: on.database.aurora.cluster.clusterArn, key });
    new MonthlyBudget(this, 'budget', { topic });
    new OperatorPolicies(this, 'people');
    new CfnOutput(this, 'AlarmTopicArn', { value: topic.topic.topicArn });
    new CfnOutput(this, 'DashboardName', { value: this.names.dashboard });
  }
}
