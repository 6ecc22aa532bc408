/**
 * A client's session and an agent's, on a simulated network, in virtual time. Everything that chance decides
 * comes from one seed, so a run that fails can be repeated exactly.
 */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { AGENT_OPTIONS, type AgentEvent, SessionAgent } from '../../src/local/session-agent.ts';
import type { MessageTools } from '../../src/tunnel/message.ts';
import { encodeMessage, MESSAGE_TYPE } from '../../src/tunnel/message.ts';
import type { StreamEnd } from '../../src/tunnel/mux.ts';
import { Session } from '../../src/tunnel/session.ts';
import type { SessionEnd, SessionEvent } from '../../src/tunnel/session-events.ts';
import { SESSION_LIMITS } from '../../src/tunnel/session-limits.ts';
import { TunnelChance } from './tunnel-chance.ts';
import { VirtualTime } from './virtual-time.ts';

/** Faults happen until here; afterwards the network is kind, and everything must come to its end. */
const FAULTS_UNTIL_MS = 20_000;
const UNTIL_MS = 2 * 60 * 60_000;
const TARGET_CHUNK_BYTES_MAX = 3_000;
const STREAM_BYTES_MAX_TINY = 500;
const STREAM_BYTES_MAX_SMALL = 4_000;
const STREAM_BYTES_MAX_LARGE = 60_000;
/** Received and unread bytes a stream may have in these runs before it is ended as too slow. */
const INCOMING_BYTES_MAX = 20_000;

export interface SimulationResult {
  readonly end: SessionEnd | undefined;
  readonly streamEnds: readonly (StreamEnd | 'finished' | undefined)[];
  readonly channels: number;
  readonly resends: number;
  readonly messages: number;
  readonly virtualMs: number;
}

interface Plan {
  readonly index: number;
  readonly upBytes: number;
  readonly downBytes: number;
  readonly dial: 'reached' | 'refused' | 'never';
  readonly reader: 'prompt' | 'slow' | 'never';
  readonly closer: 'client' | 'target';
}

interface ClientStream {
  readonly plan: Plan;
  id: number;
  written: number;
  got: number;
  waiting: boolean;
  end: StreamEnd | 'finished' | undefined;
}

interface TargetStream {
  readonly plan: Plan;
  sent: number;
  got: number;
  open: boolean;
  paused: boolean;
}

/** Byte `at` of a stream's content, the same on both sides. */
function contentAt(plan: Plan, direction: 'up' | 'down', at: number): number {
  return (at * 31 + (at >> 8) * 17 + plan.index * 101 + (direction === 'up' ? 7 : 3)) & 255;
}

function content(plan: Plan, direction: 'up' | 'down', from: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = contentAt(plan, direction, from + i);
  return bytes;
}

function checkContent(plan: Plan, direction: 'up' | 'down', from: number, bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++)
    if (bytes[i] !== contentAt(plan, direction, from + i))
      assert.fail(`stream ${plan.index}, ${direction}: byte ${from + i} is not what was sent`);
}

export class TunnelSimulation {
  private readonly chance: TunnelChance;
  private readonly time = new VirtualTime();
  private readonly tools: MessageTools & { random(): number };
  private readonly client: Session;
  private readonly agent: SessionAgent;
  private readonly loss: number;
  private readonly twice: number;
  private readonly late: number;
  private readonly delayMs: number;
  private readonly bytesMax: number;
  private readonly plans: Plan[] = [];
  private readonly streams = new Map<number, ClientStream>();
  private readonly targets = new Map<number, TargetStream>();
  private readonly notYet: Plan[] = [];
  private clientChannel = 0;
  private clientOpen = false;
  private clientSilent = false;
  private agentChannel = 0;
  private agentOpen = false;
  private wallOffsetMs = 1_700_000_000_000;
  private token = '';
  private tokens = 0;
  private unreachableUntilMs = 0;
  private gone = false;
  private clientWake = -1;
  private agentWake = -1;
  private end: SessionEnd | undefined;
  private messages = 0;
  private ids = 0;

