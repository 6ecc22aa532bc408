/** The agent's model with its sockets and its timer: a client's channel on one side, targets on the other. */
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { corkTurn } from '../tunnel/io/cork-turn.ts';
import type { MessageTools } from '../tunnel/message.ts';
import type { AgentEvent, AgentOptions } from './session-agent.ts';
import { SessionAgent } from './session-agent.ts';

export interface AgentRunnerDeps {
  /** A connection to the target, not yet established. */
  readonly dial: () => Socket;
  readonly ended: (reason: string) => void;
}

/** Bytes the channel has not taken above which the agent sends no more for the moment. */
const CHANNEL_WAITING_BYTES_MAX = 4 * 1024 * 1024;
const DIAL_MS_MAX = 130_000;

export class AgentRunner {
  private readonly core: SessionAgent;
  private readonly deps: AgentRunnerDeps;
  private readonly targets = new Map<number, Socket>();
  private client: WebSocket | undefined;
  private connection: Socket | undefined;
  private timer: NodeJS.Timeout | undefined;
  private timerAtMs = Infinity;
  private pumping = false;
  private closed = false;

  constructor(options: AgentOptions, tools: MessageTools, deps: AgentRunnerDeps) {
    this.core = new SessionAgent(options, tools, {
      hasRoom: () => (this.client?.bufferedAmount ?? 0) < CHANNEL_WAITING_BYTES_MAX,
    });
    this.deps = deps;
  }

  /** `connection` is what the client's channel runs over. */
  attach(client: WebSocket, connection: Socket): void {
    this.client = client;
    this.connection = connection;
    this.core.channelOpened(now());
    this.pump();
  }

  detach(): void {
    this.client = undefined;
    this.core.channelLost();
  }

  receive(bytes: Uint8Array): void {
    this.core.channelMessage(bytes, now());
    this.pump();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    for (const target of this.targets.values()) target.destroy();
    this.targets.clear();
  }

  private pump(): void {
    if (this.pumping || this.closed) return;
    this.pumping = true;
    for (;;) {
      for (const bytes of this.core.takeWrites()) this.send(bytes);
      const events = this.core.takeEvents();
      if (events.length === 0) break;
      for (const event of events) this.act(event);
    }
    this.pumping = false;
    this.setTimer();
  }

  private send(bytes: Uint8Array): void {
    if (this.client?.readyState !== WebSocket.OPEN || this.connection === undefined) return;
    corkTurn(this.connection);
    this.client.send(bytes);
  }

  private setTimer(): void {
    const waitMs = this.core.nextWakeMs(now());
    if (this.closed || !Number.isFinite(waitMs)) return;
    const atMs = now() + waitMs;
    if (this.timerAtMs <= atMs && this.timerAtMs > now()) return;
    clearTimeout(this.timer);
    this.timerAtMs = atMs;
    this.timer = setTimeout(() => {
      this.timerAtMs = Infinity;
      this.core.tick(now());
      this.pump();
    }, waitMs);
  }

  private act(event: AgentEvent): void {
    if (event.kind === 'ended') {
      this.deps.ended(event.reason);
    } else if (event.kind === 'dial') {
      this.dial(event.stream);
    } else {
      const target = this.targets.get(event.stream);
      if (event.kind === 'to-target') target?.write(event.bytes);
      else if (event.kind === 'pause-target') target?.pause();
      else if (event.kind === 'resume-target') target?.resume();
      else this.closeTarget(event.stream);
    }
  }

  private dial(stream: number): void {
    const target = this.deps.dial();
    this.targets.set(stream, target);
    let dialed = false;
    const finishDial = (reached: boolean) => {
      if (dialed) return;
      dialed = true;
      target.setTimeout(0);
      this.core.dialed(stream, reached, now());
      this.pump();
    };
    target.setNoDelay(true);
    target.setTimeout(DIAL_MS_MAX, () => target.destroy());
    target.on('connect', () => finishDial(true));
    target.on('data', (bytes: Buffer) => {
      this.core.targetData(stream, bytes, now());
      this.pump();
    });
    target.on('end', () => this.targetClosed(stream));
    target.on('error', () => {});
    target.on('close', () => {
      finishDial(false);
      this.targetClosed(stream);
    });
  }

  private targetClosed(stream: number): void {
    if (this.closed) return;
    this.targets.get(stream)?.end();
    this.core.targetClosed(stream, now());
    this.pump();
  }

  private closeTarget(stream: number): void {
    const target = this.targets.get(stream);
    this.targets.delete(stream);
    // What the client sent before it closed still reaches the target; its answer is not waited for.
    target?.end(() => target.destroy());
    if (target?.connecting) target.destroy();
  }
}

/** With fractions of a millisecond: the pace of the real agent is one message in each. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
