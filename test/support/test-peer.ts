import type { TestContext } from 'node:test';

/** What the suites' set-up tells the tests through the environment. */
export type PeerVariable = 'DP_TEST_PYTHON' | 'DP_TEST_JARS';

const WORDS = {
  DP_TEST_PYTHON: 'a Python with the packages of test/requirements.txt',
  DP_TEST_JARS: 'a folder with mysql-connector-j-8.0.33.jar',
} as const satisfies Record<PeerVariable, string>;

/**
 * Where a peer from another registry is. Without it the test says NOT RUN and ends; under CI it fails, so that
 * nothing is ever taken for proven that was not run.
 */
export function findTestPeer(t: TestContext, variable: PeerVariable): string | undefined {
  const found = process.env[variable];
  if (found !== undefined && found !== '') return found;
  const why = `NOT RUN: ${variable} does not name ${WORDS[variable]}`;
  if (process.env.CI === 'true') throw new Error(why);
  t.skip(why);
  return undefined;
}