  constructor(seed: number) {
    const chance = new TunnelChance(seed);
    this.chance = chance;
    this.tools = {
      sha256: (bytes) => hash('sha256', bytes, 'buffer'),
      newId: () => `00000000-0000-4000-a000-${(this.ids++).toString(16).padStart(12, '0')}`,
      random: () => chance.next(),
    };
    const rough = chance.chance(0.6);
    this.loss = rough ? chance.next() * 0.15 : 0;
    this.twice = rough ? chance.next() * 0.1 : 0;
    this.late = rough ? chance.next() * 0.2 : 0;
    this.delayMs = chance.pick([0, 1, 5, 40, 150]);
    // Tiny payloads split every frame, large ones hold many; long streams go with large ones only.
    const tiny = chance.chance(0.4);
    this.bytesMax = tiny ? STREAM_BYTES_MAX_TINY : STREAM_BYTES_MAX_SMALL;
    this.client = new Session(
      {
        ...SESSION_LIMITS,
        payloadBytesMax: tiny ? chance.between(9, 40) : chance.pick([512, 1_024, 4_096, 16_384]),
        unacknowledgedMessagesMax: chance.pick([2, 16, 4_096]),
        mux: { ...SESSION_LIMITS.mux, incomingBytesMax: INCOMING_BYTES_MAX },
      },
      this.tools,
    );
    this.agent = new SessionAgent(
      {
        ...AGENT_OPTIONS,
        notReadyMs: chance.pick([0, 3, 250]),
        payloadBytes: tiny ? chance.between(7, 40) : chance.pick([512, 1_024, 1_024, 4_000]),
        messagesPerMs: chance.pick([1, Infinity]),
      },
      this.tools,
    );
    this.planStreams();
    this.planFaults();
  }

  /** Runs to the end, checking every byte on its way. Throws where a promise is broken. */
  run(): SimulationResult {
    this.time.after(0, () => this.connectAgent());
    this.time.after(0, () => this.tickClient());
    while (!this.isOver() && this.time.step(UNTIL_MS)) {
      // Everything is done by what is due.
    }
    this.checkEnds();
    const { channels, resends } = this.client.counters();
    return {
      end: this.end,
      streamEnds: this.plans.map((plan) => this.streams.get(plan.index)?.end),
      channels,
      resends,
      messages: this.messages,
      virtualMs: this.time.nowMs,
    };
  }

  private get now(): number {
    return this.time.nowMs;
  }

  private get wall(): number {
    return this.time.nowMs + this.wallOffsetMs;
  }

  private get faulty(): boolean {
    return this.now < FAULTS_UNTIL_MS;
  }

  private planStreams(): void {
    const chance = this.chance;
    const count = chance.between(1, 4);
    for (let index = 0; index < count; index++) {
      const large = this.bytesMax === STREAM_BYTES_MAX_SMALL && chance.chance(0.1);
      const most = large ? STREAM_BYTES_MAX_LARGE : this.bytesMax;
      const plan: Plan = {
        index,
        upBytes: chance.between(0, most),
        downBytes: chance.between(1, most),
        dial: chance.chance(0.08) ? 'refused' : chance.chance(0.03) ? 'never' : 'reached',
        reader: chance.chance(large ? 0.4 : 0.1) ? 'never' : chance.chance(0.2) ? 'slow' : 'prompt',
        closer: chance.pick(['client', 'target']),
      };
      this.plans.push(plan);
      this.time.after(chance.between(0, FAULTS_UNTIL_MS / 2), () => {
        this.notYet.push(plan);
        this.openStreams();
      });
    }
  }

  private planFaults(): void {
    const chance = this.chance;
    const at = (act: () => void) => this.time.after(chance.between(0, FAULTS_UNTIL_MS), act);
    for (let i = chance.between(0, 4); i > 0; i--) at(() => this.killClient(chance.chance(0.3)));
    for (let i = chance.between(0, 3); i > 0; i--) at(() => this.killAgent());
    for (let i = chance.between(0, 1); i > 0; i--) at(() => this.leapClock());
    for (let i = chance.between(0, 2); i > 0; i--) at(() => this.pausePublication());
    if (chance.chance(0.15))
      at(() => {
        this.unreachableUntilMs = this.now + chance.between(1_000, 10 * 60_000);
      });
    if (chance.chance(0.05))
      at(() => {
        this.gone = true;
        this.killClient(false);
      });
    if (chance.chance(0.03)) at(() => this.channelClosed());
  }

  /** Sleep, or a clock set by hand: forwards up to a day, or back. */
  private leapClock(): void {
    this.wallOffsetMs += this.chance.between(-3_600_000, 86_400_000);
    this.tickClient();
  }

