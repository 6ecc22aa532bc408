import type { ListedSecret } from '../../operations/list-secrets.ts';
import type { RotationEvent, RotationResult } from '../../platform/secrets.ts';
import type { Paint } from '../terminal.ts';
import { formatCount } from './quantity.ts';
import { drawTable } from './table.ts';

/** All secrets as a table: age, next rotation, versions, who uses them. */
export function formatSecrets(secrets: readonly ListedSecret[]): string {
  return drawTable(
    ['secret', 'age', 'next rotation', 'versions', 'state', 'used by'],
    secrets.map((secret) => [
      secret.name,
      formatCount(secret.ageDays, 'day'),
      secret.nextRotationAt ?? 'by hand',
      String(secret.versions.length),
      secret.state,
      secret.consumers.join(', '),
    ]),
    [3],
  );
}

/** One secret on a few lines. The value stands there only when it is given. */
export function formatSecret(secret: ListedSecret & { readonly password?: string }): string {
  return [
    `secret    ${secret.name}`,
    `user      ${secret.username}`,
    `password  ${secret.password ?? '(hidden; --reveal shows it, --copy and --exec hand it on)'}`,
    `changed   ${secret.changedAt}, ${formatCount(secret.ageDays, 'day')} ago`,
    `state     ${secret.state}`,
    `used by   ${secret.consumers.join(', ')}`,
  ].join('\n');
}

/** The versions of a secret, newest first. */
export function formatSecretHistory({ versions }: ListedSecret): string {
  return drawTable(
    ['version', 'created', 'labels'],
    versions.map(({ id, createdAt, labels }) => [id, createdAt, labels.join(', ')]),
  );
}

/** One line of a rotation's progress. */
export function rotationLine({ secret, step, state, message }: RotationEvent, paint: Paint): string {
  const mark = { started: paint('dim', '·'), done: paint('green', '✓'), note: ' ' }[state];
  return `${mark} ${secret}  ${step.padEnd(9)} ${message}`;
}

/** One verified line per consumer, and what became of the old password. */
export function formatRotation({ secret, toVersion, consumers }: RotationResult, paint: Paint): string {
  const width = Math.max(...consumers.map(({ consumer }) => consumer.length));
  return [
    `${secret}: version ${toVersion} is current.`,
    ...consumers.map(
      ({ consumer, ok, detail }) =>
        `  ${ok ? paint('green', 'verified') : paint('red', 'failed')}  ${consumer.padEnd(width)}  ${detail}`,
    ),
    `  ${paint('green', 'verified')}  ${'the old password'.padEnd(width)}  is refused`,
    `To undo, run: dp secrets rollback ${secret}`,
  ].join('\n');
}
