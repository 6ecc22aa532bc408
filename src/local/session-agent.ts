/**
 * The far end of a session, as AWS's own agent behaves, with its weaknesses: it throws away early data, resends
 * one message at a time, dials one connection after the other and knows no flow control. Like the client's
 * core it owns no socket, timer or clock: the local gateway and the simulation drive the same code.
 */
import { encodeAcknowledgement, parseObject, readAcknowledgedSequence } from '../tunnel/acknowledgement.ts';
import { isNewer } from '../tunnel/handshake.ts';
import type { AgentMessage, MessageTools } from '../tunnel/message.ts';
import {
  decodeMessage,
  encodeMessage,
  FLAG,
  isMessageFault,
  isPublication,
  MESSAGE_TYPE,
  PAYLOAD,
} from '../tunnel/message.ts';
import { AgentOutbox } from './session-agent-outbox.ts';
import type { AgentStreamEvent } from './session-agent-streams.ts';
import { AgentStreams } from './session-agent-streams.ts';

export interface AgentOptions {
  readonly agentVersion: string;
  /** Time after the handshake during which data is refused: the target's name is being resolved. */
  readonly notReadyMs: number;
  /** Data per message; the real agent reads 1,024 bytes. */
  readonly payloadBytes: number;
  /** Messages per millisecond; the real agent sleeps 1 ms after each. Infinity: as fast as it goes. */
  readonly messagesPerMs: number;
  /** Unacknowledged messages above which nothing more is read from targets. */
  readonly unacknowledgedMax: number;
  /**
   * What is sent again when a client comes back. AWS's agent resends its oldest message only, one every 100 ms,
   * which makes hundreds of lost ones last for ever; `all` is for measuring the client alone.
   */
  readonly resend: 'oldest' | 'all';
  /** What the document resolved to; `type` decides how the client may use the session. */
  readonly properties: Readonly<Record<string, string>>;
  /** Further actions to ask for in the handshake, for tests of refusals. */
  readonly furtherActions?: readonly unknown[];
}

export const AGENT_OPTIONS: AgentOptions = {
  agentVersion: '3.3.3572.0',
  notReadyMs: 0,
  payloadBytes: 1_024,
  messagesPerMs: Infinity,
  unacknowledgedMax: 8_192,
  resend: 'oldest',
  properties: { type: 'LocalPortForwarding' },
};

/** Whether the channel takes more bytes without keeping them in memory. */
export interface ChannelRoom {
  hasRoom(): boolean;
}

export type AgentEvent = AgentStreamEvent | { readonly kind: 'ended'; readonly reason: string };

const HANDSHAKE_MS_MAX = 15_000;
const END_MS_MAX = 2_000;
/** A client up to this version is watched: no frame for 30 s, and the session ends. */
const CLIENT_VERSION_WATCHED = '1.2.331.0';
const WATCHED_SILENCE_MS = 30_000;
/** After a pause in which nothing could be sent, at most so many milliseconds of pace are made up for. */
const PACE_DEBT_MS_MAX = 50;
const EARLY_MESSAGES_MAX = 100_000;

export class SessionAgent {
  private readonly options: AgentOptions;
  private readonly tools: MessageTools;
  private readonly room: ChannelRoom;
  private readonly outbox = new AgentOutbox();
  private readonly streams: AgentStreams;
  private readonly early = new Map<number, AgentMessage>();
  private phase: 'new' | 'asked' | 'complete' | 'ending' | 'ended' = 'new';
  private connected = false;
  private paused = false;
  private expected = 0;
  private askedAtMs = 0;
  private readyAtMs = Infinity;
  private endAtMs = Infinity;
  private watchedUntilMs = Infinity;
  private watched = false;
  private sendable = 0;
  private pacedAtMs = 0;
  private writes: Uint8Array[] = [];
  private events: AgentEvent[] = [];

  constructor(options: AgentOptions, tools: MessageTools, room: ChannelRoom = { hasRoom: () => true }) {
    this.options = options;
    this.room = room;
    this.tools = tools;
    this.streams = new AgentStreams((event) => this.events.push(event));
  }

  get hasEnded(): boolean {
    return this.phase === 'ended';
  }

