import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { PlatformSettings } from '../src/config/platform-settings.ts';
import recommendedFlags from './feature-flags.json' with { type: 'json' };
import { ApiStack } from './stacks/api-stack.ts';
import { DatabaseStack } from './stacks/database-stack.ts';
import { NetworkStack } from './stacks/network-stack.ts';
import { OpsStack } from './stacks/ops-stack.ts';
import { PipelineStack } from './stacks/pipeline-stack.ts';
import { RegistryStack } from './stacks/registry-stack.ts';
import { StorageStack } from './stacks/storage-stack.ts';

export interface PlatformAppInput {
  readonly settings: PlatformSettings;
  /** The folder with infra/glue and src/lake, whose files the job runs. */
  readonly packageRoot: string;
  /** Where the templates go. */
  readonly outdir: string;
  /** Context of the caller, on top of the pinned feature flags. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Whether synth runs the security rules and CloudFormation's own checks; seconds, and many megabytes. */
  readonly checks: boolean;
}

/** The platform of one environment as a CDK app: seven stacks, in the order they come into being. */
export function buildPlatformApp(input: PlatformAppInput): App {
  const { settings } = input;
  const app = new App({
    outdir: input.outdir,
    context: {
      // What CDK recommended when this was written, pinned: an upgrade must not change what is deployed.
      ...recommendedFlags,
      '@aws-cdk/core:validateAgainstDefaultRules': true,
      ...input.context,
    },
    analyticsReporting: false,
    builtinCloudFormationValidation: input.checks,
  });
  if (input.checks) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const network = new NetworkStack(app, settings);
  const storage = new StorageStack(app, settings);
  const registry = new RegistryStack(app, settings);
  const database = new DatabaseStack(app, settings, { network, storage });
  const api = new ApiStack(app, settings, { network, registry, database });
  const pipeline = new PipelineStack(app, settings, {
    network,
    storage,
    database,
    packageRoot: input.packageRoot,
    stagingFolder: join(input.outdir, 'job-files'),
  });
  const ops = new OpsStack(app, settings, { storage, database, api });
  // Alarms name the job, the crawlers and the queue by their names, which CloudFormation cannot see.
  ops.addStackDependency(pipeline);
  return app;
}
