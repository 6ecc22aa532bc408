import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { environmentUnderTest, settingsOf, synthesize } from './model/synthesized.ts';

const GOLDEN = join(import.meta.dirname, 'acknowledged-findings.json');

describe('security rules and CloudFormation checks', () => {
  for (const environment of ['staging', 'production'] as const) {
    test(`${environment} synthesizes with all of them on, and each exception is one that was agreed`, () => {
      // Throws when a rule is broken that nobody acknowledged.
      const { acknowledged } = synthesize(settingsOf(environment), { checks: true });
      const agreed = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Record<string, string[]>;
      assert.deepEqual(acknowledged, agreed[environment]);
    });

    test(`every exception of ${environment} has a reason in words`, () => {
      const { acknowledged } = environmentUnderTest(environment);
      assert.ok(acknowledged.length > 0);
      for (const line of acknowledged) {
        const reason = line.split(' | ')[2] ?? '';
        assert.match(reason, /^[A-Z].{20,}\.$/, line);
      }
    });
  }
});
