import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { DoorTls } from '../../mysql/door-login.ts';
import { databaseUnreachable, tlsNameMismatch, tlsRefused } from '../../mysql/errors.ts';
import { type Failure, messageOf } from '../../std/failure.ts';

const NAME_MISMATCH = 'ERR_TLS_CERT_ALTNAME_INVALID';
/** Errors of the network rather than of the certificate. */
const NETWORK_ERRORS = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH']);

/**
 * Begins TLS on a stream that is already connected. The certificate must be for `tls.serverName`, which is the
 * real endpoint however the stream got there.
 */
export function startTls(plain: Duplex, tls: DoorTls): TLSSocket {
  return connect({
    socket: plain,
    secureContext: contextOf(tls.ca),
    rejectUnauthorized: true,
    // An address cannot be asked for by name, but a certificate can still be for it.
    ...(isIP(tls.serverName) === 0 ? { servername: tls.serverName } : {}),
    checkServerIdentity: (_name, certificate) => checkServerIdentity(tls.serverName, certificate),
  });
}

export function tlsFailure(target: string, tls: DoorTls, error: Error): Failure {
  const code = 'code' in error ? String(error.code) : '';
  if (code === NAME_MISMATCH) return tlsNameMismatch(target, tls.serverName, error);
  if (NETWORK_ERRORS.has(code)) return databaseUnreachable(target, messageOf(error));
  return tlsRefused(target, error);
}

let lastContext: { readonly ca: string | undefined; readonly context: SecureContext } | undefined;

/** Parsing the hundred certificates of the RDS bundle takes longer than a login, so the last ones are kept. */
function contextOf(ca: string | undefined): SecureContext {
  if (lastContext === undefined || lastContext.ca !== ca) {
    const context = createSecureContext({ minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) });
    lastContext = { ca, context };
  }
  return lastContext.context;
}
