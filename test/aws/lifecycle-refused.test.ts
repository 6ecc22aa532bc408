// What stops a deploy before it has begun: templates that break the rules.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { buildPlatformApp } from '../../infra/app.ts';
import { type AwsStacksInput, openAwsStacks } from '../../src/aws/stacks.ts';
import type { Failure } from '../../src/std/failure.ts';
import { PACKAGE_ROOT, settingsOf } from '../infra/model/synthesized.ts';
import { type AwsEndpoint, startAwsEndpoint } from '../support/aws-endpoint.ts';
import { openTestClients } from '../support/aws-environment.ts';

const settings = settingsOf('staging', { api: {} });
const kept = { ...process.env };
let endpoint: AwsEndpoint;
let home: string;

before(async () => {
  endpoint = await startAwsEndpoint();
  home = mkdtempSync(join(tmpdir(), 'dp-refused-'));
  Object.assign(process.env, { HOME: home, CDK_HOME: join(home, '.cdk') });
});

after(async () => {
  await endpoint[Symbol.asyncDispose]();
  for (const key of Object.keys(process.env)) if (kept[key] === undefined) delete process.env[key];
  Object.assign(process.env, kept);
  rmSync(home, { recursive: true, force: true });
});

function stacksOf(buildApp: AwsStacksInput['buildApp']) {
  return openAwsStacks({ settings, clients: openTestClients(endpoint.url), profile: undefined, buildApp });
}

test('templates that break a rule are refused, with the rule and the construct', async () => {
  const stacks = stacksOf(async ({ outdir, checks }) => {
    const app = buildPlatformApp({ settings, packageRoot: PACKAGE_ROOT, outdir, checks });
    const storage = app.node.findAll().find((one) => one instanceof Stack && /storage$/.test(one.stackName));
    new s3.CfnBucket(storage as Stack, 'open-to-all');
    return app;
  });
  await assert.rejects(stacks.synth({ checks: true }), (error: Failure) => {
    assert.equal(error.code, 'checks-failed');
    assert.match(error.message, /AwsSolutions-S\d+.*\(.*open-to-all/);
    return error.nextSteps.length > 0;
  });
});
