import { hostname } from 'node:os';
import type { Engine } from '../platform/engine.ts';
import { Failure } from '../std/failure.ts';

/**
 * What dp knows of the engine on AWS from here: days are loaded by the Glue job, which publishes by itself. Whether
 * another machine's run still lives only its lock's heartbeat tells.
 */
export function openAwsEngine(): Engine {
  return {
    name: 'spark',
    owner: { host: hostname(), pid: process.pid, processStart: '' },
    isGone: async () => undefined,
    findDrift: () => Promise.reject(onlyInTheJob('Comparing columns')),
    loadDay: () => Promise.reject(onlyInTheJob('Loading a day')),
    measureSource: () => Promise.reject(onlyInTheJob('Comparing a day with the database')),
    measureLake: () => Promise.reject(onlyInTheJob('Measuring files')),
  };
}

function onlyInTheJob(what: string): Failure {
  return new Failure({
    code: 'only-in-the-job',
    kind: 'failed',
    message: `${what} is the Glue job's work on AWS: it needs the database's network.`,
    nextSteps: ['dp etl run --date DAY  (loads the day again and compares it with the database)'],
    docs: 'docs/spark.md',
  });
}
