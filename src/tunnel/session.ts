/**
 * One Session Manager session: message, handshake, delivery and streams put together. Bytes and a time go in,
 * bytes and events come out; it owns no socket, no timer and no clock, so a simulation can drive it through
 * anything. The owner calls `takeWrites` and `takeEvents` after every call, and `tick` when `nextWakeMs` is over.
 */
import { assert } from '../std/assert.ts';
import { encodeAcknowledgement, readAcknowledgedSequence, readClosedNotice } from './acknowledgement.ts';
import { Channel } from './channel.ts';
import { Inbox, Outbox } from './delivery.ts';
import { Elapsed, WAKE_WITHIN_MS } from './elapsed.ts';
import { encodeFrame, FRAME } from './frames.ts';
import { answerHandshake, readCustomerMessage } from './handshake.ts';
import { LargeMessages } from './large-messages.ts';
import type { AgentMessage, MessageTools } from './message.ts';
import {
  decodeMessage,
  encodeInput,
  FLAG,
  isMessageFault,
  isPublication,
  MESSAGE_TYPE,
  PAYLOAD,
} from './message.ts';
import { Mux } from './mux.ts';
import { formatOpenMessage } from './open-message.ts';
import { Pace } from './pace.ts';
import type { ChannelWrite, SessionCounters, SessionEndCode, SessionEvent } from './session-events.ts';
import type { SessionLimits } from './session-limits.ts';
import { HEARTBEAT_EVERY_MS } from './session-limits.ts';

export interface SessionTools extends MessageTools {
  /** A number in [0, 1), for jitter. */
  random(): number;
}

export class Session {
  private readonly limits: SessionLimits;
  private readonly tools: SessionTools;
  private readonly clientId: string;
  private readonly elapsed = new Elapsed();
  private readonly channel: Channel;
  private readonly outbox = new Outbox();
  private readonly inbox = new Inbox();
  private readonly mux: Mux;
  private readonly pace: Pace;
  private readonly scratch: Uint8Array;
  private phase: 'handshake' | 'settling' | 'ready' | 'ending' | 'ended' = 'handshake';
  private notice = '';
  private agentVersion = '';
  private heartbeatEveryMs: number;
  private readyAtMs = 0;
  private endAtMs = 0;
  private endSequence = -1;
  private lastDataMs = 0;
  private streamsWakeMs: number | undefined;
  private readonly largeMessages = new LargeMessages();
  private sentBytes = 0;
  private receivedBytes = 0;
  private faults = 0;
  private wallMs = 0;
  private writes: ChannelWrite[] = [];
  private events: SessionEvent[] = [];

  constructor(limits: SessionLimits, tools: SessionTools) {
    this.limits = limits;
    this.tools = tools;
    this.clientId = tools.newId();
    this.channel = new Channel(limits.channel, tools.random);
    this.mux = new Mux(limits.mux, (event) => this.events.push(event));
    this.pace = new Pace({ perSecond: limits.messagesPerSecondMax, burst: limits.messagesBurst });
    this.scratch = new Uint8Array(limits.payloadBytesMax);
    this.heartbeatEveryMs = limits.keepAliveEveryMs;
  }

  get isReady(): boolean {
    return this.phase === 'ready';
  }

  get hasEnded(): boolean {
    return this.phase === 'ended';
  }

  counters(): SessionCounters {
    return {
      sentBytes: this.sentBytes,
      receivedBytes: this.receivedBytes,
      roundTripMs: this.outbox.roundTripMs,
      resends: this.outbox.resends,
      channels: this.channel.opened,
      faults: this.faults,
      streams: this.mux.open,
    };
  }

  /** What to put on the channel, in order, since the last call. */
  takeWrites(): ChannelWrite[] {
    const writes = this.writes;
    if (writes.length > 0) this.writes = [];
    return writes;
  }

  takeEvents(): SessionEvent[] {
    const events = this.events;
    if (events.length > 0) this.events = [];
    return events;
  }

