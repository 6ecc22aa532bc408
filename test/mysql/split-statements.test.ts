import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitStatements } from '../../src/mysql/split-statements.ts';

test('statements are cut at semicolons outside quotes and comments', () => {
  const sql = "-- a; b\nSELECT 'x;y', \"it''s;\", `c;d` /* e; */;\n# f;\nSELECT 'a\\';b';;  ;\n-- end";
  assert.deepEqual(splitStatements(sql), [
    "-- a; b\nSELECT 'x;y', \"it''s;\", `c;d` /* e; */",
    "# f;\nSELECT 'a\\';b'",
  ]);
});

test('two minus signs without a space are arithmetic, as in MySQL', () => {
  assert.deepEqual(splitStatements('SELECT 1--1; SELECT 2'), ['SELECT 1--1', 'SELECT 2']);
});

test('nothing but comments is no statement', () => {
  assert.deepEqual(splitStatements('  -- only words;\n/* more; */ '), []);
});
