/** One line at the bottom of a terminal that shows how the tunnel is. */
import type { OpenTunnel } from '../operations/open-tunnel.ts';

type State = ReturnType<OpenTunnel['state']>;

const DRAW_EVERY_MS = 1_000;
const CLEAR_LINE = '\r\u001b[2K';

export function drawStateLine(terminal: NodeJS.WriteStream, state: () => State): { stop(): void } {
  const draw = () => terminal.write(`${CLEAR_LINE}${formatTunnelState(state())}`);
  const timer = setInterval(draw, DRAW_EVERY_MS);
  draw();
  return {
    stop: () => {
      clearInterval(timer);
      terminal.write(CLEAR_LINE);
    },
  };
}

/** `connected · 2 connections · 1.2 MB down · 0.1 MB up · 34 ms`. */
export function formatTunnelState(state: State): string {
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  return [
    state.needsSignIn ? 'needs sign-in' : state.ready > 0 ? 'connected' : 'reconnecting',
    `${state.connections} ${state.connections === 1 ? 'connection' : 'connections'}`,
    `${megabytes(state.receivedBytes)} down`,
    `${megabytes(state.sentBytes)} up`,
    `${Math.round(state.roundTripMs)} ms`,
  ].join(' · ');
}
