import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { packageRoot } from '../../src/config/package-root.ts';

const LINES_SHOWN = 60;

test('the job in Python: its pure modules, and its publishing against S3 and Glue with faults', () => {
  const python = join(process.env.DP_SPARK_VENV ?? '', 'bin', 'python');
  const { status, stdout, error } = spawnSync(
    python,
    ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'test/spark'],
    { cwd: packageRoot(), encoding: 'utf8' },
  );
  assert.equal(error, undefined);
  assert.equal(status, 0, stdout.split('\n').slice(-LINES_SHOWN).join('\n'));
  assert.match(stdout, /[1-9]\d* passed/);
});
