import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GUARDS } from './guards/all-guards.ts';
import { environmentUnderTest } from './model/synthesized.ts';

for (const environment of ['staging', 'production', 'alternating'] as const) {
  describe(`in the templates of ${environment}`, () => {
    for (const [sentence, guard] of Object.entries(GUARDS)) {
      test(sentence, () => {
        const { model } = environmentUnderTest(environment);
        const report = guard(model);
        assert.deepEqual(report.findings, []);
        assert.ok(report.checked > 0, 'the guard found nothing to look at');
      });
    }
  });
}

test('another strategy changes the rotation, and nothing of the secret: its password would be made anew', () => {
  const secretsOf = (environment: 'staging' | 'alternating') =>
    environmentUnderTest(environment)
      .model.all('AWS::SecretsManager::Secret')
      .map(({ id, properties }) => [id, properties]);
  assert.deepEqual(secretsOf('alternating'), secretsOf('staging'));
});
