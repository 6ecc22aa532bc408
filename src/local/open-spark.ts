import { join } from 'node:path';
import { packageRoot } from '../config/package-root.ts';
import type { Engine, EngineChoice } from '../platform/engine.ts';
import { Failure } from '../std/failure.ts';
import type { LocalEngineInput } from './engine.ts';
import { openSparkEngine } from './spark-engine.ts';
import { findSparkTools, type SparkTools, type SparkToolsInput, setUpSparkTools } from './spark-tools.ts';

export interface OpenSparkInput extends LocalEngineInput {
  /** Where downloads are kept: `<project>/.dp/cache`. */
  readonly cache: string;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  readonly choice: EngineChoice;
}

/** The Spark engine, set up first when it is not there and the operator agrees. */
export async function openSpark(
  input: OpenSparkInput,
  deps: { readonly notify: (text: string) => void },
): Promise<Engine> {
  const { choice, cache, environmentVariables } = input;
  const glue = join(packageRoot(), 'infra', 'glue');
  const requirements = join(glue, 'requirements.txt');
  const tools = await findOrSetUp({ cache, environmentVariables, requirements }, { ...deps, choice });
  return openSparkEngine({
    ...input,
    tools,
    jobPath: join(glue, 'job.py'),
    ...(choice.readers === undefined ? {} : { readers: choice.readers }),
  });
}

async function findOrSetUp(
  input: SparkToolsInput,
  { choice, notify }: { readonly choice: EngineChoice; readonly notify: (text: string) => void },
): Promise<SparkTools> {
  try {
    return findSparkTools(input);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await choice.agree('Set up Spark on this machine (pyspark 3.5.6 below .dp/cache, about 320 MB)');
    return setUpSparkTools(input, {
      notify,
      ...(choice.signal === undefined ? {} : { signal: choice.signal }),
    });
  }
}
