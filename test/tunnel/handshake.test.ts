import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { answerHandshake, isNewer, readCustomerMessage } from '../../src/tunnel/handshake.ts';

const fixture = new URL('../fixtures/ssm-vectors.json', import.meta.url);
const vectors: { name: string; payloadText: string }[] = JSON.parse(readFileSync(fixture, 'utf8')).messages;
const textOf = (name: string) => vectors.find((vector) => vector.name === name)?.payloadText ?? '';
const encode = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function request(version: string, ...actions: unknown[]): Uint8Array {
  return encode({ AgentVersion: version, RequestedClientActions: actions });
}

const port = {
  ActionType: 'SessionType',
  ActionParameters: { SessionType: 'Port', Properties: { type: 'LocalPortForwarding' } },
};

test('a real agent’s request is answered with the reference client’s own bytes', () => {
  const answer = answerHandshake(encode(textOf('agent_handshake_request')));
  assert.equal(decode(answer.payload), textOf('handshake_response'));
  assert.equal(answer.fault, undefined);
  assert.equal(answer.agentVersion, '3.3.0.0');
  assert.equal(answer.needsHeartbeat, false);
});

test('an agent without multiplexing is refused by name', () => {
  assert.equal(answerHandshake(request('3.0.196.0', port)).fault, 'agent-too-old');
  assert.equal(answerHandshake(request('3.0.197.0', port)).fault, undefined);
});

test('an agent that watches for silence gets a heartbeat', () => {
  assert.equal(answerHandshake(request('3.1.1511.0', port)).needsHeartbeat, true);
  assert.equal(answerHandshake(request('3.1.1512.0', port)).needsHeartbeat, false);
});

test('encryption, shells and plain port sessions are refused, and the agent is told', () => {
  const encryption = answerHandshake(request('3.3.0.0', port, { ActionType: 'KMSEncryption' }));
  assert.equal(encryption.fault, 'encryption');
  const statuses = JSON.parse(decode(encryption.payload)).ProcessedClientActions;
  assert.deepEqual(
    statuses.map((action: { ActionType: string; ActionStatus: number }) => [
      action.ActionType,
      action.ActionStatus,
    ]),
    [
      ['SessionType', 1],
      ['KMSEncryption', 2],
    ],
  );
  const shell = { ActionType: 'SessionType', ActionParameters: { SessionType: 'Standard_Stream' } };
  assert.equal(answerHandshake(request('3.3.0.0', shell)).fault, 'not-a-port-session');
  const ssh = { ActionType: 'SessionType', ActionParameters: { SessionType: 'Port', Properties: {} } };
  assert.equal(answerHandshake(request('3.3.0.0', ssh)).fault, 'not-port-forwarding');
});

test('an unknown action is unsupported, not failed', () => {
  const answer = answerHandshake(request('3.3.0.0', port, { ActionType: 'Dance' }));
  assert.equal(JSON.parse(decode(answer.payload)).ProcessedClientActions[1].ActionStatus, 3);
});

test('nonsense is answered, and is a fault', () => {
  for (const nonsense of ['', 'null', '[]', '{', '{"RequestedClientActions":{}}'])
    assert.equal(answerHandshake(encode(nonsense)).fault, 'malformed', nonsense);
  assert.equal(answerHandshake(request('3.3.0.0')).fault, 'not-a-port-session');
});

test('versions are compared part by part as numbers', () => {
  assert.equal(isNewer('3.10.0.0', '3.9.0.0'), true);
  assert.equal(isNewer('3.9.0.0', '3.9.0.0'), false);
  assert.equal(isNewer('3.9.0', '3.8.0.0'), false);
  assert.equal(isNewer('4.x.0.0', '3.8.0.0'), false);
});

test('the agent’s message for the operator is shown without control characters', () => {
  const payload = encode({ CustomerMessage: 'mind\u0007 the gap' });
  assert.equal(readCustomerMessage(payload), 'mind  the gap');
});