  /** A channel is open. `token` is used once: every channel needs a new one. */
  channelOpened(token: string, nowMs: number): void {
    const now = this.advance(nowMs);
    if (this.phase === 'ended') {
      this.events.push({ kind: 'drop-channel' });
      return;
    }
    const afterMs = this.channel.lostForMs(now);
    this.channel.didOpen(now);
    const requestId = this.tools.newId();
    const text = formatOpenMessage({ token, requestId, clientId: this.clientId });
    this.writes.push({ kind: 'text', text });
    for (const bytes of this.outbox.everything(now)) this.writes.push({ kind: 'binary', bytes });
    this.mux.restartWaits(now);
    if (this.channel.opened > 1) this.events.push({ kind: 'reconnected', afterMs });
    this.work(now);
  }

  /** A channel could not be opened, and it is worth trying again. */
  channelFailed(nowMs: number): void {
    const now = this.advance(nowMs);
    if (this.phase === 'ended') return;
    this.channel.didClose(now);
    this.work(now);
  }

  /** The service will give no more channels. */
  channelRefused(code: 'not-resumable' | 'refused', notice: string, nowMs: number): void {
    this.advance(nowMs);
    this.finish(code, notice);
  }

  /** The open channel closed, for whatever reason: by itself that does not end the session. */
  channelLost(why: { readonly closeCode: number; readonly words: string }, nowMs: number): void {
    const now = this.advance(nowMs);
    const tooLarge = this.largeMessages.blame(why.closeCode, this.outbox.head());
    if (this.phase === 'ending') this.finish('closed-here', '');
    else if (tooLarge) this.finish('message-too-large', why.words);
    if (this.phase === 'ended') return;
    this.channel.didClose(now);
    this.events.push({ kind: 'reconnecting', why: why.words });
    this.work(now);
  }

  /** One binary message of the channel. */
  channelMessage(bytes: Uint8Array, nowMs: number): void {
    const now = this.advance(nowMs);
    if (this.phase === 'ended' || !this.channel.isOpen) return;
    this.channel.heard(now);
    this.mux.endSlowReaders();
    const message = decodeMessage(bytes, this.tools);
    if (isMessageFault(message)) this.faults += 1;
    else this.receive(message, now);
    this.work(now);
  }

  /** A pong, or any other sign of life of the gateway that carries nothing. */
  channelHeard(nowMs: number): void {
    this.channel.heard(this.advance(nowMs));
  }

  canOpenStream(): boolean {
    return this.phase === 'ready' && this.mux.canOpen();
  }

  openStream(nowMs: number): number {
    const now = this.advance(nowMs);
    assert(this.canOpenStream(), 'a stream is opened only where canOpenStream says so');
    const stream = this.mux.openStream(now);
    this.streamsWakeMs = now;
    this.work(now);
    return stream;
  }

  /** Queues bytes; they survive a lost channel. False: wait for `drain` before writing more. */
  write(stream: number, bytes: Uint8Array, nowMs: number): boolean {
    const now = this.advance(nowMs);
    const more = this.mux.write(stream, bytes);
    this.work(now);
    return more;
  }

  consumed(stream: number, bytes: number): void {
    this.mux.consumed(stream, bytes);
  }

  halfClose(stream: number, nowMs: number): void {
    const now = this.advance(nowMs);
    this.mux.halfClose(stream, now);
    this.streamsWakeMs = now;
    this.work(now);
  }

  closeStream(stream: number, abort: boolean, nowMs: number): void {
    const now = this.advance(nowMs);
    this.mux.close(stream, abort);
    this.work(now);
  }

  /** Ends the session: tells the agent, and waits a moment for its word. */
  end(nowMs: number): void {
    const now = this.advance(nowMs);
    if (this.phase === 'ended' || this.phase === 'ending') return;
    if (!this.channel.isOpen) {
      this.finish('closed-here', '');
      return;
    }
    this.phase = 'ending';
    this.endAtMs = now + this.limits.endMsMax;
    this.endSequence = this.outbox.sequence;
    this.send(PAYLOAD.flag, Uint8Array.of(0, 0, 0, FLAG.terminateSession), now);
  }

