import assert from 'node:assert/strict';
import { hash, randomUUID } from 'node:crypto';
import test from 'node:test';
import { AGENT_OPTIONS, SessionAgent } from '../../src/local/session-agent.ts';
import {
  decodeMessage,
  encodeInput,
  encodeMessage,
  isMessageFault,
  MESSAGE_TYPE,
  PAYLOAD,
} from '../../src/tunnel/message.ts';
import { Session } from '../../src/tunnel/session.ts';
import type { ChannelWrite, SessionEvent } from '../../src/tunnel/session-events.ts';
import { SESSION_LIMITS, type SessionLimits } from '../../src/tunnel/session-limits.ts';

const tools = {
  sha256: (bytes: Uint8Array) => hash('sha256', bytes, 'buffer'),
  newId: randomUUID,
  random: () => 0.5,
};
const START_MS = 1_700_000_000_000;

/** A session and an agent, wired directly, in time that the test moves. */
class Pair {
  readonly session: Session;
  readonly agent = new SessionAgent(AGENT_OPTIONS, tools);
  readonly events: SessionEvent[] = [];
  readonly writes: ChannelWrite[] = [];
  nowMs = START_MS;

  constructor(limits: Partial<SessionLimits> = {}) {
    this.session = new Session({ ...SESSION_LIMITS, ...limits }, tools);
    this.session.tick(this.nowMs);
    this.settle();
  }

  open(): void {
    this.session.channelOpened('token', this.nowMs);
    this.agent.channelOpened(this.nowMs);
    this.settle();
  }

  ready(): void {
    this.open();
    this.pass(SESSION_LIMITS.settleMs);
    assert.ok(this.session.isReady);
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.session.tick(this.nowMs);
    this.agent.tick(this.nowMs);
    this.settle();
  }

  settle(): void {
    for (;;) {
      const writes = this.session.takeWrites();
      const answers = this.agent.takeWrites();
      this.events.push(...this.session.takeEvents());
      if (writes.length === 0 && answers.length === 0) return;
      this.writes.push(...writes);
      for (const write of writes)
        if (write.kind === 'binary') this.agent.channelMessage(write.bytes, this.nowMs);
      for (const bytes of answers) this.session.channelMessage(bytes, this.nowMs);
    }
  }

  kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }

  ended(): string | undefined {
    const event = this.events.find(({ kind }) => kind === 'ended');
    return event?.kind === 'ended' ? event.end.code : undefined;
  }
}

test('the first thing on a channel is the open message, with the reference client’s keys in order', () => {
  const pair = new Pair();
  pair.open();
  const [first] = pair.writes;
  assert.ok(first?.kind === 'text');
  const keys = ['MessageSchemaVersion', 'RequestId', 'TokenValue', 'ClientId', 'ClientVersion'];
  assert.deepEqual(Object.keys(JSON.parse(first.text)), keys);
});

test('no data leaves before the handshake is complete, and a moment after', () => {
  const pair = new Pair();
  pair.open();
  assert.equal(pair.session.canOpenStream(), false);
  pair.pass(SESSION_LIMITS.settleMs);
  assert.equal(pair.session.canOpenStream(), true);
});

test('every channel wants a token of its own, and the first attempt after a loss goes at once', () => {
  const pair = new Pair();
  pair.ready();
  pair.pass(6_000);
  pair.events.length = 0;
  pair.session.channelLost({ closeCode: 1000, words: 'Bye' }, pair.nowMs);
  pair.settle();
  assert.deepEqual(pair.kinds(), ['reconnecting', 'open-channel']);
});

test('failed attempts wait longer and longer, and a leap of the clock ends the wait', () => {
  const pair = new Pair();
  pair.ready();
  pair.pass(6_000);
  pair.session.channelLost({ closeCode: 1006, words: '' }, pair.nowMs);
  const waits: number[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    pair.session.channelFailed(pair.nowMs);
    pair.session.takeEvents();
    waits.push(pair.session.nextWakeMs());
    pair.nowMs += pair.session.nextWakeMs();
    pair.session.tick(pair.nowMs);
  }
  assert.deepEqual(
    waits,
    [...waits].sort((a, b) => a - b),
  );
  pair.session.channelFailed(pair.nowMs);
  pair.session.takeEvents();
  pair.nowMs += 8 * 3_600_000;
  pair.session.tick(pair.nowMs);
  assert.deepEqual(pair.session.takeEvents(), [{ kind: 'open-channel', attempt: 7 }]);
});

test('a channel that falls silent is pinged, then replaced', () => {
  const pair = new Pair();
  pair.ready();
  for (let second = 0; second < 30; second++) pair.pass(1_000);
  assert.ok(pair.writes.some(({ kind }) => kind === 'ping'));
  assert.deepEqual(pair.kinds().slice(-3), ['drop-channel', 'reconnecting', 'open-channel']);
});

test('after sleep the channel must prove itself within seconds', () => {
  const pair = new Pair();
  pair.ready();
  pair.writes.length = 0;
  pair.pass(3_600_000);
  assert.deepEqual(pair.writes, [{ kind: 'ping' }]);
  pair.pass(5_000);
  assert.ok(pair.kinds().includes('drop-channel'));
  assert.equal(pair.ended(), undefined);
});

test('the end is told to the agent, and waits for its word', () => {
  const pair = new Pair();
  pair.ready();
  pair.session.end(pair.nowMs);
  assert.equal(pair.session.hasEnded, false);
  pair.settle();
  assert.equal(pair.ended(), 'closed-here');
  assert.ok(pair.agent.takeEvents().some(({ kind }) => kind === 'ended') || pair.agent.hasEnded);
});

