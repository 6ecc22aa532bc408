// dp's own deploy, driven through CDK's real toolkit and the real SDK against our stand-in for AWS.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import recommendedFlags from '../../infra/feature-flags.json' with { type: 'json' };
import { ensureDatabaseUsers } from '../../src/aws/database-users.ts';
import { openDeployChecks } from '../../src/aws/deploy-checks.ts';
import { emptyBucket } from '../../src/aws/empty-bucket.ts';
import { buildApp, openAwsLifecycle } from '../../src/aws/lifecycle.ts';
import { openAwsStacks } from '../../src/aws/stacks.ts';
import { ToolkitHost } from '../../src/aws/toolkit-host.ts';
import { uploadDriver } from '../../src/aws/upload-driver.ts';
import { platformNames } from '../../src/config/platform-names.ts';
import type { PlatformSettings } from '../../src/config/platform-settings.ts';
import type { DeployProposal, LifecycleEvent } from '../../src/platform/lifecycle.ts';
import { Failure } from '../../src/std/failure.ts';
import { ACCOUNT, PACKAGE_ROOT, settingsOf } from '../infra/model/synthesized.ts';
import { type AwsEndpoint, type FakeStack, startAwsEndpoint } from '../support/aws-endpoint.ts';
import { openTestClients } from '../support/aws-environment.ts';

const EVENTS_EVERY_MS = 20;
const REQUEST = { orders: 0, days: 1, seed: 1 };

let endpoint: AwsEndpoint;
let home: string;
const kept = { ...process.env };

before(() => {
  home = mkdtempSync(join(tmpdir(), 'dp-aws-home-'));
  Object.assign(process.env, {
    // CDK keeps caches below the home folder, and its own accounts cache must not learn a test's key.
    HOME: home,
    CDK_HOME: join(home, '.cdk'),
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_REGION: 'ap-northeast-1',
  });
});

after(() => {
  for (const key of Object.keys(process.env)) if (kept[key] === undefined) delete process.env[key];
  Object.assign(process.env, kept);
  rmSync(home, { recursive: true, force: true });
});

beforeEach(async () => {
  endpoint = await startAwsEndpoint();
  process.env.AWS_ENDPOINT_URL = endpoint.url;
});

afterEach(() => endpoint[Symbol.asyncDispose]());

/** As a command has them: nothing that one test learnt of the account is known to the next. */
const clients = () => openTestClients(endpoint.url);

/** What a small app's one stack holds; changing it makes the next deploy a change. */
interface SmallPlatform {
  readonly logDays: number;
  readonly bucketName: string;
  readonly wide: boolean;
}

/** An app with the names of the platform but only two small stacks, so that a test is quick and its failure clear. */
function smallStacks(settings: PlatformSettings, small: () => SmallPlatform) {
  const names = platformNames(settings);
  return openAwsStacks({
    settings,
    clients: clients(),
    profile: undefined,
    eventsEveryMs: EVENTS_EVERY_MS,
    buildApp: async ({ outdir }) => {
      const app = new App({ outdir, context: { ...recommendedFlags }, analyticsReporting: false });
      const env = { account: ACCOUNT, region: 'ap-northeast-1' };
      const network = new Stack(app, names.stack('network'), { env });
      new logs.LogGroup(network, 'logs', { retention: small().logDays });
      const storage = new Stack(app, names.stack('storage'), { env });
      const bucket = new s3.CfnBucket(storage, 'bucket', { bucketName: small().bucketName });
      new CfnOutput(storage, 'EtlBucket', { value: bucket.ref });
      if (small().wide) {
        const role = new iam.Role(storage, 'role', { assumedBy: new iam.AccountRootPrincipal() });
        role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
      }
      storage.addStackDependency(network);
      return app;
    },
  });
}

function smallLifecycle(small: () => SmallPlatform, settings = settingsOf('staging', { api: {} })) {
  const all = smallStacks(settings, small);
  return {
    stacks: all,
    lifecycle: openAwsLifecycle(settings, {
      stacks: all,
      checks: openDeployChecks({ clients: clients(), nameServersOf: async () => ['ns-1.example.net.'] }),
      uploadDriver: () => uploadDriver({ settings, projectRoot: home, environmentVariables: {} }, clients()),
      initializeUsers: () => ensureDatabaseUsers(settings, clients()),
      migrate: () => assert.fail('a deploy migrates nothing on AWS'),
      emptyBucket: (name) => emptyBucket(name, clients()),
    }),
  };
}

