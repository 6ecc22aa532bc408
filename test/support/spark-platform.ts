import { join } from 'node:path';
import { packageRoot } from '../../src/config/package-root.ts';
import { openSparkEngine, type SparkEngineInput } from '../../src/local/spark-engine.ts';
import { findSparkTools, type SparkTools } from '../../src/local/spark-tools.ts';
import type { RunEtlDeps } from '../../src/operations/run-etl.ts';
import { type EtlPlatformInput, openEtlPlatform } from './etl-platform.ts';

/** A JVM that lives for seconds does not earn back what it spends on compiling twice: two fifths of its time. */
export const SHORT_LIVED = '-XX:TieredStopAtLevel=1';

/** The lake's operations with the Glue job's own Spark as the engine. */
export async function openSparkPlatform(
  input: EtlPlatformInput & Pick<SparkEngineInput, 'readers' | 'trace'> & { readonly javaOptions?: string },
): Promise<Awaited<ReturnType<typeof openEtlPlatform>>> {
  const platform = await openEtlPlatform(input);
  const engine: RunEtlDeps['engine'] = openSparkEngine({
    database: input.database,
    lakeFolder: join(input.folder, 'lake'),
    spillFolder: join(input.folder, 'work'),
    tools: findTestSpark(),
    jobPath: join(packageRoot(), 'infra', 'glue', 'job.py'),
    environmentVariables:
      input.javaOptions === undefined
        ? process.env
        : { ...process.env, JAVA_TOOL_OPTIONS: input.javaOptions },
    ...(input.trace === undefined ? {} : { trace: input.trace }),
    ...(input.readers === undefined ? {} : { readers: input.readers }),
  });
  return { ...platform, engine };
}

/** Spark and the driver where `npm test` has put them. Throws a Failure that names what is missing. */
export function findTestSpark(): SparkTools {
  const { DP_TEST_JARS: jars } = process.env;
  const jar = jars === undefined ? {} : { DP_CONNECTOR_JAR: join(jars, 'mysql-connector-j-8.0.33.jar') };
  return findSparkTools({
    cache: join(packageRoot(), '.dp', 'cache'),
    requirements: join(packageRoot(), 'infra', 'glue', 'requirements.txt'),
    environmentVariables: { ...process.env, ...jar },
  });
}