  private pausePublication(): void {
    const pause = this.gatewayMessage(MESSAGE_TYPE.pausePublication, '{}');
    if (this.agentOpen) this.agent.channelMessage(pause, this.now);
    if (this.clientOpen) this.client.channelMessage(pause, this.wall);
    // The gateway takes it back later; anything the client sends does as well.
    const channel = this.agentChannel;
    this.time.after(this.chance.between(10, 5_000), () => {
      if (channel === this.agentChannel && this.agentOpen)
        this.agent.channelMessage(this.gatewayMessage(MESSAGE_TYPE.startPublication, '{}'), this.now);
      this.pumpAgent();
    });
    this.pumpAgent();
    this.pumpClient();
  }

  private channelClosed(): void {
    this.gone = true;
    if (!this.clientOpen) return;
    const notice = '{"Output":"Session idle"}';
    this.client.channelMessage(this.gatewayMessage(MESSAGE_TYPE.channelClosed, notice), this.wall);
    this.pumpClient();
  }

  private gatewayMessage(messageType: string, text: string): Uint8Array {
    const payload = new TextEncoder().encode(text);
    const fixed = { schemaVersion: 1, createdMs: 1, sequence: 0, flags: 3, payloadType: 0 };
    return encodeMessage({ ...fixed, messageType, messageId: this.tools.newId(), payload }, this.tools);
  }

  // The client's side.

  private tickClient(): void {
    this.client.tick(this.wall);
    this.pumpClient();
  }

  private pumpClient(): void {
    for (const write of this.client.takeWrites()) this.fromClient(write);
    for (const event of this.client.takeEvents()) this.clientEvent(event);
    const wakeAtMs = this.now + this.client.nextWakeMs();
    if (this.end !== undefined || (this.clientWake >= this.now && this.clientWake <= wakeAtMs)) return;
    this.clientWake = wakeAtMs;
    this.time.after(wakeAtMs - this.now, () => {
      if (this.clientWake === this.now) this.clientWake = -1;
      this.tickClient();
    });
  }

  private fromClient(write: ReturnType<Session['takeWrites']>[number]): void {
    const channel = this.clientChannel;
    if (!this.clientOpen || this.clientSilent) return;
    if (write.kind === 'text') {
      assert.equal(JSON.parse(write.text).TokenValue, this.token, 'a channel opens with its own token');
      this.token = '';
    } else if (write.kind === 'ping') {
      this.time.after(2 * this.delayMs, () => {
        if (channel === this.clientChannel && !this.clientSilent) this.client.channelHeard(this.wall);
      });
    } else this.carry(write.bytes, () => this.agentReceives(write.bytes, channel));
  }

  private agentReceives(bytes: Uint8Array, channel: number): void {
    if (channel !== this.clientChannel && this.faulty) return;
    if (!this.agentOpen) return;
    this.messages += 1;
    this.agent.channelMessage(bytes, this.now);
    this.pumpAgent();
  }

  private clientEvent(event: SessionEvent): void {
    if (event.kind === 'open-channel') this.openChannel();
    else if (event.kind === 'drop-channel') this.clientOpen = false;
    else if (event.kind === 'ready' || event.kind === 'reconnected') this.openStreams();
    else if (event.kind === 'ended') this.end = event.end;
    else if (event.kind === 'data') this.clientData(event.stream, event.bytes);
    else if (event.kind === 'drain') this.writeMore(this.streamOf(event.stream));
    else if (event.kind === 'stream-ended') this.clientStreamEnded(event.stream, event.end);
  }

  /** Resume, connect, and all that can go wrong with both. */
  private openChannel(): void {
    this.time.after(this.delayMs + this.chance.between(0, 50), () => {
      if (this.end !== undefined) return;
      if (this.gone) {
        this.client.channelRefused('not-resumable', '', this.wall);
      } else if (this.now < this.unreachableUntilMs || (this.faulty && this.chance.chance(0.2))) {
        this.client.channelFailed(this.wall);
      } else {
        this.clientChannel += 1;
        this.clientOpen = true;
        this.clientSilent = false;
        this.token = `token-${this.tokens++}`;
        this.client.channelOpened(this.token, this.wall);
        // Now and then the gateway refuses the token, after the socket was opened.
        if (this.faulty && this.chance.chance(0.1)) this.killClient(false);
      }
      this.pumpClient();
    });
  }

  private killClient(silently: boolean): void {
    if (!this.clientOpen) return;
    if (silently) {
      this.clientSilent = true;
      return;
    }
    this.clientOpen = false;
    this.clientChannel += 1;
    this.client.channelLost({ closeCode: 1006, words: 'the connection was reset' }, this.wall);
    this.pumpClient();
  }

