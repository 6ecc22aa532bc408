// The far end of the tunnel's benches in a process of its own: gateway, agents and a target, told what to do by
// the first line of each connection, one character: `d` pours for ever, `u` counts and answers with a digest after
// the announced bytes, `e` echoes. Talks to its parent over IPC.
import { createHash } from 'node:crypto';
import { connect, createServer, type Socket } from 'node:net';
import { AGENT_OPTIONS, type AgentOptions } from '../../src/local/session-agent.ts';
import { GATEWAY_OPTIONS, SessionGateway } from '../../src/local/session-gateway.ts';
import { numberedBytes } from './numbered-bytes.ts';

function serve(socket: Socket): void {
  socket.on('error', () => {});
  // A greeting, because dp waits for one.
  socket.write(Buffer.from([6, 0, 0, 0, 10, 56, 46, 48, 0, 0]));
  socket.once('data', (head: Buffer) => {
    const mode = String.fromCharCode(head[0] ?? 0);
    const bytes = head.length >= 9 ? Number(head.readBigUInt64BE(1)) : 0;
    if (mode === 'd') pour(socket, bytes);
    else if (mode === 'u') digest(socket, bytes);
    else {
      socket.write('k');
      socket.on('data', (data) => socket.write(data));
    }
  });
}

function pour(socket: Socket, bytes: number): void {
  const chunks = numberedBytes(bytes);
  const more = () => {
    while (!socket.destroyed) {
      const { value, done } = chunks.next();
      if (done || !socket.write(value)) return;
    }
  };
  socket.on('drain', more);
  more();
}

function digest(socket: Socket, bytes: number): void {
  const hash = createHash('sha256');
  let left = bytes;
  socket.write('k');
  socket.on('data', (data: Buffer) => {
    hash.update(data);
    left -= data.length;
    if (left === 0) socket.write(hash.copy().digest());
  });
}

interface Order {
  readonly call: 'start' | 'resume' | 'terminate' | 'drop' | 'open';
  readonly id: number;
  readonly sessionId?: string;
  readonly agent?: Partial<AgentOptions>;
}

const server = createServer({ noDelay: true }, serve);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address !== 'object' || address === null) return;
  const target = { host: '127.0.0.1', port: address.port };
  let gateway: SessionGateway | undefined;
  process.on('message', async (order: Order) => {
    const answer = (value: unknown) => process.send?.({ id: order.id, value });
    if (order.call === 'open') {
      await gateway?.close();
      // Infinity does not survive JSON: no pace is no limit.
      const agent = { ...AGENT_OPTIONS, ...order.agent };
      gateway = await SessionGateway.open({ ...GATEWAY_OPTIONS, agent }, { dial: (to) => connect(to) });
      answer({ targetPort: target.port });
    } else if (order.call === 'start') answer(gateway?.start(target));
    else if (order.call === 'resume') answer(gateway?.resume(order.sessionId ?? ''));
    else if (order.call === 'terminate') answer(gateway?.terminate(order.sessionId ?? ''));
    else answer(gateway?.dropChannels('break'));
  });
});
