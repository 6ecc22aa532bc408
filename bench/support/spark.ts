import { join } from 'node:path';
import { ensureComponent } from '../../scripts/components.ts';
import { packageRoot } from '../../src/config/package-root.ts';
import { findSparkTools, type SparkTools } from '../../src/local/spark-tools.ts';

/** The Spark of the tests, set up on first use. Its places are left in `process.env`, where the platform looks. */
export async function ensureSpark(): Promise<SparkTools> {
  for (const component of ['java', 'jars', 'python-spark'] as const)
    Object.assign(process.env, await ensureComponent(component));
  process.env.DP_CONNECTOR_JAR ??= join(process.env.DP_TEST_JARS ?? '', 'mysql-connector-j-8.0.33.jar');
  return findSparkTools({
    cache: join(packageRoot(), '.dp', 'cache'),
    requirements: join(packageRoot(), 'infra', 'glue', 'requirements.txt'),
    environmentVariables: process.env,
  });
}
