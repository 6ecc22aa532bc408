import { ensureComponent } from '../../scripts/components.ts';
import type { SparkTools } from '../../src/local/spark-tools.ts';
import { findTestSpark } from '../../test/support/spark-platform.ts';

/** The Spark of the tests, set up on first use. Its places are left in `process.env`, where the platform looks. */
export async function ensureSpark(): Promise<SparkTools> {
  for (const component of ['java', 'jars', 'python-spark'] as const)
    Object.assign(process.env, await ensureComponent(component));
  return findTestSpark();
}
