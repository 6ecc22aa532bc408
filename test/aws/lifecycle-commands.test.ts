// The commands as an operator types them: the built dp as a process, against our stand-in for AWS.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type AwsEndpoint, startAwsEndpoint } from '../support/aws-endpoint.ts';
import { runDp } from '../support/run-dp.ts';

let endpoint: AwsEndpoint;
let folder: string;

before(async () => {
  endpoint = await startAwsEndpoint();
  folder = mkdtempSync(join(tmpdir(), 'dp-commands-'));
  const environments = {
    local: { kind: 'local' },
    staging: { kind: 'aws', account: '123456789012' },
    wrong: { kind: 'aws', account: '123456789012', database: { capacityMin: 9 } },
  };
  writeFileSync(join(folder, 'dp.config.json'), JSON.stringify({ environments }));
});

after(async () => {
  await endpoint[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const dp = (...args: string[]) =>
  runDp(args, {
    cwd: folder,
    env: {
      HOME: folder,
      CDK_HOME: join(folder, '.cdk'),
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PROFILE: '',
      AWS_REGION: '',
    },
  });

describe('offline and without credentials', () => {
  test('dp synth writes checked templates', async () => {
    const { code, stdout, stderr } = await dp('synth', '--env', 'staging', '--output', 'cdk.out', '--json');
    assert.equal(code, 0, stderr);
    const { stacks } = JSON.parse(stdout);
    assert.equal(stacks.length, 7);
    assert.ok(existsSync(join(folder, 'cdk.out', 'staging-data-pipeline-sample-network.template.json')));
    assert.deepEqual(endpoint.calls, []);
  });

  test('dp cost and dp diagram speak of the same platform', async () => {
    const cost = JSON.parse((await dp('cost', '--env', 'staging', '--json')).stdout);
    assert.ok(cost.monthlyUsd > 100);
    const { stdout } = await dp('diagram', '--env', 'staging');
    assert.match(stdout, /^graph LR\n/);
    assert.deepEqual(endpoint.calls, []);
  });

  test('wrong settings are refused in words, with exit 78', async () => {
    const { code, stderr } = await dp('synth', '--env', 'wrong');
    assert.equal(code, 78);
    assert.match(stderr, /database\.capacityMin 9 ACU is more than database\.capacityMax 2 ACU/);
    assert.doesNotMatch(stderr, /\n\s+at /);
  });

  test('local has no stacks', async () => {
    const { code, stderr } = await dp('diff', '--env', 'local');
    assert.equal(code, 64);
    assert.match(stderr, /has no stacks/);
  });
});

describe('on AWS', () => {
  test('dp diff writes a plan; dp deploy asks, takes the plan, and waits for the image; dp destroy needs the name', async () => {
    const diff = await dp('diff', '--env', 'staging', '--output', 'plan.json');
    assert.equal(diff.code, 0, diff.stderr);
    assert.match(diff.stdout, /\+ staging-data-pipeline-sample-network: new, \d+ resources/);
    assert.match(diff.stdout, /Monthly cost: 0\.00 USD → \d+\.\d\d USD/);

    const asked = await dp('deploy', '--env', 'staging');
    assert.equal(asked.code, 4);
    assert.match(asked.stderr, /needs a confirmation, and nobody can be asked here/);
    assert.equal(endpoint.stacks.size, 0);

    const deployed = await dp('deploy', '--env', 'staging', '--plan', 'plan.json');
    assert.equal(deployed.code, 3, deployed.stderr);
    assert.match(deployed.stderr, /the Shop API waits for its image/);
    assert.match(deployed.stderr, /Created the user shop_api/);
    assert.equal(endpoint.stacks.size, 5);

    writeFileSync(join(folder, 'dp.images.json'), JSON.stringify({ staging: `sha256:${'d'.repeat(64)}` }));
    const outdated = await dp('deploy', '--env', 'staging', '--plan', 'plan.json');
    assert.equal(outdated.code, 3);
    assert.match(
      outdated.stderr,
      /staging-data-pipeline-sample-api would change|the template of .*-api has changed/,
    );

    const whole = await dp('deploy', '--env', 'staging', '--yes', '--json');
    assert.equal(whole.code, 0, whole.stdout);
    assert.equal(endpoint.stacks.size, 7);
    assert.ok(JSON.parse(whole.stdout).outputs.ApiUrl);

    const outputs = JSON.parse((await dp('outputs', '--env', 'staging', '--json')).stdout);
    assert.equal(outputs.stacks.length, 7);
    const drift = await dp('drift', '--env', 'staging', '--stack', 'network');
    assert.equal(drift.code, 0, drift.stderr);

    const refused = await dp('destroy', '--env', 'staging', '--yes');
    assert.equal(refused.code, 4);
    assert.equal(endpoint.stacks.size, 7);
    const destroyed = await dp('destroy', '--env', 'staging', '--confirm', 'staging');
    assert.equal(destroyed.code, 0, destroyed.stderr);
    assert.equal(endpoint.stacks.size, 0);
  });

  test('the wrong account is refused with exit 77', async () => {
    endpoint.account = '999999999999';
    const { code, stdout } = await dp('deploy', '--env', 'staging', '--yes', '--json');
    endpoint.account = '123456789012';
    assert.equal(code, 77);
    assert.equal(JSON.parse(stdout).error.code, 'wrong-account');
  });
});

describe('commands that do not deploy', () => {
  test('never load CDK: only lifecycle.ts reaches infra, and by a lazy import', () => {
    const meta = JSON.parse(readFileSync(join(import.meta.dirname, '../../dist/metafile.json'), 'utf8')) as {
      outputs: Record<
        string,
        { imports: { path: string; kind: string; external?: boolean }[]; entryPoint?: string }
      >;
    };
    const reached = (start: string, seen = new Set<string>()): Set<string> => {
      if (seen.has(start)) return seen;
      seen.add(start);
      for (const one of meta.outputs[start]?.imports ?? []) {
        if (one.kind === 'dynamic-import') continue;
        if (one.external === true) seen.add(one.path);
        else reached(one.path, seen);
      }
      return seen;
    };
    const entries = Object.entries(meta.outputs).filter(([, one]) => one.entryPoint?.startsWith('commands/'));
    assert.ok(entries.length > 10);
    for (const [path] of entries) {
      const heavy = [...reached(path)].filter((one) => /aws-cdk|cdk-nag|constructs|toolkit-lib/.test(one));
      assert.deepEqual(heavy, [], path);
    }
  });
});

test('the shop of an environment on AWS is nobody’s to fill', async () => {
  const { code, stderr } = await dp('db', 'seed', '--env', 'staging', '--orders', '10');
  assert.equal(code, 64, stderr);
  assert.match(stderr, /Error: .*staging.*\n +Try: /);
});
