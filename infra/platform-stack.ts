import { type App, Stack, Tags } from 'aws-cdk-lib';
import { type LifeCycle, type PlatformNames, platformNames } from '../src/config/platform-names.ts';
import type { PlatformSettings } from '../src/config/platform-settings.ts';
import { acknowledge } from './acknowledge.ts';

/** What every stack of the platform has: the settings, the names, and zones that need no look-up. */
export class PlatformStack extends Stack {
  readonly settings: PlatformSettings;
  readonly names: PlatformNames;

  constructor(app: App, life: LifeCycle, settings: PlatformSettings) {
    const names = platformNames(settings);
    super(app, names.stack(life), {
      stackName: names.stack(life),
      description: `${settings.environment} ${settings.project}: ${life}`,
      env: { account: settings.account, region: settings.region },
      terminationProtection: settings.operations.protect,
    });
    this.settings = settings;
    this.names = names;
    acknowledge(
      this,
      'CloudFormation-Validate::W3010',
      'The two zones are a setting, so that synth asks nobody.',
    );
    Tags.of(this).add('project', settings.project);
    Tags.of(this).add('environment', settings.environment);
    Tags.of(this).add('managed-by', 'dp');
  }

  /** The zones are a setting: without this CDK would ask AWS for them, and synth would need credentials. */
  override get availabilityZones(): string[] {
    return [...(this.settings?.network.availabilityZones ?? [])];
  }

  /** An ARN in this account and region: `arnOf('glue', 'job/staging-…-daily')`. */
  arnOf(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.account}:${resource}`;
  }
}

/** The platform's stack that a construct lies in. */
export function platformOf(construct: Parameters<typeof Stack.of>[0]): PlatformStack {
  const stack = Stack.of(construct);
  if (!(stack instanceof PlatformStack)) throw new Error('bug: this construct is not in a PlatformStack');
  return stack;
}