  /** Lets time pass. */
  tick(nowMs: number): void {
    this.work(this.advance(nowMs));
  }

  /** Milliseconds until `tick` must be called; never long, so that a leap of the clock is noticed. */
  nextWakeMs(): number {
    if (this.phase === 'ended') return WAKE_WITHIN_MS;
    const now = this.elapsed.ms;
    let next = Math.min(now + WAKE_WITHIN_MS, this.channel.nextMs());
    if (this.phase === 'ending') next = Math.min(next, this.endAtMs);
    if (this.phase === 'settling') next = Math.min(next, this.readyAtMs);
    if (this.channel.isOpen) {
      next = Math.min(next, this.streamsWakeMs ?? next);
      next = Math.min(next, this.outbox.nextDueMs() ?? next);
      if (this.canSend()) next = Math.min(next, now + this.pace.waitMs(now));
      if (this.heartbeatEveryMs > 0) next = Math.min(next, this.lastDataMs + this.heartbeatEveryMs);
    }
    return Math.max(0, Math.ceil(next - now));
  }

  private advance(wallMs: number): number {
    this.wallMs = wallMs;
    if (this.elapsed.advance(wallMs)) this.channel.didLeap(this.elapsed.ms);
    return this.elapsed.ms;
  }

  private receive(message: AgentMessage, now: number): void {
    const type = message.messageType;
    if (type === MESSAGE_TYPE.output) this.receiveOutput(message, now);
    else if (type === MESSAGE_TYPE.acknowledge) this.receiveAcknowledgement(message, now);
    else if (type === MESSAGE_TYPE.channelClosed) {
      const code = this.phase === 'ending' ? 'closed-here' : 'closed-by-service';
      this.finish(code, readClosedNotice(message));
    } else if (isPublication(type)) {
      this.events.push({ kind: 'agent-away', away: type === MESSAGE_TYPE.pausePublication });
    }
  }

  private receiveOutput(message: AgentMessage, now: number): void {
    const acceptance = this.inbox.accept(message);
    if (acceptance === 'refused') return;
    const bytes = encodeAcknowledgement(message, this.wallMs, this.tools);
    this.writes.push({ kind: 'binary', bytes });
    if (acceptance !== 'deliver') return;
    for (let next: AgentMessage | undefined = message; next !== undefined; next = this.inbox.release())
      if (this.phase !== 'ended') this.deliver(next, now);
  }

  private receiveAcknowledgement(message: AgentMessage, now: number): void {
    const sequence = readAcknowledgedSequence(message);
    if (sequence === undefined) {
      this.faults += 1;
      return;
    }
    this.outbox.acknowledge(sequence, now);
    if (this.phase === 'ending' && sequence === this.endSequence) this.finish('closed-here', '');
  }

  private deliver(message: AgentMessage, now: number): void {
    const { payload, payloadType } = message;
    if (payloadType === PAYLOAD.handshakeRequest) this.receiveHandshake(payload, now);
    else if (payloadType === PAYLOAD.handshakeComplete && this.phase === 'handshake') {
      this.notice = readCustomerMessage(payload);
      this.phase = 'settling';
      this.readyAtMs = now + this.limits.settleMs;
    } else if (payloadType === PAYLOAD.output) {
      this.receivedBytes += payload.length;
      this.lastDataMs = now;
      if (!this.mux.receive(payload, now)) this.finish('frames-broken', '');
    } else if (payloadType === PAYLOAD.flag && payload[3] === FLAG.connectToPortError) {
      this.mux.noteFailedDial();
    }
  }

  private receiveHandshake(payload: Uint8Array, now: number): void {
    if (this.phase !== 'handshake') return;
    const answer = answerHandshake(payload);
    this.agentVersion = answer.agentVersion;
    if (answer.needsHeartbeat && this.heartbeatEveryMs === 0) this.heartbeatEveryMs = HEARTBEAT_EVERY_MS;
    this.send(PAYLOAD.handshakeResponse, answer.payload, now);
    if (answer.fault !== undefined) this.finish(answer.fault, answer.agentVersion);
  }

