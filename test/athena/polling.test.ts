import assert from 'node:assert/strict';
import test from 'node:test';
import { nextPollMs } from '../../src/athena/polling.ts';
import { describeRate, formatUsd, priceOfScan, scanRateOf } from '../../src/athena/price.ts';

const middle = { throttled: 0, random: 0.5 };

test('polls begin at a tenth of a second, reach a second while the query is young, and five later', () => {
  assert.equal(nextPollMs({ ...middle, polls: 0, elapsedMs: 0 }), 100);
  assert.equal(nextPollMs({ ...middle, polls: 30, elapsedMs: 10_000 }), 1_000);
  assert.equal(nextPollMs({ ...middle, polls: 400, elapsedMs: 600_000 }), 5_000);
});

test('each throttled answer doubles the wait, and jitter spreads it by a fifth', () => {
  assert.equal(nextPollMs({ ...middle, polls: 30, elapsedMs: 0, throttled: 2 }), 4_000);
  assert.equal(nextPollMs({ polls: 30, elapsedMs: 0, throttled: 0, random: 0 }), 800);
  assert.equal(nextPollMs({ polls: 30, elapsedMs: 0, throttled: 0, random: 1 }), 1_200);
});

const MEGABYTE = 1024 ** 2;
const TERABYTE = 1024 ** 4;

test('a query is charged at least 10 MB, and whole megabytes above', () => {
  const region = 'ap-northeast-1';
  assert.equal(priceOfScan({ scannedBytes: 1, region }).billedBytes, 10 * MEGABYTE);
  assert.equal(priceOfScan({ scannedBytes: 10 * MEGABYTE + 1, region }).billedBytes, 11 * MEGABYTE);
  assert.equal(priceOfScan({ scannedBytes: TERABYTE, region }).usd, 5);
  assert.equal(formatUsd(priceOfScan({ scannedBytes: 0, region }).usd), '$0.000048');
});

test("the price is the region's, and what is free costs nothing", () => {
  assert.equal(priceOfScan({ scannedBytes: TERABYTE, region: 'sa-east-1' }).usd, 9);
  assert.equal(priceOfScan({ scannedBytes: TERABYTE, region: 'sa-east-1', free: true }).usd, 0);
});

test('a price says where it is from, and when it is old or only assumed', () => {
  assert.equal(describeRate(scanRateOf('ap-northeast-1')), 'AWS price list, 2026-09-23');
  assert.match(describeRate(scanRateOf('sa-east-1')), /2020-03-13: look it up/);
  assert.equal(scanRateOf('xx-nowhere-1').confidence, 'assumed');
  assert.match(describeRate(scanRateOf('xx-nowhere-1')), /most regions.*look it up/);
});
