import assert from 'node:assert/strict';
import test from 'node:test';
import { onOneLine, splitSql, statementKind } from '../../src/athena/statement.ts';

const effects: readonly (readonly [sql: string, effect: string, object?: string])[] = [
  ['SELECT 1', 'read'],
  ['  -- DROP TABLE t\n select 1', 'read'],
  ['/* DELETE */ (SELECT 1)', 'read'],
  ['WITH a AS (SELECT 1) SELECT * FROM a', 'read'],
  ["WITH a AS (SELECT 'INSERT INTO x' AS t) SELECT * FROM a", 'read'],
  ['VALUES 1, 2', 'read'],
  ['SHOW TABLES', 'read'],
  ['DESCRIBE orders', 'read'],
  ['EXPLAIN DROP TABLE t', 'read'],
  ['EXPLAIN ANALYZE SELECT 1', 'read'],
  ['EXPLAIN ANALYZE VERBOSE INSERT INTO t SELECT 1', 'write'],
  ['INSERT INTO shop.t VALUES (1)', 'write', 'shop.t'],
  ['CREATE TABLE t AS SELECT 1', 'write', 't'],
  ["UNLOAD (SELECT 1) TO 's3://b/'", 'write'],
  ['MSCK REPAIR TABLE t', 'write', 't'],
  ["ALTER TABLE t ADD PARTITION (dt = 'x')", 'write', 't'],
  ['EXECUTE anything', 'write'],
  ['something else', 'write'],
  ['DROP TABLE IF EXISTS `shop`.`Orders`', 'destroy', 'shop.Orders'],
  ['drop view v', 'destroy', 'v'],
  ['DROP DATABASE d CASCADE', 'destroy', 'd'],
  ['DELETE FROM t WHERE id = 1', 'destroy', 't'],
  ["ALTER TABLE t DROP PARTITION (dt = 'x')", 'destroy', 't'],
  ['CREATE OR REPLACE VIEW v AS SELECT 1', 'destroy', 'v'],
];

for (const [sql, effect, object] of effects) {
  test(`${JSON.stringify(sql)} is a ${effect}${object === undefined ? '' : ` of ${object}`}`, () => {
    const kind = statementKind(sql);
    assert.equal(kind.effect, effect);
    if (object !== undefined) assert.equal(kind.object, object);
  });
}

test('statements end at semicolons outside of quotes and comments', () => {
  const { statements, rest } = splitSql(`SELECT ';' ; -- a;b\n SELECT ";" AS "a;" /* ; */; ;\nSELECT 3`);
  assert.equal(statements.length, 2);
  assert.equal(statements[0], "SELECT ';'");
  assert.match(statements[1] ?? '', /AS "a;"/);
  assert.equal(rest.trim(), 'SELECT 3');
  assert.equal(splitSql('SELECT 1; -- done').rest, '');
});

test('a statement on one line leaves its comments out, so that none of them swallows the rest', () => {
  assert.equal(
    onOneLine("SELECT a, -- the first\n  'x -- y' /* and */ FROM\n\tt"),
    "SELECT a, 'x -- y' FROM t",
  );
  assert.equal(onOneLine('-- only this\nSELECT max(b)'), 'SELECT max(b)');
  assert.equal(onOneLine("SELECT 'two\nlines'"), undefined);
});
