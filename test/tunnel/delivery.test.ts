import assert from 'node:assert/strict';
import test from 'node:test';
import { Inbox, Outbox } from '../../src/tunnel/delivery.ts';
import type { AgentMessage } from '../../src/tunnel/message.ts';

function message(sequence: number, payload = new Uint8Array(1)): AgentMessage {
  const fixed = {
    messageType: 'output_stream_data',
    schemaVersion: 1,
    createdMs: 1,
    flags: 0,
    messageId: '',
  };
  return { ...fixed, sequence, payloadType: 1, payload };
}

const bytes = (length = 10) => new Uint8Array(length);

test('the resend timeout follows the reference peers’ formula', () => {
  const outbox = new Outbox();
  const expected = [143.75, 169.53125, 156.46484375, 378.508, 319.271];
  for (const [sequence, sample] of [50, 50, 80, 300, 120].entries()) {
    outbox.add(bytes(), 1_000, true);
    outbox.acknowledge(sequence, 1_000 + sample);
    assert.ok(Math.abs(outbox.resendAfterMs - (expected[sequence] ?? 0)) < 0.001, `sample ${sequence}`);
  }
});

test('a message that was sent twice measures no round trip', () => {
  const outbox = new Outbox();
  outbox.add(bytes(), 0, true);
  assert.equal(outbox.due(150).length, 1);
  outbox.acknowledge(0, 5_000);
  assert.equal(outbox.roundTripMs, 100);
});

test('the first message alone is resent while nothing behind it was acknowledged', () => {
  const outbox = new Outbox();
  const all = [bytes(1), bytes(2), bytes(3)];
  for (const one of all) outbox.add(one, 0, true);
  assert.deepEqual(outbox.due(100), [all[0]]);
  assert.deepEqual(outbox.due(150), [], 'the next copy waits twice as long');
  assert.deepEqual(outbox.due(300), [all[0]]);
});

test('an agent farther away than the first timeout is not sent everything twice', () => {
  const outbox = new Outbox();
  const roundTripMs = 180;
  let nowMs = 0;
  for (let sequence = 0; sequence < 50; sequence++) {
    outbox.add(bytes(), nowMs, true);
    for (const endMs = nowMs + roundTripMs; nowMs < endMs; nowMs++) outbox.due(nowMs);
    outbox.acknowledge(sequence, nowMs);
  }
  assert.ok(outbox.resends <= 2, `${outbox.resends} of 50 went again`);
  assert.ok(Math.abs(outbox.roundTripMs - roundTripMs) < 1, `it measured ${outbox.roundTripMs} ms`);
});

test('what waits behind others is not taken for lost while acknowledgements come', () => {
  const outbox = new Outbox();
  for (let i = 0; i < 40; i++) outbox.add(bytes(), 0, true);
  for (let sequence = 0; sequence < 40; sequence++) {
    assert.deepEqual(outbox.due(50 * (sequence + 1)), [], `before ${sequence} is acknowledged`);
    outbox.acknowledge(sequence, 50 * (sequence + 1));
  }
});

test('what was lost together with the oldest message goes soon after its second copy arrived', () => {
  const outbox = new Outbox();
  const all = Array.from({ length: 20 }, (_, i) => bytes(i + 1));
  for (const one of all) outbox.add(one, 0, true);
  assert.deepEqual(outbox.due(100), [all[0]]);
  outbox.acknowledge(0, 200);
  assert.deepEqual(outbox.due(250), [], 'an original may still arrive');
  assert.deepEqual(outbox.due(300), all.slice(1));
});

test('an original that arrives after all shows that nothing was lost', () => {
  const outbox = new Outbox();
  for (let i = 0; i < 20; i++) outbox.add(bytes(), 0, true);
  assert.equal(outbox.due(100).length, 1);
  outbox.acknowledge(0, 200);
  outbox.acknowledge(1, 210);
  assert.deepEqual(outbox.due(310), []);
});

test('messages before an acknowledged one were lost, and go together', () => {
  const outbox = new Outbox();
  const all = [bytes(1), bytes(2), bytes(3), bytes(4)];
  for (const one of all) outbox.add(one, 0, true);
  outbox.acknowledge(2, 10);
  assert.deepEqual(outbox.due(500), [all[0], all[1]]);
});

test('after a reconnect everything unacknowledged goes again, in order, the same bytes', () => {
  const outbox = new Outbox();
  const all = [bytes(1), bytes(2), bytes(3)];
  for (const one of all) outbox.add(one, 0, true);
  outbox.acknowledge(1, 5);
  assert.deepEqual(outbox.everything(10), [all[0], all[2]]);
});

test('an acknowledgement of what does not wait changes nothing', () => {
  const outbox = new Outbox();
  outbox.add(bytes(), 0, true);
  assert.equal(outbox.acknowledge(7, 1), false);
  assert.equal(outbox.acknowledge(0, 1), true);
  assert.equal(outbox.acknowledge(0, 2), false);
  assert.deepEqual([outbox.messages, outbox.bytes], [0, 0]);
});

test('what was seen is a duplicate, whether it was delivered or still waits', () => {
  const inbox = new Inbox();
  assert.equal(inbox.accept(message(0)), 'deliver');
  assert.equal(inbox.accept(message(0)), 'duplicate');
  assert.equal(inbox.accept(message(2)), 'stored');
  assert.equal(inbox.accept(message(2)), 'duplicate');
  assert.equal(inbox.accept(message(1)), 'deliver');
  assert.equal(inbox.release()?.sequence, 2);
  assert.equal(inbox.release(), undefined);
  assert.equal(inbox.expectedSequence, 3);
});

test('what waits is limited in messages and in bytes; the expected message is always taken', () => {
  const inbox = new Inbox({ messagesMax: 2, bytesMax: 100 });
  assert.equal(inbox.accept(message(5, bytes(60))), 'stored');
  assert.equal(inbox.accept(message(6, bytes(60))), 'refused');
  assert.equal(inbox.accept(message(7, bytes(10))), 'stored');
  assert.equal(inbox.accept(message(8, bytes(1))), 'refused');
  assert.equal(inbox.accept(message(0, bytes(500))), 'deliver');
});

test('a stored message keeps its bytes when the buffer it came in is used again', () => {
  const inbox = new Inbox();
  const buffer = Uint8Array.of(1, 2, 3);
  inbox.accept(message(1, buffer));
  buffer.fill(9);
  inbox.accept(message(0));
  assert.deepEqual(inbox.release()?.payload, Uint8Array.of(1, 2, 3));
});
