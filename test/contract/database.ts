import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '../../src/platform/database.ts';

/** What every adapter of the database port must do. `open` gives a running database with an empty `stg_core`. */
export function databaseContract(adapter: string, open: () => Promise<Database>): void {
  test(`${adapter}: describe says running, where and which version`, async () => {
    const state = await (await open()).describe();
    assert.equal(state.state, 'running');
    assert.equal(state.database, 'stg_core');
    assert.match(state.version ?? '', /^\d+\.\d+\./);
    assert.ok((state.port ?? 0) > 0);
  });

  test(`${adapter}: values come as the server's own text, and NULL apart from the empty string`, async () => {
    await using session = await (await open()).connect('admin');
    await session.query(
      'CREATE TABLE exact (big BIGINT UNSIGNED, money DECIMAL(38,10), at DATETIME(6), words TEXT, ' +
        'nothing VARCHAR(10), empty VARCHAR(10), document JSON, number DOUBLE, bytes VARBINARY(8))',
    );
    const words = 'タブ\tと改行\nと\\と\'引用\'と"🍣"と\u0000';
    await session.query('INSERT INTO exact VALUES (?, ?, ?, ?, NULL, ?, ?, 0.1, 0xff00)', [
      '18446744073709551615',
      '1234567890123456789012345678.0000000010',
      '2026-11-22 14:59:59.999999',
      words,
      '',
      '{"a":  1.0}',
    ]);
    const { columns, rows } = await session.query('SELECT * FROM exact');
    assert.deepEqual(rows, [
      [
        '18446744073709551615',
        '1234567890123456789012345678.0000000010',
        '2026-11-22 14:59:59.999999',
        words,
        null,
        '',
        '{"a":  1.0}',
        '0.1',
        '0xff00',
      ],
    ]);
    assert.deepEqual(
      columns.slice(0, 3).map((column) => [column.name, column.type]),
      [
        ['big', 'bigint unsigned'],
        ['money', 'decimal'],
        ['at', 'datetime'],
      ],
    );
    await session.query('DROP TABLE exact');
  });

  test(`${adapter}: a statement that changes rows says how many`, async () => {
    await using session = await (await open()).connect('admin');
    await session.query('CREATE TABLE counted (id INT PRIMARY KEY)');
    const { affectedRows } = await session.query('INSERT INTO counted VALUES (1), (2), (3)');
    assert.equal(affectedRows, 3);
    await session.query('DROP TABLE counted');
  });

  test(`${adapter}: etl_reader reads in a consistent snapshot and can change nothing`, async () => {
    const database = await open();
    await using admin = await database.connect('admin');
    await admin.query('CREATE TABLE readable (id INT PRIMARY KEY)');
    await admin.query('INSERT INTO readable VALUES (7)');
    await using reader = await database.connect('etl_reader');
    await reader.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    await admin.query('INSERT INTO readable VALUES (8)');
    assert.deepEqual((await reader.query('SELECT id FROM readable')).rows, [['7']]);
    await reader.query('COMMIT');
    for (const sql of [
      'INSERT INTO readable VALUES (9)',
      'UPDATE readable SET id = 1',
      'DELETE FROM readable',
      'CREATE TABLE other (id INT)',
      'DROP TABLE readable',
      'SELECT * FROM mysql.global_priv',
    ]) {
      await assert.rejects(reader.query(sql), { name: 'Failure' }, sql);
    }
    await admin.query('DROP TABLE readable');
  });

  test(`${adapter}: shop_api changes rows, but no tables`, async () => {
    const database = await open();
    await using admin = await database.connect('admin');
    await admin.query('CREATE TABLE sold (id INT PRIMARY KEY)');
    await using api = await database.connect('shop_api');
    await api.query('INSERT INTO sold VALUES (1)');
    await api.query('UPDATE sold SET id = 2');
    assert.deepEqual((await api.query('SELECT id FROM sold')).rows, [['2']]);
    await api.query('DELETE FROM sold');
    await assert.rejects(api.query('DROP TABLE sold'), { name: 'Failure' });
    await assert.rejects(api.query('CREATE TABLE other (id INT)'), { name: 'Failure' });
    await admin.query('DROP TABLE sold');
  });

  test(`${adapter}: a wrong statement is a failure in the server's words`, async () => {
    await using session = await (await open()).connect('etl_reader');
    await assert.rejects(session.query('SELEKT 1'), { code: 'sql-rejected', message: /SELEKT/ });
  });
}
