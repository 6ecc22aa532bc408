/** The gateway's own messages, with its peculiarities: a shorter header, NUL padding, nonsense for a length. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';

const HEADER_LENGTH_SHORT = 112;
const HEADER_LENGTH = 116;

/** The end of a session. The header has no payload type and counts 112 bytes. */
export function encodeChannelClosed(sessionId: string, output: string): Buffer {
  const payload = Buffer.from(
    JSON.stringify({
      MessageType: 'channel_closed',
      MessageId: randomUUID(),
      DestinationId: 'local',
      SessionId: sessionId,
      SchemaVersion: 1,
      CreatedDate: String(Date.now()),
      Output: output,
    }),
  );
  const header = Buffer.alloc(HEADER_LENGTH_SHORT + 4);
  header.writeUInt32BE(HEADER_LENGTH_SHORT, 0);
  header.write('channel_closed', 4);
  writeFixed(header);
  createHash('sha256').update(payload).digest().copy(header, 80);
  header.writeUInt32BE(payload.length, HEADER_LENGTH_SHORT);
  return Buffer.concat([header, payload]);
}

/** What the real gateway greets with: no digest, and a length of the wrong byte order. */
export function encodeStartPublication(): Buffer {
  const header = Buffer.alloc(HEADER_LENGTH + 4);
  header.writeUInt32BE(HEADER_LENGTH, 0);
  header.fill(' ', 4, 36);
  header.write('start_publication', 4);
  writeFixed(header);
  header.writeUInt32LE(HEADER_LENGTH + 4, HEADER_LENGTH);
  return header;
}

function writeFixed(header: Buffer): void {
  header.writeUInt32BE(1, 36);
  header.writeBigUInt64BE(BigInt(Date.now()), 40);
  header.writeBigUInt64BE(3n, 56);
  randomBytes(16).copy(header, 64);
}