const SMALL: SmallPlatform = { logDays: 7, bucketName: 'small-bucket', wide: false };
const TWO = { ...REQUEST, stacks: ['network', 'storage'] };
const yes = async () => {};

function failureOf(code: string, says: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, says);
    assert.ok(error.nextSteps.length > 0);
    return true;
  };
}

describe('the whole platform', () => {
  test('is deployed stack by stack, up to date the second time, found drifted, and destroyed again', async () => {
    const settings = settingsOf('staging');
    const all = openAwsStacks({
      settings,
      clients: clients(),
      profile: undefined,
      eventsEveryMs: EVENTS_EVERY_MS,
      buildApp: (input) => buildApp({ ...input, settings, packageRoot: PACKAGE_ROOT }),
    });
    const lifecycle = openAwsLifecycle(settings, {
      stacks: all,
      checks: openDeployChecks({ clients: clients(), nameServersOf: async () => ['NS-1.example.net.'] }),
      uploadDriver: () => uploadDriver({ settings, projectRoot: home, environmentVariables: {} }, clients()),
      initializeUsers: () => ensureDatabaseUsers(settings, clients()),
      migrate: () => assert.fail('a deploy migrates nothing on AWS'),
      emptyBucket: (name) => emptyBucket(name, clients()),
    });
    const events: LifecycleEvent[] = [];
    const proposals: DeployProposal[] = [];
    const approve = async (proposal: DeployProposal) => void proposals.push(proposal);
    const deployed = await lifecycle.deploy({ ...REQUEST, approve }, (event) => events.push(event));

    assert.equal(deployed.changed, true);
    assert.equal(endpoint.stacks.size, 7);
    assert.equal(proposals.length, 1);
    assert.ok(proposals[0]?.plans.every((plan) => plan.state === 'new' && plan.permissions === 'broadened'));
    const order = events
      .filter((event) => event.state === 'started')
      .map((event) => event.step.split('-').at(-1));
    assert.deepEqual(order, [
      'checks',
      'network',
      'storage',
      'registry',
      'database',
      'users',
      'api',
      'pipeline',
      'ops',
    ]);
    assert.ok(
      events.some(
        ({ progress }) => progress !== undefined && progress.done > 0 && progress.done <= progress.total,
      ),
      'how far a stack has come is told',
    );
    assert.ok(
      events.some((event) => /CREATE_COMPLETE bastion\/instance \(AWS::EC2::Instance\)/.test(event.message)),
    );
    assert.equal(deployed.outputs.ApiUrl, 'https://api.shop.example.com');
    assert.ok(!Object.keys(deployed.outputs).some((name) => name.startsWith('PublishOutput')));

    const again = await lifecycle.deploy({ ...REQUEST, approve }, () => {});
    assert.equal(again.changed, false);
    assert.equal(proposals.length, 1, 'nothing was asked, because nothing changes');

    const [database] = [...endpoint.stacks.values()].filter((stack) => stack.name.endsWith('-database'));
    const cluster = Object.entries(database?.template.Resources ?? {}).find(
      ([, one]) => one.Type === 'AWS::RDS::DBCluster',
    );
    endpoint.drifted.add(cluster?.[0] ?? '');
    const drift = await all.drift();
    assert.deepEqual(
      drift.filter((one) => one.state === 'drifted').map((one) => one.stack),
      ['staging-data-pipeline-sample-database'],
    );

    endpoint.put('staging-data-pipeline-sample-etl-output-123456789012', 'lake/orders/x.parquet');
    const ended: LifecycleEvent[] = [];
    await lifecycle.destroy((event) => ended.push(event));
    assert.equal(endpoint.stacks.size, 0);
    assert.ok(ended.some((event) => /Emptied .*etl-output.*: 1 objects/.test(event.message)));
  });
});

