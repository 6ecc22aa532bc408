import type { Stacks } from '../platform/stacks.ts';

export interface SynthPlatformResult {
  readonly environment: string;
  /** Where the templates and files are, when they were asked for. */
  readonly folder?: string;
  readonly stacks: readonly {
    readonly name: string;
    readonly resources: number;
    readonly dependsOn: readonly string[];
  }[];
}

/** Describes the platform as CloudFormation templates: offline, without credentials. */
export async function synthPlatform(
  input: { readonly environment: string; readonly outputFolder?: string; readonly checks: boolean },
  deps: { readonly stacks: Stacks },
): Promise<SynthPlatformResult> {
  const { outputFolder, checks } = input;
  const synthesized = await deps.stacks.synth({
    checks,
    ...(outputFolder === undefined ? {} : { outputFolder }),
  });
  return {
    environment: input.environment,
    ...(outputFolder === undefined ? {} : { folder: outputFolder }),
    stacks: synthesized.map(({ name, template, dependsOn }) => ({
      name,
      resources: Object.keys(template.Resources).length,
      dependsOn,
    })),
  };
}
