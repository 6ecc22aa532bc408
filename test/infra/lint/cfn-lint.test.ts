import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Template } from '../model/platform-model.ts';
import { settingsOf, synthesize } from '../model/synthesized.ts';

const linter = process.env.DP_CFN_LINT;
/** W3005: CDK names a role as well as its policy. W3010: the zones are a setting, so that synth asks nobody. */
const AGREED = ['W3005', 'W3010'];

interface Finding {
  readonly Rule: { readonly Id: string };
  readonly Message: string;
  readonly Filename: string;
}

function lint(templates: ReadonlyMap<string, Template>): string[] {
  assert.ok(linter !== undefined, 'DP_CFN_LINT is not set; run: npm test infra-lint');
  const folder = mkdtempSync(join(tmpdir(), 'dp-cfn-lint-'));
  try {
    const files = [...templates].map(([name, template]) => {
      const file = join(folder, `${name}.json`);
      writeFileSync(file, JSON.stringify(template));
      return file;
    });
    const { stdout, stderr } = spawnSync(
      linter,
      ['--format', 'json', '--ignore-checks', ...AGREED, '--', ...files],
      { encoding: 'utf8' },
    );
    assert.equal(stderr, '');
    const findings = JSON.parse(stdout === '' ? '[]' : stdout) as Finding[];
    return findings.map((one) => `${one.Rule.Id} ${one.Message} (${one.Filename.split('/').at(-1)})`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('cfn-lint', () => {
  for (const environment of ['staging', 'production']) {
    test(`finds nothing in the templates of ${environment}`, () => {
      const { model } = synthesize(settingsOf(environment), { checks: false });
      assert.equal(model.input.templates.size, 7);
      assert.deepEqual(lint(model.input.templates), []);
    });
  }

  test('finds nothing in what is other where two users take turns', () => {
    const settings = settingsOf('staging', { database: { rotationStrategy: 'alternating-users' } });
    const { model } = synthesize(settings, { checks: false });
    const others = [...model.input.templates].filter(([name]) => /-(network|database)$/.test(name));
    assert.equal(others.length, 2);
    assert.deepEqual(lint(new Map(others)), []);
  });

  test('finds a property that does not exist', () => {
    const template = { Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { Colour: 'red' } } } };
    assert.match(lint(new Map([['wrong', template]])).join(), /Colour/);
  });
});