test('an end that nobody acknowledges takes two seconds', () => {
  const pair = new Pair();
  pair.ready();
  pair.session.end(pair.nowMs);
  pair.session.takeWrites();
  pair.session.tick(pair.nowMs + SESSION_LIMITS.endMsMax);
  assert.equal(pair.session.hasEnded, true);
});

test('closed streams never come back to life, and a lost session ends every open one', () => {
  const pair = new Pair();
  pair.ready();
  const streams = [pair.session.openStream(pair.nowMs), pair.session.openStream(pair.nowMs)];
  assert.deepEqual(streams, [3, 5]);
  pair.session.closeStream(3, false, pair.nowMs);
  pair.session.channelRefused('not-resumable', '', pair.nowMs);
  pair.settle();
  const ends = pair.events.filter(({ kind }) => kind === 'stream-ended');
  assert.deepEqual(ends, [{ kind: 'stream-ended', stream: 5, end: 'session-lost' }]);
});

test('no frame is sent to keep a session alive unless asked for', () => {
  const sent = (keepAliveEveryMs: number) => {
    const pair = new Pair({ keepAliveEveryMs });
    pair.ready();
    const before = pair.session.counters().sentBytes;
    for (let second = 0; second < 120; second++) {
      pair.session.channelHeard(pair.nowMs);
      pair.pass(1_000);
    }
    return pair.session.counters().sentBytes - before;
  };
  assert.equal(sent(0), 0);
  assert.equal(sent(45_000), 2 * 8);
});

test('messages keep to their number per second', () => {
  const pair = new Pair({ messagesPerSecondMax: 100, messagesBurst: 10, payloadBytesMax: 64 });
  pair.ready();
  const stream = pair.session.openStream(pair.nowMs);
  pair.session.write(stream, new Uint8Array(100_000), pair.nowMs);
  pair.settle();
  const before = pair.session.counters().sentBytes;
  for (let tick = 0; tick < 100; tick++) pair.pass(10);
  const messages = (pair.session.counters().sentBytes - before) / 64;
  assert.ok(messages >= 99 && messages <= 101, `${messages} messages in a second`);
});

test('a writer is stopped while its stream waits, and told when it may go on', () => {
  const pair = new Pair();
  pair.ready();
  const stream = pair.session.openStream(pair.nowMs);
  pair.session.channelLost({ closeCode: 1006, words: '' }, pair.nowMs);
  assert.equal(pair.session.write(stream, new Uint8Array(100_000), pair.nowMs), true);
  assert.equal(pair.session.write(stream, new Uint8Array(200_000), pair.nowMs), false);
  pair.session.channelOpened('second', pair.nowMs);
  pair.agent.channelOpened(pair.nowMs);
  pair.settle();
  assert.ok(pair.events.some((event) => event.kind === 'drain' && event.stream === stream));
});

test('bytes that are no frames end the session, because nothing after them can be read', () => {
  const pair = new Pair();
  pair.ready();
  const fixed = { schemaVersion: 1, createdMs: 1, flags: 0, payloadType: 1, messageId: randomUUID() };
  const payload = Uint8Array.of(2, 0, 0, 0, 3, 0, 0, 0);
  const message = { ...fixed, messageType: MESSAGE_TYPE.output, sequence: 2, payload };
  pair.session.channelMessage(encodeMessage(message, tools), pair.nowMs);
  pair.settle();
  assert.equal(pair.ended(), 'frames-broken');
});

test('a channel that closes because a message is too large ends the session with that reason', () => {
  const pair = new Pair();
  pair.ready();
  const stream = pair.session.openStream(pair.nowMs);
  pair.session.write(stream, new Uint8Array(10_000), pair.nowMs);
  pair.session.takeWrites();
  pair.session.channelLost({ closeCode: 1009, words: 'too big' }, pair.nowMs);
  pair.settle();
  assert.equal(pair.ended(), 'message-too-large');
});

test('the agent acknowledges the answer to its handshake before it says that the handshake is complete', () => {
  const agent = new SessionAgent(AGENT_OPTIONS, tools);
  agent.channelOpened(START_MS);
  agent.takeWrites();
  const answer = {
    ProcessedClientActions: [{ ActionType: 'SessionType', ActionStatus: 1 }],
    ClientVersion: '1.2.764.0',
  };
  agent.channelMessage(input(0, PAYLOAD.handshakeResponse, JSON.stringify(answer)), START_MS);
  const types = agent.takeWrites().map((bytes) => {
    const message = decodeMessage(bytes, tools);
    assert.ok(!isMessageFault(message));
    return [message.messageType, message.payloadType];
  });
  assert.deepEqual(types, [
    [MESSAGE_TYPE.acknowledge, 0],
    [MESSAGE_TYPE.output, PAYLOAD.handshakeComplete],
  ]);
});

test('a client of an old version that is silent for 30 s loses its session, as it does with AWS’s agent', () => {
  const agent = new SessionAgent(AGENT_OPTIONS, tools);
  agent.channelOpened(START_MS);
  const answer = {
    ProcessedClientActions: [{ ActionType: 'SessionType', ActionStatus: 1 }],
    ClientVersion: '1.2.331.0',
  };
  agent.channelMessage(input(0, PAYLOAD.handshakeResponse, JSON.stringify(answer)), START_MS);
  agent.tick(START_MS + 29_999);
  assert.ok(!agent.hasEnded);
  agent.tick(START_MS + 30_000);
  assert.ok(agent.hasEnded);
});

function input(sequence: number, payloadType: number, text: string): Uint8Array {
  const payload = new TextEncoder().encode(text);
  return encodeInput({ sequence, createdMs: START_MS, payloadType, payload }, tools);
}
