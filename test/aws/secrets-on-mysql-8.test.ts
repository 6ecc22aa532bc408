// What AWS's two functions and dp say to the database at a rotation, said to a real MySQL 8.0, which Aurora is: it has
// other ways than MariaDB to keep a password and to tell a user's rights.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openSqlSession } from '../../src/local/sql-session.ts';
import type { RotationStrategy, SecretValue } from '../../src/platform/secrets.ts';
import { type Mysql8Server, openMysql8Server } from '../support/mysql-8-server.ts';
import { openSecretsRig } from '../support/secrets-rig.ts';

let server: Mysql8Server;
before(async () => {
  server = await openMysql8Server();
});
after(async () => {
  await server?.stop();
});

const quiet = (): void => undefined;

for (const strategy of ['single-user', 'alternating-users'] as const satisfies readonly RotationStrategy[]) {
  test(`${strategy}: rotated, failed, cut off and rolled back on MySQL 8.0, with the same rights at the end`, async () => {
    const takesTurns = strategy === 'alternating-users';
    await using rig = await openSecretsRig({ strategy, server });
    const { secrets, standIn, access } = rig;
    const rotate = (to: 'new' | 'previous' = 'new') => secrets.rotate({ name: 'etl_reader', to }, quiet);
    const current = (): Promise<SecretValue> => secrets.reveal('etl_reader');

    const first = await current();
    assert.equal((await rotate()).oldPassword, takesTurns ? 'kept' : 'refused');
    const second = await current();
    assert.equal(second.username, takesTurns ? 'etl_reader_clone' : 'etl_reader');
    assert.deepEqual([await rig.accepts(first), await rig.accepts(second)], [takesTurns, true]);

    standIn.spoil = { step: 'test', how: 'before' };
    await assert.rejects(rotate(), { code: 'rotation-failed' });
    await rig.rotateUntilKilled('new', 'restore started');
    await rig.settle();
    await rig.later().recover('etl_reader', quiet);
    assert.deepEqual(await current(), second);
    assert.deepEqual([await rig.accepts(first), await rig.accepts(second)], [takesTurns, true]);

    await rotate();
    const third = await current();
    assert.equal(await rig.accepts(first), false);
    await rotate('previous');
    assert.deepEqual(await current(), second);
    assert.deepEqual([await rig.accepts(second), await rig.accepts(third)], [true, takesTurns]);

    const { username: user, password } = second;
    await using reader = await openSqlSession({ ...access, user, password });
    const { rows } = await reader.query('SHOW GRANTS');
    assert.deepEqual(
      rows.map(([grant]) => grant?.replaceAll('`', '')),
      [`GRANT USAGE ON *.* TO ${user}@%`, `GRANT SELECT ON stg_core.* TO ${user}@%`],
    );
    await using admin = await server.database.connect('admin');
    await admin.query("ALTER USER 'etl_reader'@'%' IDENTIFIED BY ?", [access.password]);
  });
}
