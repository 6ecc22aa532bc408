import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { platformNames } from '../../src/config/platform-names.ts';
import { platformSettingsOf } from '../../src/config/platform-settings.ts';
import { Failure } from '../../src/std/failure.ts';

const ACCOUNT = '123456789012';
const of = (more: Record<string, unknown> = {}, environment = 'staging') =>
  platformSettingsOf({
    environment,
    project: 'data-pipeline-sample',
    settings: { kind: 'aws', account: ACCOUNT, ...more },
  });

describe('settings of an AWS environment', () => {
  test('an account is enough for staging, as it was drawn', () => {
    const settings = of();
    assert.equal(settings.region, 'ap-northeast-1');
    assert.equal(settings.network.cidr, '10.0.0.0/16');
    assert.deepEqual(settings.network.publicSubnets, ['10.0.1.0/24', '10.0.2.0/24']);
    assert.equal(settings.network.privateSubnets, false);
    assert.equal(settings.database.name, 'stg_core');
    assert.deepEqual([settings.database.capacityMin, settings.database.capacityMax], [0.5, 2]);
    assert.equal(settings.database.backupDays, 1);
    assert.equal(settings.pipeline.databaseCrawler, 'hourly');
    assert.equal(settings.operations.protect, false);
  });

  test('production starts hardened', () => {
    const settings = of({}, 'production');
    assert.equal(settings.network.privateSubnets, true);
    assert.equal(settings.network.endpointZones, 'all');
    assert.equal(settings.database.reader, true);
    assert.equal(settings.operations.protect, true);
    assert.equal(settings.database.name, 'prd_core');
  });

  test('a preset can be chosen for any name', () => {
    assert.equal(of({ preset: 'production' }, 'tokyo').operations.protect, true);
    assert.equal(of({}, 'tokyo').database.name, 'tokyo_core');
  });

  const refused: [string, Record<string, unknown>, RegExp][] = [
    ['an account that is a number', { account: 123456789012 }, /account must be the twelve digits/],
    ['no account', { account: undefined }, /account must be the twelve digits/],
    ['an account of eleven digits', { account: '12345678901' }, /account must be the twelve digits/],
    ['a misspelled setting', { database: { capcityMax: 4 } }, /database\.capcityMax is not a setting/],
    [
      'a minimum above the maximum',
      { database: { capacityMin: 4 } },
      /capacityMin 4 ACU is more than .*Max 2/,
    ],
    [
      'a quarter of an ACU',
      { database: { capacityMin: 0.25 } },
      /capacityMin must be a multiple of 0\.5 ACU/,
    ],
    ['pausing behind the proxy', { database: { capacityMin: 0 } }, /RDS Proxy keeps a connection open/],
    [
      'a subnet outside the VPC',
      { network: { publicSubnets: ['10.0.1.0/24', '192.168.0.0/24'] } },
      /192\.168\.0\.0\/24 lies outside of network\.cidr 10\.0\.0\.0\/16/,
    ],
    [
      'overlapping subnets',
      { network: { publicSubnets: ['10.0.0.0/23', '10.0.1.0/24'] } },
      /10\.0\.0\.0\/23 and 10\.0\.1\.0\/24 overlap/,
    ],
    [
      'an address that is not the first of its range',
      { network: { cidr: '10.0.0.1/16' } },
      /first of its range/,
    ],
    [
      'a zone of another region',
      { network: { availabilityZones: ['ap-northeast-1a', 'us-east-1a'] } },
      /us-east-1a is not in the region ap-northeast-1/,
    ],
    [
      'the same zone twice',
      { network: { availabilityZones: ['ap-northeast-1a', 'ap-northeast-1a'] } },
      /same zone twice/,
    ],
    ['one zone', { network: { availabilityZones: ['ap-northeast-1a'] } }, /must name two availability zones/],
    ['a tag for an image', { api: { imageDigest: 'latest' } }, /api\.imageDigest must be sha256:/],
    [
      'a domain outside its zone',
      { api: { domain: { name: 'api.other.com', zoneName: 'example.com', hostedZoneId: 'Z0123456789' } } },
      /api\.other\.com is not inside api\.domain\.zoneName example\.com/,
    ],
    ['an unknown time zone', { pipeline: { timeZone: 'Asia/Tokio' } }, /Asia\/Tokyo/],
    ['25 o’clock', { pipeline: { jobTime: '25:00' } }, /jobTime must be a time of day such as 02:00/],
    ['protection with one day of backups', { operations: { protect: true } }, /backupDays of 7 or more/],
    [
      'a query bound below Athena’s floor',
      { query: { scanBytesMax: 1 } },
      /scanBytesMax must be at least 10000000/,
    ],
    ['a month of 31 log days', { operations: { logDays: 31 } }, /operations\.logDays/],
  ];
  for (const [what, more, says] of refused) {
    test(`refuses ${what}, and says which setting`, () => {
      assert.throws(
        () => of(more),
        (error) =>
          error instanceof Failure &&
          error.kind === 'configuration' &&
          says.test(error.message) &&
          error.nextSteps.length > 0,
      );
    });
  }

  test('names every wrong setting at once', () => {
    assert.throws(
      () => of({ region: 'tokyo', pipeline: { workers: 1 } }),
      (error) =>
        error instanceof Failure && /region/.test(error.message) && /pipeline\.workers/.test(error.message),
    );
  });

  test('a region whose S3 prefix list is unknown asks for it, with the command that shows it', () => {
    assert.throws(
      () => of({ region: 'sa-east-1' }),
      (error) =>
        error instanceof Failure &&
        /s3PrefixList/.test(error.message) &&
        /describe-managed/.test(error.nextSteps[0] ?? ''),
    );
    assert.equal(
      of({ region: 'sa-east-1', network: { s3PrefixList: 'pl-6aa54003' } }).network.s3PrefixList,
      'pl-6aa54003',
    );
  });
});

describe('names', () => {
  test('follow {env}-{project}-{resource}', () => {
    const names = platformNames({
      environment: 'staging',
      project: 'data-pipeline-sample',
      account: ACCOUNT,
    });
    assert.equal(names.job, 'staging-data-pipeline-sample-daily');
    assert.equal(names.stack('network'), 'staging-data-pipeline-sample-network');
    assert.equal(names.etlBucket, 'staging-data-pipeline-sample-etl-output-123456789012');
    assert.equal(names.lakeDatabase, 'staging_data_pipeline_sample_lake');
    assert.equal(
      names.logs.database('audit'),
      '/aws/rds/cluster/staging-data-pipeline-sample-database/audit',
    );
  });

  test('the longest environment and project that dp.config.json takes still fit, but for buckets', () => {
    const names = platformNames({
      environment: 'production',
      project: 'data-pipeline-sample',
      account: ACCOUNT,
    });
    assert.ok(names.resultsBucket.length <= 63);
    assert.throws(
      () => platformNames({ environment: 'a'.repeat(15), project: 'data-pipeline-sample', account: ACCOUNT }),
      (error) => error instanceof Failure && /bucket/.test(error.message) && /at most 50/.test(error.message),
    );
  });

  test('capitals and double hyphens are refused', () => {
    for (const project of ['Data', 'data--x', 'data-']) {
      assert.throws(
        () => platformNames({ environment: 'staging', project, account: ACCOUNT }),
        (error) => error instanceof Failure && error.code === 'name-refused',
      );
    }
  });
});
