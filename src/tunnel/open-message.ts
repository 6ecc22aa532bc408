/** The first thing on every channel: one text message that proves the right to it. There is no reply. */
import { CLIENT_VERSION } from './handshake.ts';

export interface OpenMessage {
  /** Used once: every channel needs a token of its own. */
  readonly token: string;
  readonly requestId: string;
  /** The same for all channels of a session. */
  readonly clientId: string;
}

/** Gives the text, in the reference client's key order. */
export function formatOpenMessage(open: OpenMessage): string {
  return JSON.stringify({
    MessageSchemaVersion: '1.0',
    RequestId: open.requestId,
    TokenValue: open.token,
    ClientId: open.clientId,
    ClientVersion: CLIENT_VERSION,
  });
}