describe('a deploy', () => {
  test('without an approval is refused before anything is sent', async () => {
    const { lifecycle } = smallLifecycle(() => SMALL);
    await assert.rejects(
      lifecycle.deploy(TWO, () => {}),
      failureOf('deploy-refused', /nothing was changed/),
    );
    assert.ok(!endpoint.calls.some((call) => /CreateChangeSet/.test(call)));
  });

  test('that the operator declines changes nothing', async () => {
    const { lifecycle } = smallLifecycle(() => SMALL);
    const no = async () => {
      throw new Error('declined');
    };
    await assert.rejects(
      lifecycle.deploy({ ...TWO, approve: no }, () => {}),
      /declined/,
    );
    assert.equal(endpoint.stacks.size, 0);
  });

  test('that fails names the resource, the reason and what to do; the next run goes on from there', async () => {
    const { lifecycle, stacks } = smallLifecycle(() => SMALL);
    endpoint.failing.set('bucket', 'small-bucket already exists');
    await assert.rejects(
      lifecycle.deploy({ ...TWO, approve: yes }, () => {}),
      failureOf(
        'deploy-failed',
        /staging-data-pipeline-sample-storage: bucket \(AWS::S3::Bucket\) failed: small-bucket already exists\nIt is described at .*lifecycle-on-aws\.test\.ts:\d+/,
      ),
    );
    assert.deepEqual(
      (await stacks.describe()).map((one) => one.status),
      ['CREATE_COMPLETE', 'ROLLBACK_COMPLETE'],
    );
    endpoint.failing.clear();
    const proposals: DeployProposal[] = [];
    const resumed = await lifecycle.deploy(
      { ...TWO, approve: async (one) => void proposals.push(one) },
      () => {},
    );
    assert.equal(resumed.outputs.EtlBucket, 'value-of-EtlBucket');
    assert.deepEqual(
      proposals[0]?.plans.map((plan) => plan.stack),
      ['staging-data-pipeline-sample-storage'],
    );
  });

  test('tells what it changes: updates, broader rights, and a bucket that would be lost', async () => {
    let small = SMALL;
    const { lifecycle, stacks } = smallLifecycle(() => small);
    await lifecycle.deploy({ ...TWO, approve: yes }, () => {});
    small = { logDays: 14, bucketName: 'another-bucket', wide: true };
    const plans = await stacks.plan(['network', 'storage']);
    assert.deepEqual(
      plans.map((plan) => [plan.state, plan.permissions]),
      [
        ['changed', 'none'],
        ['changed', 'broadened'],
      ],
    );
    assert.ok(
      plans[0]?.changes.some((change) => change.action === 'update' && change.type === 'AWS::Logs::LogGroup'),
    );
    assert.match(plans[1]?.text ?? '', /another-bucket/);
    let losing: readonly string[] = [];
    const look = async (proposal: DeployProposal) => {
      losing = proposal.losing;
      throw new Error('looked');
    };
    await assert.rejects(
      lifecycle.deploy({ ...TWO, approve: look }, () => {}),
      /looked/,
    );
    assert.deepEqual(losing, ['another-bucket']);
  });

  test('that is interrupted stops between two stacks, and both are whole', async () => {
    const { lifecycle, stacks } = smallLifecycle(() => SMALL);
    const stop = new AbortController();
    const events = (event: LifecycleEvent) => {
      if (event.step.endsWith('-network') && event.state === 'started') stop.abort(new Error('stopped'));
    };
    await assert.rejects(lifecycle.deploy({ ...TWO, approve: yes, signal: stop.signal }, events), /stopped/);
    assert.deepEqual(
      (await stacks.describe()).map((one) => [one.stack.split('-').at(-1), one.status]),
      [['network', 'CREATE_COMPLETE']],
    );
  });

  test('that is stuck is rolled back; one that is not has nothing to roll back', async () => {
    const { lifecycle, stacks } = smallLifecycle(() => SMALL);
    await lifecycle.deploy({ ...TWO, approve: yes }, () => {});
    await assert.rejects(
      stacks.rollback(['storage'], () => {}),
      failureOf('nothing-to-roll-back', /no stack is stuck/),
    );
    const storage = endpoint.stacks.get('staging-data-pipeline-sample-storage');
    assert.ok(storage !== undefined);
    storage.status = 'UPDATE_FAILED';
    assert.deepEqual(await stacks.rollback(undefined, () => {}), ['staging-data-pipeline-sample-storage']);
    assert.equal(storage.status, 'UPDATE_ROLLBACK_COMPLETE');
  });
});