  takeWrites(): Uint8Array[] {
    const writes = this.writes;
    if (writes.length > 0) this.writes = [];
    return writes;
  }

  takeEvents(): AgentEvent[] {
    const events = this.events;
    if (events.length > 0) this.events = [];
    return events;
  }

  channelOpened(now: number): void {
    this.connected = true;
    this.paused = false;
    this.pacedAtMs = now;
    if (this.phase === 'new') {
      this.phase = 'asked';
      this.askedAtMs = now;
      this.send(PAYLOAD.handshakeRequest, this.handshakeRequest(), now);
    } else if (this.options.resend === 'all') {
      this.writes.push(...this.outbox.everything(now));
    }
    this.work(now);
  }

  channelLost(): void {
    this.connected = false;
  }

  channelMessage(bytes: Uint8Array, now: number): void {
    const message = decodeMessage(bytes, this.tools);
    if (this.phase === 'ended' || isMessageFault(message)) return;
    if (isPublication(message.messageType))
      this.paused = message.messageType === MESSAGE_TYPE.pausePublication;
    else this.paused = false;
    if (message.messageType === MESSAGE_TYPE.acknowledge) {
      const sequence = readAcknowledgedSequence(message);
      if (sequence !== undefined) this.outbox.acknowledge(sequence, now);
    }
    if (message.messageType === MESSAGE_TYPE.input) this.receive(message, now);
    this.work(now);
  }

  /** The end of the one dial that is under way. */
  dialed(stream: number, reached: boolean, now: number): void {
    // The flag names no stream; the end frame that follows belongs to it.
    if (!reached && this.streams.isDialling(stream))
      this.send(PAYLOAD.flag, Uint8Array.of(0, 0, 0, FLAG.connectToPortError), now);
    this.streams.dialed(stream, reached);
    this.work(now);
  }

  targetData(stream: number, bytes: Uint8Array, now: number): void {
    this.streams.fromTarget(stream, bytes);
    this.work(now);
  }

  targetClosed(stream: number, now: number): void {
    this.streams.targetClosed(stream);
    this.work(now);
  }

  tick(now: number): void {
    this.work(now);
  }

  /** Milliseconds until `tick` must be called. */
  nextWakeMs(now: number): number {
    if (this.phase === 'ended') return Infinity;
    let next = Math.min(this.endAtMs, this.readyAtMs > now ? this.readyAtMs : Infinity, this.watchedUntilMs);
    if (this.phase === 'asked') next = Math.min(next, this.askedAtMs + HANDSHAKE_MS_MAX);
    if (this.connected) next = Math.min(next, this.outbox.nextLookMs() ?? Infinity);
    if (this.canSend()) next = Math.min(next, now + 1);
    return Math.max(0, next - now);
  }

  private receive(message: AgentMessage, now: number): void {
    const isNext = message.sequence === this.expected;
    if (message.sequence > this.expected) {
      if (this.early.size >= EARLY_MESSAGES_MAX) return;
      this.early.set(message.sequence, { ...message, payload: message.payload.slice() });
    }
    // As AWS's agent does: the reference client crashes over a message that comes right after the handshake's end.
    const isAnswer = message.payloadType === PAYLOAD.handshakeResponse;
    if (isAnswer) this.acknowledge(message, now);
    if (isNext && !this.handle(message, now)) return;
    if (!isAnswer) this.acknowledge(message, now);
    if (!isNext) return;
    this.expected += 1;
    for (;;) {
      const next = this.early.get(this.expected);
      if (next === undefined || !this.handle(next, now)) return;
      this.early.delete(this.expected);
      this.expected += 1;
    }
  }

  /** False: not ready. The message is neither acknowledged nor kept. */
  private handle(message: AgentMessage, now: number): boolean {
    const { payload, payloadType } = message;
    if (payloadType === PAYLOAD.handshakeResponse) {
      this.completeHandshake(payload, now);
      return true;
    }
    // Before the handshake is complete, data is acknowledged and thrown away.
    if (this.phase === 'asked') return true;
    if (payloadType === PAYLOAD.flag && payload[3] === FLAG.terminateSession) {
      this.startEnding(now);
      return true;
    }
    if (payloadType !== PAYLOAD.output) return true;
    if (now < this.readyAtMs) return false;
    if (this.watched) this.watchedUntilMs = now + WATCHED_SILENCE_MS;
    // Broken frames stop the multiplexer for good; everything else seems alive.
    this.streams.fromClient(payload);
    return true;
  }

