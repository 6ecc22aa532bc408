import type { Failure } from '../std/failure.ts';
import type { DoorLogin, DoorTls } from './door-login.ts';

/** What the socket side has to do, in order. */
export type DoorAction =
  | { readonly do: 'send'; readonly to: 'client' | 'database'; readonly bytes: Uint8Array }
  /** Fetch credentials, then call `loginGiven` or `loginFailed`. `refused` are those the database just turned down. */
  | { readonly do: 'fetch-login'; readonly refused?: DoorLogin }
  /** Turn the database side into verified TLS, then call `tlsReady` or `fail`. */
  | { readonly do: 'start-tls'; readonly tls: DoorTls }
  /** Replace the database side by a new connection to the same database. */
  | { readonly do: 'dial-again' }
  | { readonly do: 'opened'; readonly user: string; readonly version: string }
  /** Send what is left, then end both sides. */
  | { readonly do: 'close'; readonly failure?: Failure };
