/** Two streams, joined: bytes both ways, backpressure both ways, one end. */
import type { Duplex } from 'node:stream';
import { corkTurn } from './cork-turn.ts';

export function splice(client: Duplex, target: Duplex): void {
  client.pipe(target);
  // A session brings about a KiB at a time.
  target.on('data', () => corkTurn(client));
  target.pipe(client);
  client.on('error', () => target.destroy());
  target.on('error', () => client.destroy());
  client.on('close', () => {
    if (!target.readableEnded) target.destroy();
  });
  // The target has said everything: once the client has it, there is nothing more to wait for.
  target.on('end', () => client.end(() => client.destroy()));
}