describe('the users of a new database', () => {
  const settings = settingsOf('staging');
  const deployed = () => {
    const name = platformNames(settings).stack('database');
    const value = (output: string) => ({ Value: `arn:aws:rds:x:${output}` });
    const Outputs = {
      ClusterArn: value('cluster'),
      MasterSecretArn: value('master'),
      ReaderSecretArn: value('reader'),
    };
    (endpoint.stacks as Map<string, FakeStack>).set(name, {
      name,
      id: `arn:${name}`,
      status: 'CREATE_COMPLETE',
      template: { Resources: {}, Outputs },
      parameters: {},
      events: [],
      changeSet: undefined,
    });
  };

  test('are made with just their rights, over TLS, and the password shows nowhere but in its statement', async () => {
    deployed();
    const said = (await ensureDatabaseUsers(settings, clients())).join('\n');
    assert.deepEqual(endpoint.statements.slice(1), [
      "CREATE USER 'shop_api'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL",
      "GRANT SELECT, INSERT, UPDATE, DELETE ON `stg\\_core`.* TO 'shop_api'@'%'",
      "CREATE USER 'etl_reader'@'%' IDENTIFIED BY 'made-by-AWS' REQUIRE SSL",
      "GRANT SELECT ON `stg\\_core`.* TO 'etl_reader'@'%'",
    ]);
    assert.doesNotMatch(said, /made-by-AWS/);
  });

  test('that are there keep their login, so that a rotation is never undone', async () => {
    deployed();
    endpoint.users.push('shop_api', 'etl_reader');
    await ensureDatabaseUsers(settings, clients());
    assert.ok(!endpoint.statements.some((sql) => /CREATE USER|ALTER USER/.test(sql)));
    assert.ok(!endpoint.calls.some((call) => /GetSecretValue/.test(call)));
  });

  test('get the same rights where two take turns, and whoever the secret names is there', async () => {
    deployed();
    const turns = settingsOf('staging', { database: { rotationStrategy: 'alternating-users' } });
    endpoint.users.push('shop_api', 'etl_reader');
    endpoint.secret = { username: 'etl_reader_clone', password: 'by-its-function' };
    await ensureDatabaseUsers(turns, clients());
    assert.deepEqual(endpoint.statements.slice(2), [
      "CREATE USER 'etl_reader_clone'@'%' IDENTIFIED BY 'by-its-function' REQUIRE SSL",
      "GRANT SELECT ON `stg\\_core`.* TO 'etl_reader_clone'@'%'",
      "GRANT SELECT ON `stg\\_core`.* TO 'etl_reader'@'%'",
    ]);
    endpoint.statements.length = 0;
    await ensureDatabaseUsers(turns, clients());
    assert.ok(!endpoint.statements.some((sql) => /CREATE USER|DROP USER/.test(sql)));
  });

  test('who took turns and no longer do: the one in the secret stays, the other is dropped', async () => {
    deployed();
    endpoint.users.push('shop_api', 'etl_reader', 'etl_reader_clone');
    endpoint.secret = { username: 'etl_reader_clone', password: 'by-its-function' };
    const said = (await ensureDatabaseUsers(settings, clients())).join('\n');
    assert.deepEqual(endpoint.statements.slice(2), [
      "DROP USER 'etl_reader'@'%'",
      "GRANT SELECT ON `stg\\_core`.* TO 'etl_reader_clone'@'%'",
    ]);
    assert.match(said, /Dropped the user etl_reader/);
  });

  test('wait for their database', async () => {
    await assert.rejects(
      ensureDatabaseUsers(settings, clients()),
      failureOf('database-not-deployed', /its database is not deployed yet/),
    );
  });

  test('never get a password that could end its own quotes', async () => {
    deployed();
    endpoint.secret = { password: "x' OR '1" };
    await assert.rejects(
      ensureDatabaseUsers(settings, clients()),
      failureOf('secret-unusable', /no password/),
    );
    assert.ok(!endpoint.statements.some((sql) => sql.includes('OR')));
    for (const secret of [
      { username: "etl_reader'", password: 'fine' },
      { username: 'admin', password: 'fine' },
    ]) {
      endpoint.secret = secret;
      await assert.rejects(ensureDatabaseUsers(settings, clients()), { code: 'secret-unusable' });
    }
  });
});