  private openStreams(): void {
    while (this.notYet.length > 0 && this.client.canOpenStream()) {
      const plan = this.notYet.shift() as Plan;
      const stream: ClientStream = { plan, id: 0, written: 0, got: 0, waiting: false, end: undefined };
      stream.id = this.client.openStream(this.wall);
      this.streams.set(plan.index, stream);
      this.byId.set(stream.id, stream);
      this.time.after(this.chance.between(0, 200), () => this.writeMore(stream));
    }
    this.pumpClient();
  }

  private readonly byId = new Map<number, ClientStream>();

  private streamOf(id: number): ClientStream {
    return this.byId.get(id) as ClientStream;
  }

  private writeMore(stream: ClientStream): void {
    const { plan } = stream;
    while (stream.end === undefined && stream.written < plan.upBytes) {
      const length = Math.min(this.chance.between(1, TARGET_CHUNK_BYTES_MAX), plan.upBytes - stream.written);
      const more = this.client.write(stream.id, content(plan, 'up', stream.written, length), this.wall);
      stream.written += length;
      if (!more) break;
    }
    this.finishIfDone(stream);
    this.pumpClient();
  }

  private clientData(id: number, bytes: Uint8Array): void {
    const stream = this.streamOf(id);
    assert.equal(stream.end, undefined, 'an ended stream gets no more bytes');
    checkContent(stream.plan, 'down', stream.got, bytes);
    stream.got += bytes.length;
    const { length } = bytes;
    if (stream.plan.reader === 'prompt') this.client.consumed(id, length);
    else if (stream.plan.reader === 'slow')
      this.time.after(this.chance.between(1, 300), () => this.client.consumed(id, length));
    this.finishIfDone(stream);
  }

  private finishIfDone(stream: ClientStream): void {
    const { plan } = stream;
    if (plan.closer !== 'client' || stream.end !== undefined) return;
    if (stream.got < plan.downBytes || stream.written < plan.upBytes) return;
    stream.end = 'finished';
    this.client.closeStream(stream.id, false, this.wall);
  }

  private clientStreamEnded(id: number, end: StreamEnd): void {
    const stream = this.streamOf(id);
    assert.equal(stream.end, undefined, 'a stream ends once');
    stream.end = end;
  }

  // The agent's side.

  private connectAgent(): void {
    this.agentOpen = true;
    this.agentChannel += 1;
    this.agent.channelOpened(this.now);
    this.pumpAgent();
  }

  private killAgent(): void {
    if (!this.agentOpen) return;
    this.agentOpen = false;
    this.agentChannel += 1;
    this.agent.channelLost();
    this.time.after(this.chance.between(10, 5_000), () => this.connectAgent());
  }

  private pumpAgent(): void {
    for (const bytes of this.agent.takeWrites()) this.fromAgent(bytes);
    for (const event of this.agent.takeEvents()) this.agentEvent(event);
    const wakeAtMs = this.now + this.agent.nextWakeMs(this.now);
    if (!Number.isFinite(wakeAtMs) || (this.agentWake >= this.now && this.agentWake <= wakeAtMs)) return;
    this.agentWake = wakeAtMs;
    this.time.after(wakeAtMs - this.now, () => {
      if (this.agentWake === this.now) this.agentWake = -1;
      this.agent.tick(this.now);
      this.pumpAgent();
    });
  }

  private fromAgent(bytes: Uint8Array): void {
    const channel = this.agentChannel;
    if (!this.agentOpen) return;
    this.carry(bytes, () => {
      // What was under way on a socket that is gone is lost with it; the gateway keeps nothing for absent clients.
      if (channel !== this.agentChannel && this.faulty) return;
      if (!this.clientOpen || this.clientSilent) return;
      this.messages += 1;
      // Now and then the bytes lie somewhere inside a larger buffer, as they do behind a socket.
      const shifted = new Uint8Array(bytes.length + 5);
      shifted.set(bytes, 5);
      this.client.channelMessage(shifted.subarray(5), this.wall);
      this.pumpClient();
    });
  }

  /** The network between gateway and peer: late, twice, out of order, or never. */
  private carry(bytes: Uint8Array, deliver: () => void): void {
    assert.ok(bytes.length > 120, 'no message is empty');
    if (!this.faulty) {
      this.time.after(this.delayMs, deliver);
      return;
    }
    if (this.chance.chance(this.loss)) return;
    const lateMs = this.chance.chance(this.late) ? this.chance.between(1, 200) : 0;
    this.time.after(this.delayMs + lateMs, deliver);
    if (this.chance.chance(this.twice)) this.time.after(this.delayMs + this.chance.between(0, 300), deliver);
  }

