import type { ListedSecret } from '../../operations/list-secrets.ts';
import { otherUser } from '../../platform/alternating-users.ts';
import type { ConsumerCheck, OldLogin, RotationEvent, RotationResult } from '../../platform/secrets.ts';
import type { Paint } from '../terminal.ts';
import { formatCount } from './quantity.ts';
import { drawTable } from './table.ts';

/** All secrets as a table: age, next rotation, versions, who uses them, one on a line: together they fill a terminal. */
export function formatSecrets(secrets: readonly ListedSecret[]): string {
  const rows = secrets.flatMap((secret) => {
    const [first = '', ...others] = secret.consumers;
    return [
      [
        secret.name,
        secret.ageDays === null ? '' : formatCount(secret.ageDays, 'day'),
        nextRotation(secret),
        String(secret.versions.length),
        secret.state,
        first,
      ],
      ...others.map((consumer) => ['', '', '', '', '', consumer]),
    ];
  });
  return drawTable(['secret', 'age', 'next rotation', 'versions', 'state', 'used by'], rows, [3]);
}

const BY_WHOM = {
  operator: 'by hand',
  'secrets-manager': 'switched off',
  rds: 'by RDS',
  nobody: 'none: logs in by IAM',
} as const;

function nextRotation({ nextRotationAt, rotatedBy, isDue }: ListedSecret): string {
  if (nextRotationAt === null) return BY_WHOM[rotatedBy];
  const day = nextRotationAt.slice(0, 10);
  return isDue ? `${day}, due` : day;
}

/** How often a secret is rotated, by whom, and when next. */
export function formatSecretSchedule(secret: ListedSecret): string {
  const { name, everyDays, nextRotationAt, rotatedBy, isDue } = secret;
  if (rotatedBy === 'nobody') return `${name} logs in by IAM: there is no password to rotate.`;
  if (nextRotationAt === null) {
    return rotatedBy === 'rds'
      ? `${name} is rotated by RDS; when is not known here.`
      : `${name} has no schedule. Set one: dp secrets schedule ${name} --every 30d`;
  }
  const every = everyDays === null ? 'on a schedule' : `every ${formatCount(everyDays, 'day')}`;
  const who = {
    operator: 'Nothing rotates it by itself here: dp secrets list, status and doctor say when it is due.',
    'secrets-manager': 'Secrets Manager rotates it by itself.',
    rds: 'RDS rotates it by itself.',
    nobody: '',
  }[rotatedBy];
  const when = `${isDue ? 'due since' : 'next'} ${nextRotationAt}`;
  return [
    `${name} ${every}, ${when}.`,
    who,
    ...(isDue && rotatedBy === 'operator' ? [`Try: dp secrets rotate ${name}`] : []),
  ].join('\n');
}

/** One secret on a few lines. The value stands there only when it is given. */
export function formatSecret(secret: ListedSecret & { readonly password?: string }): string {
  return [
    `secret    ${secret.name}`,
    `user      ${secret.username}`,
    `password  ${secret.password ?? '(hidden; --reveal shows it, --copy and --exec hand it on)'}`,
    ...(secret.ageDays === null
      ? []
      : [`changed   ${secret.changedAt}, ${formatCount(secret.ageDays, 'day')} ago`]),
    `rotation  ${nextRotation(secret)}${turnsOf(secret)}`,
    `state     ${secret.state}`,
    `used by   ${secret.consumers.join(', ')}`,
  ].join('\n');
}

/** Who takes turns, where two do. */
function turnsOf({ name, strategy }: ListedSecret): string {
  return strategy === 'alternating-users' ? `, ${name} and ${otherUser(name)} take turns` : '';
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

const OUTCOME_COLOURS = { verified: 'green', failed: 'red', unproven: 'yellow' } as const;

/** One line per consumer, and what became of the logins there were. */
export function formatRotation(result: RotationResult, paint: Paint): string {
  const { secret, toVersion, consumers, kept, refused } = result;
  const asked = (who: string, login: OldLogin | null, words: string): ConsumerCheck[] =>
    login === null
      ? []
      : [
          {
            outcome: 'verified',
            consumer: who,
            detail: `of ${login.username}, version ${login.version}, ${words}`,
          },
        ];
  const lines = [
    ...consumers,
    ...asked('the login before', kept, 'works until the next rotation'),
    ...asked('the old password', refused, 'is refused'),
  ];
  const width = Math.max(...lines.map(({ consumer }) => consumer.length));
  return [
    `${secret}: version ${toVersion} is current.`,
    ...lines.map(
      ({ outcome, consumer, detail }) =>
        `  ${paint(OUTCOME_COLOURS[outcome], outcome)}  ${consumer.padEnd(width)}  ${detail}`,
    ),
    `To undo, run: dp secrets rollback ${secret}`,
  ].join('\n');
}