describe("MySQL's driver for the crawler", () => {
  const settings = settingsOf('staging');
  const upload = (jar: string) =>
    uploadDriver({ settings, projectRoot: home, environmentVariables: { DP_CONNECTOR_JAR: jar } }, clients());

  test('that is nowhere on this machine is asked for by name', async () => {
    assert.match(await upload(join(home, 'nothing.jar')), /waits for MySQL's driver: mvn dependency:get/);
  });

  test('with other content than the release is never uploaded', async () => {
    const jar = join(home, 'driver.jar');
    writeFileSync(jar, 'not the driver');
    await assert.rejects(upload(jar), failureOf('driver-damaged', /driver\.jar: its SHA-256 is/));
    assert.ok(!endpoint.calls.some((call) => call.startsWith('S3.PUT')));
  });

  test('that is there already is left alone', async () => {
    endpoint.put(platformNames(settings).scriptsBucket, 'drivers/mysql-connector-j-8.0.33.jar');
    assert.equal(await upload('/nowhere'), "MySQL's driver is there");
  });
});

describe('the checks before a deploy', () => {
  const settings = settingsOf('staging');
  const checks = (of: PlatformSettings) =>
    openDeployChecks({ clients: clients(), nameServersOf: async () => ['ns-9.other.net'] })(of);

  test('refuse credentials of another account, before anything else is asked', async () => {
    endpoint.account = '999999999999';
    await assert.rejects(
      checks(settings),
      failureOf('wrong-account', /account 999999999999.*only touch 123456789012/),
    );
    assert.deepEqual(endpoint.calls, ['STS.GetCallerIdentity']);
  });

  test('name the command for an account that was never bootstrapped', async () => {
    endpoint.bootstrapVersion = undefined;
    await assert.rejects(checks(settings), failureOf('not-bootstrapped', /123456789012 in ap-northeast-1/));
  });

  test('find another prefix list than the one in the settings', async () => {
    endpoint.prefixList = 'pl-99999999';
    await assert.rejects(checks(settings), failureOf('wrong-prefix-list', /is pl-99999999/));
  });

  test('find a zone that the internet does not ask', async () => {
    await assert.rejects(checks(settings), failureOf('zone-not-delegated', /asks ns-9\.other\.net/));
  });

  test('say what they found when all is well', async () => {
    const good = openDeployChecks({ clients: clients(), nameServersOf: async () => ['ns-2.example.net'] });
    const found = (await good(settings)).join('\n');
    assert.match(found, /Account 123456789012, region ap-northeast-1/);
    assert.match(found, /CDK bootstrap 30/);
    assert.match(found, /Zone shop\.example\.com is delegated/);
  });

  test('say that AWS cannot be reached when it cannot', async () => {
    const offline = openDeployChecks({ clients: openTestClients('http://127.0.0.1:1') });
    await assert.rejects(offline(settings), failureOf('aws-unreachable', /ECONNREFUSED/));
  });
});

describe('a protected environment', () => {
  test('is not destroyed, whatever was confirmed', async () => {
    const { lifecycle } = smallLifecycle(() => SMALL, settingsOf('production', { api: {} }));
    await assert.rejects(
      lifecycle.destroy(() => {}),
      failureOf('environment-protected', /production/),
    );
    assert.deepEqual(endpoint.calls, []);
  });
});

describe('the host of the toolkit', () => {
  const ask = (code: string, data: unknown, defaultResponse: unknown = true) =>
    ({
      code,
      data,
      defaultResponse,
      message: 'May I?',
      time: new Date(),
      level: 'info',
      action: 'deploy',
    }) as never;

  test('says no to everything that nobody agreed to, although the toolkit suggests yes', async () => {
    const host = new ToolkitHost({});
    assert.equal(await host.requestResponse(ask('CDK_TOOLKIT_I5060', { templateDiffs: { a: {} } })), false);
    assert.equal(await host.requestResponse(ask('CDK_TOOLKIT_I7010', {})), false);
    assert.equal(await host.requestResponse(ask('CDK_TOOLKIT_I5050', {})), false);
    assert.equal(await host.requestResponse(ask('CDK_TOOLKIT_I9999', {})), false);
  });

  test('says yes only to the stacks that were agreed to', async () => {
    const host = new ToolkitHost({ consent: { deploy: new Set(['a']) } });
    assert.equal(await host.requestResponse(ask('CDK_TOOLKIT_I5060', { templateDiffs: { a: {} } })), true);
    assert.equal(
      await host.requestResponse(ask('CDK_TOOLKIT_I5060', { templateDiffs: { a: {}, b: {} } })),
      false,
    );
    assert.equal(await host.requestResponse(ask('CDK_TOOLKIT_I7010', {})), false);
  });

  test('does not invent an answer to a question that is not yes or no', async () => {
    const host = new ToolkitHost({});
    await assert.rejects(
      host.requestResponse(ask('CDK_SDK_I1100', {}, '')),
      failureOf('answer-needed', /May I/),
    );
  });
});