  /** Everything time and room allow: deadlines, resends, new messages. */
  private work(now: number): void {
    if (this.phase === 'ended') return;
    this.checkChannel(now);
    this.checkDeadlines(now);
    if (this.hasEnded || !this.channel.isOpen) return;
    if ((this.outbox.nextDueMs() ?? Infinity) <= now)
      for (const bytes of this.outbox.due(now)) this.writes.push({ kind: 'binary', bytes });
    this.sendStreams(now);
    this.sendHeartbeat(now);
  }

  private checkChannel(now: number): void {
    const need = this.channel.need(now);
    if (need === 'ping') this.writes.push({ kind: 'ping' });
    if (need === 'give-up') this.finish('unreachable', '');
    if (need === 'open-channel') this.events.push({ kind: 'open-channel', attempt: this.channel.attempt });
    if (need !== 'drop-channel') return;
    this.events.push({ kind: 'drop-channel' });
    this.channel.didClose(now);
    this.events.push({ kind: 'reconnecting', why: 'the gateway no longer answers' });
  }

  private checkDeadlines(now: number): void {
    if (this.phase === 'settling' && now >= this.readyAtMs) {
      this.phase = 'ready';
      this.lastDataMs = now;
      this.events.push({ kind: 'ready', agentVersion: this.agentVersion, notice: this.notice });
    }
    const over = this.deadlineOver(now);
    if (over !== undefined) this.finish(over, '');
    if (this.streamsWakeMs === undefined || now < this.streamsWakeMs || !this.channel.isOpen) return;
    this.streamsWakeMs = this.mux.tick(now);
  }

  private deadlineOver(now: number): SessionEndCode | undefined {
    if (this.phase === 'ending' && now >= this.endAtMs) return 'closed-here';
    if (!this.channel.isOpen) return undefined;
    const { handshakeMsMax, agentSilentMsMax } = this.limits;
    const unshaken = this.phase === 'handshake' && this.channel.openForMs(now) >= handshakeMsMax;
    if (unshaken && this.channel.isAnswered(now)) return 'handshake-timeout';
    return this.outbox.stuckForMs(now) >= agentSilentMsMax ? 'agent-silent' : undefined;
  }

  private canSend(): boolean {
    return (
      this.phase === 'ready' &&
      this.mux.hasWork &&
      this.outbox.bytes < this.limits.unacknowledgedBytesMax &&
      this.outbox.messages < this.limits.unacknowledgedMessagesMax
    );
  }

  private sendStreams(now: number): void {
    while (this.canSend() && this.pace.take(now)) {
      const length = this.mux.fill(this.scratch);
      if (length === 0) {
        this.pace.giveBack();
        return;
      }
      this.lastDataMs = now;
      this.send(PAYLOAD.output, this.scratch.subarray(0, length), now);
    }
  }

  private sendHeartbeat(now: number): void {
    if (this.phase !== 'ready' || this.heartbeatEveryMs === 0) return;
    if (now - this.lastDataMs < this.heartbeatEveryMs) return;
    this.lastDataMs = now;
    this.send(PAYLOAD.output, encodeFrame(FRAME.nothing, 0), now);
  }

  private send(payloadType: number, payload: Uint8Array, now: number): void {
    const { sequence } = this.outbox;
    const createdMs = this.wallMs;
    const bytes = encodeInput({ sequence, createdMs, payloadType, payload }, this.tools);
    this.outbox.add(bytes, now, this.channel.isOpen);
    this.sentBytes += payload.length;
    if (this.channel.isOpen) this.writes.push({ kind: 'binary', bytes });
  }

  private finish(code: SessionEndCode, notice: string): void {
    if (this.phase === 'ended') return;
    this.phase = 'ended';
    this.mux.endAll();
    this.events.push({ kind: 'drop-channel' }, { kind: 'ended', end: { code, notice } });
  }
}
