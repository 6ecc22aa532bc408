// A gigabyte each way while the channel is broken every second: what arrives must be what was sent.
import { createHash } from 'node:crypto';
import { numberedBytes } from './support/numbered-bytes.ts';
import { drain, openConnection, openFarEnd, openTunnelTo, send } from './support/tunnel-rig.ts';

export const name = 'tunnel-survival';

const BYTES = 1_000_000_000;
const BREAK_EVERY_MS = 1_000;

export async function run(): Promise<void> {
  const farEnd = await openFarEnd({ resend: 'all' });
  const limits = { messagesPerSecondMax: Infinity, payloadBytesMax: 32 * 1024 };
  const tunnel = await openTunnelTo(farEnd, { sessions: 1, limits });
  const { port } = tunnel.listener;
  const breaking = setInterval(() => void farEnd.ask('drop'), BREAK_EVERY_MS);
  const up = await send(port, BYTES);
  report('up', { ...up, channels: tunnel.state().channels });
  const hash = createHash('sha256');
  const socket = await openConnection(port, 'd', BYTES);
  const mbPerSecond = await drain(socket, BYTES, (piece) => hash.update(piece));
  clearInterval(breaking);
  const expected = createHash('sha256');
  for (const piece of numberedBytes(BYTES)) expected.update(piece);
  const equal = hash.digest('hex') === expected.digest('hex');
  report('down', { mbPerSecond, equal, channels: tunnel.state().channels });
  socket.destroy();
  await tunnel.close(0);
  farEnd.close();
  if (!up.equal || !equal) throw new Error('what arrived is not what was sent');
}

function report(
  direction: string,
  { mbPerSecond, equal, channels }: { mbPerSecond: number; equal: boolean; channels: number },
): void {
  const digests = equal ? 'equal' : 'DIFFERENT';
  console.log(
    `1 GB ${direction}: ${mbPerSecond.toFixed(1)} MB/s, ${channels} channels so far, SHA-256 ${digests}`,
  );
}