  private completeHandshake(payload: Uint8Array, now: number): void {
    if (this.phase !== 'asked') return;
    const answer = parseObject(payload);
    const actions = answer?.ProcessedClientActions;
    const refused = !Array.isArray(actions) || actions.some((action) => action?.ActionStatus !== 1);
    if (refused) {
      this.end('The client refused the session.');
      return;
    }
    this.watched = !isNewer(String(answer?.ClientVersion), CLIENT_VERSION_WATCHED);
    if (this.watched) this.watchedUntilMs = now + WATCHED_SILENCE_MS;
    this.phase = 'complete';
    this.readyAtMs = now + this.options.notReadyMs;
    const nanoseconds = Math.round((now - this.askedAtMs) * 1e6);
    const complete = { HandshakeTimeToComplete: nanoseconds, CustomerMessage: '' };
    this.send(PAYLOAD.handshakeComplete, new TextEncoder().encode(JSON.stringify(complete)), now);
  }

  private handshakeRequest(): Uint8Array {
    const session = { SessionType: 'Port', Properties: this.options.properties };
    const request = {
      AgentVersion: this.options.agentVersion,
      RequestedClientActions: [
        { ActionType: 'SessionType', ActionParameters: session },
        ...(this.options.furtherActions ?? []),
      ],
    };
    return new TextEncoder().encode(JSON.stringify(request));
  }

  private work(now: number): void {
    if (this.phase === 'ended') return;
    const drained = this.phase === 'ending' && this.outbox.size === 0;
    if (this.phase === 'asked' && now >= this.askedAtMs + HANDSHAKE_MS_MAX)
      this.end('Handshake with the client timed out.');
    else if (drained || now >= this.endAtMs) this.end('');
    if (now >= this.watchedUntilMs) this.end('');
    if (this.hasEnded || !this.connected) return;
    const again = this.outbox.due(now);
    if (again !== undefined) this.writes.push(again);
    this.sendStreams(now);
  }

  private sendStreams(now: number): void {
    const earned = Math.min(now - this.pacedAtMs, PACE_DEBT_MS_MAX) * this.options.messagesPerMs;
    this.pacedAtMs = now;
    this.sendable = this.options.messagesPerMs === Infinity ? Infinity : this.sendable + earned;
    while (this.canSend() && this.sendable >= 1) {
      this.sendable -= 1;
      this.send(PAYLOAD.output, this.streams.take(this.options.payloadBytes), now);
    }
    // What was not used is lost: a sleep that was not needed cannot be slept again.
    if (!this.canSend()) this.sendable = Math.min(this.sendable, 1);
  }

  private canSend(): boolean {
    return (
      this.phase === 'complete' &&
      this.connected &&
      !this.paused &&
      this.streams.hasWork &&
      this.room.hasRoom() &&
      this.outbox.size < this.options.unacknowledgedMax
    );
  }

  private send(payloadType: number, payload: Uint8Array, now: number): void {
    const bytes = encodeMessage(
      {
        messageType: MESSAGE_TYPE.output,
        schemaVersion: 1,
        createdMs: now,
        sequence: this.outbox.sequence,
        flags: this.outbox.sequence === 0 ? 1 : 0,
        messageId: this.tools.newId(),
        payloadType,
        payload,
      },
      this.tools,
    );
    this.outbox.add(bytes, now);
    if (this.connected) this.writes.push(bytes);
  }

  private acknowledge(message: AgentMessage, now: number): void {
    this.writes.push(encodeAcknowledgement(message, now, this.tools));
  }

  private startEnding(now: number): void {
    if (this.phase === 'ending') return;
    this.phase = 'ending';
    this.endAtMs = now + END_MS_MAX;
    this.streams.closeAll();
  }

  private end(reason: string): void {
    this.phase = 'ended';
    this.streams.closeAll();
    this.events.push({ kind: 'ended', reason });
  }
}