  private agentEvent(event: AgentEvent): void {
    if (event.kind === 'ended') this.channelClosed();
    else if (event.kind === 'dial') this.dial(event.stream);
    else this.streamEvent(event);
  }

  private streamEvent(event: Exclude<AgentEvent, { kind: 'ended' | 'dial' }>): void {
    const target = this.targets.get(event.stream);
    if (target === undefined) return;
    if (event.kind === 'to-target') this.targetData(event.stream, target, event.bytes);
    else if (event.kind === 'close-target') target.open = false;
    else target.paused = event.kind === 'pause-target';
    if (event.kind === 'resume-target') this.targetSends(event.stream, target);
  }

  private dial(id: number): void {
    const plan = this.streamOf(id).plan;
    // A dial that hangs holds up every later one until the operating system gives up.
    const ms = plan.dial === 'never' ? 130_000 : this.chance.between(0, 30);
    this.time.after(ms, () => {
      const target = { plan, sent: 0, got: 0, open: plan.dial === 'reached', paused: false };
      if (target.open) this.targets.set(id, target);
      this.agent.dialed(id, target.open, this.now);
      this.pumpAgent();
      if (target.open) this.targetSends(id, target);
    });
  }

  private targetSends(id: number, target: TargetStream): void {
    if (!target.open || target.paused) return;
    const { plan } = target;
    const length = Math.min(this.chance.between(1, TARGET_CHUNK_BYTES_MAX), plan.downBytes - target.sent);
    if (length > 0) {
      this.agent.targetData(id, content(plan, 'down', target.sent, length), this.now);
      target.sent += length;
      this.time.after(this.chance.between(0, 20), () => this.targetSends(id, target));
    } else this.closeTargetIfDone(id, target);
    this.pumpAgent();
  }

  private targetData(id: number, target: TargetStream, bytes: Uint8Array): void {
    checkContent(target.plan, 'up', target.got, bytes);
    target.got += bytes.length;
    assert.ok(target.got <= target.plan.upBytes, 'no byte arrives twice');
    this.closeTargetIfDone(id, target);
  }

  private closeTargetIfDone(id: number, target: TargetStream): void {
    const { plan } = target;
    if (plan.closer !== 'target' || !target.open) return;
    if (target.sent < plan.downBytes || target.got < plan.upBytes) return;
    target.open = false;
    this.agent.targetClosed(id, this.now);
  }

  // The end.

  private isOver(): boolean {
    if (this.end !== undefined) return true;
    if (this.now < FAULTS_UNTIL_MS || this.streams.size < this.plans.length) return false;
    return this.plans.every((plan) => this.isStreamOver(plan));
  }

  private isStreamOver(plan: Plan): boolean {
    const stream = this.streams.get(plan.index) as ClientStream;
    if (stream.end === undefined) return false;
    // What the client wrote before it closed must still arrive.
    return stream.end !== 'finished' || this.targets.get(stream.id)?.got === plan.upBytes;
  }

  private checkEnds(): void {
    if (this.end === undefined)
      for (const plan of this.plans)
        assert.ok(
          this.streams.has(plan.index) && this.isStreamOver(plan),
          `stream ${plan.index} neither arrived nor ended`,
        );
    else assert.ok(this.gone, `the session ended although it could live: ${this.end.code}`);
    for (const stream of this.streams.values()) this.checkStreamEnd(stream);
  }

  private checkStreamEnd({ plan, id, end, got }: ClientStream): void {
    const where = `stream ${plan.index}`;
    if (this.end !== undefined && end === 'session-lost') return;
    assert.notEqual(end, undefined, `${where}: its session ended and it was not told`);
    if (end === 'closed') {
      assert.equal(got, plan.downBytes, `${where}: it ended well before all its bytes came`);
      assert.equal(this.targets.get(id)?.got, plan.upBytes, `${where}: it ended well, its upload did not`);
    }
    if (end === 'dial-failed') assert.ok(plan.dial !== 'reached', `${where}: its dial did not fail`);
    if (end === 'too-slow') assert.notEqual(plan.reader, 'prompt', `${where}: its reader was not slow`);
    // One dial that hangs may leave others without an answer, too, and so may minutes of pauses and losses.
    if (end === 'no-answer') assert.equal(got, 0, `${where}: it had its answer`);
    assert.notEqual(end, 'session-lost', `${where}: the session was not lost`);
  }
}
