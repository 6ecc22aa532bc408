/** The tunnel's news as lines for a person. */
import type { TunnelNews } from '../../operations/tunnel-news.ts';
import { visible } from './visible.ts';

/** Undefined for what the state line shows anyway. */
export function tunnelLine(news: TunnelNews): string | undefined {
  switch (news.event) {
    case 'starting':
      return `Opening a tunnel to the ${news.target} over ${news.sessions === 1 ? 'one session' : `${news.sessions} sessions`}.`;
    case 'listening':
      return listeningLine(news);
    case 'ready':
      return `Ready: the database (${visible(news.serverVersion)}) answers.`;
    case 'connection':
      return news.state === 'failed' ? `A connection failed: ${visible(news.reason ?? '')}` : undefined;
    case 'reconnecting':
      return `Session ${news.session + 1} reconnects: ${visible(news.reason)}. Open connections wait.`;
    case 'reconnected':
      return `Session ${news.session + 1} is back after ${(news.afterMs / 1_000).toFixed(1)} s.`;
    case 'degraded':
      return [visible(news.reason), ...news.nextSteps.map((step) => `  Try: ${step}`)].join('\n');
    case 'closing':
      return news.connections === 0 ? undefined : `Closing; ${news.connections} connections may finish.`;
    case 'closed':
      return 'Closed; its sessions are ended.';
  }
}

/** An address that is not loopback lets other machines in, and the door may ask for nothing: say so. */
function listeningLine({ addresses, port }: Extract<TunnelNews, { event: 'listening' }>): string {
  const line = `Listening on ${addresses.join(' and ')}${port === 0 ? '' : ` port ${port}`}.`;
  const isOpen = port !== 0 && addresses.some((address) => !/^(127\.|::1$)/u.test(address));
  return isOpen
    ? `${line}\nOther machines can reach this port: add --local-password, or leave --bind out.`
    : line;
}
