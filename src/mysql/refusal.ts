import type { Failure } from '../std/failure.ts';
import type { ErrorPacket } from './error-packet.ts';

type Numbers = Pick<ErrorPacket, 'number' | 'sqlState'>;

const CANNOT_CONNECT: Numbers = { number: 2003, sqlState: 'HY000' };
const TLS_FAILED: Numbers = { number: 2026, sqlState: 'HY000' };
const ACCESS_DENIED: Numbers = { number: 1045, sqlState: '28000' };
const UNSUPPORTED_LOGIN: Numbers = { number: 1251, sqlState: '08004' };
const BAD_HANDSHAKE: Numbers = { number: 1043, sqlState: '08S01' };

/**
 * MySQL's own numbers for what can go wrong at the door, so that clients and drivers treat it as they would
 * without dp. 2003 and 2026 are numbers of the client library; MySQL Router sends them in the same way.
 */
const NUMBERS: Readonly<Record<string, Numbers>> = {
  'door-database-unreachable': CANNOT_CONNECT,
  'door-database-closed': { number: 2013, sqlState: 'HY000' },
  'door-database-silent': { number: 1159, sqlState: '08S01' },
  'door-database-malformed': { number: 2027, sqlState: 'HY000' },
  'door-plugin-unsupported': UNSUPPORTED_LOGIN,
  'door-clear-password-refused': UNSUPPORTED_LOGIN,
  'door-tls-not-offered': TLS_FAILED,
  'door-tls-name-mismatch': TLS_FAILED,
  'door-tls-refused': TLS_FAILED,
  'door-local-password-wrong': ACCESS_DENIED,
  'door-client-malformed': BAD_HANDSHAKE,
  'door-client-wants-tls': BAD_HANDSHAKE,
  'door-client-silent': { number: 1159, sqlState: '08S01' },
  'door-too-many-handshakes': { number: 1040, sqlState: '08004' },
  'door-change-user-busy': { number: 1047, sqlState: '08S01' },
};

/**
 * The refusal a client sees. A failure of the credentials' source (sign-in expired, secret not readable) has
 * no number of its own and is an access denied. The first next step is part of the words: a client shows
 * nothing else.
 */
export function refusalOf(failure: Failure): ErrorPacket {
  const step = failure.nextSteps[0];
  const message = step === undefined ? `dp: ${failure.message}` : `dp: ${failure.message} Try: ${step}`;
  return { ...(NUMBERS[failure.code] ?? ACCESS_DENIED), message: message.replaceAll(/\s+/g, ' ') };
}
