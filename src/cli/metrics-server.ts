/** The tunnel's figures for Prometheus, on a loopback port. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { OpenTunnel } from '../operations/open-tunnel.ts';
import { usage } from './errors.ts';

type State = ReturnType<OpenTunnel['state']>;

export async function serveMetrics(port: number, state: () => State): Promise<{ close(): void }> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return response.writeHead(404).end();
    return response
      .writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
      .end(formatMetrics(state()));
  });
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw usage(`Cannot serve metrics on port ${port}: ${String(error)}.`, 'Choose another --metrics-port.');
  }
  server.unref();
  return {
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function formatMetrics(state: State): string {
  const figures: readonly [name: string, kind: 'gauge' | 'counter', value: number][] = [
    ['dp_tunnel_sessions_ready', 'gauge', state.ready],
    ['dp_tunnel_needs_sign_in', 'gauge', Number(state.needsSignIn)],
    ['dp_tunnel_connections', 'gauge', state.connections],
    ['dp_tunnel_round_trip_seconds', 'gauge', state.roundTripMs / 1_000],
    ['dp_tunnel_sent_bytes_total', 'counter', state.sentBytes],
    ['dp_tunnel_received_bytes_total', 'counter', state.receivedBytes],
    ['dp_tunnel_resent_messages_total', 'counter', state.resends],
    ['dp_tunnel_channels_opened_total', 'counter', state.channels],
  ];
  return figures.map(([name, kind, value]) => `# TYPE ${name} ${kind}\n${name} ${value}\n`).join('');
}
