/**
 * The handshake of a port session: the agent asks, dp answers, the agent confirms. Only after the
 * confirmation may data flow; the agent acknowledges earlier data and throws it away.
 */
import { parseObject, printable } from './acknowledgement.ts';

/** Sent in the open message and in the handshake. Agents choose by it: four plain numbers above 1.2.331.0
 * mean multiplexing without the agent's own 30-second silence limit. AWS supports no client below 1.2.764.0. */
export const CLIENT_VERSION = '1.2.764.0';

/** Agents up to this version know one connection at a time only. */
const AGENT_VERSION_WITHOUT_STREAMS = '3.0.196.0';
/** Agents up to this version close a session that shows no multiplexer frame for 30 s. */
const AGENT_VERSION_WITH_SILENCE_LIMIT = '3.1.1511.0';

/** What an action of the request was answered with. Anything but success makes the agent end the session. */
const ACTION_STATUS = { success: 1, failed: 2, unsupported: 3 } as const;

export type HandshakeFault =
  | 'malformed'
  | 'agent-too-old'
  | 'encryption'
  | 'not-a-port-session'
  | 'not-port-forwarding';

export interface HandshakeAnswer {
  readonly agentVersion: string;
  /** The payload to answer with; sent also when there is a fault, so that the agent ends at once. */
  readonly payload: Uint8Array;
  /** Set when this session cannot carry a tunnel. */
  readonly fault?: HandshakeFault;
  /** True when the agent ends a session without frames, so that dp must send an empty one now and then. */
  readonly needsHeartbeat: boolean;
}

/** Reads the agent's request and gives the answer. */
export function answerHandshake(request: Uint8Array): HandshakeAnswer {
  const parsed = parseObject(request);
  const agentVersion = typeof parsed?.AgentVersion === 'string' ? printable(parsed.AgentVersion) : '';
  const actions = Array.isArray(parsed?.RequestedClientActions) ? parsed.RequestedClientActions : undefined;
  let fault: HandshakeFault | undefined;
  if (actions === undefined) fault = 'malformed';
  const answered = (actions ?? []).map((action: unknown) => {
    const result = judgeAction(action, agentVersion);
    fault ??= result.fault;
    return {
      ActionType: result.type,
      ActionStatus: result.status,
      ActionResult: null,
      Error: result.error,
    };
  });
  if (fault === undefined && !answered.some((action) => action.ActionType === 'SessionType'))
    fault = 'not-a-port-session';
  const response = { ClientVersion: CLIENT_VERSION, ProcessedClientActions: answered, Errors: null };
  return {
    agentVersion,
    payload: new TextEncoder().encode(JSON.stringify(response)),
    ...(fault === undefined ? {} : { fault }),
    needsHeartbeat: !isNewer(agentVersion, AGENT_VERSION_WITH_SILENCE_LIMIT),
  };
}

/** The agent's message for the operator, written by whoever made the session document; often empty. */
export function readCustomerMessage(payload: Uint8Array): string {
  const words = parseObject(payload)?.CustomerMessage;
  return typeof words === 'string' ? printable(words) : '';
}

interface JudgedAction {
  readonly type: string;
  readonly status: number;
  readonly error: string;
  readonly fault?: HandshakeFault;
}

function judgeAction(action: unknown, agentVersion: string): JudgedAction {
  const fields = asRecord(action);
  const type = typeof fields?.ActionType === 'string' ? fields.ActionType : '';
  if (type === 'KMSEncryption')
    return failed(type, 'KMS encryption is not available for port sessions', 'encryption');
  if (type !== 'SessionType')
    return {
      type,
      status: ACTION_STATUS.unsupported,
      error: `Unsupported action ${type}`,
      fault: 'malformed',
    };
  const parameters = asRecord(fields?.ActionParameters);
  if (parameters?.SessionType !== 'Port')
    return failed(type, 'This client only takes port sessions', 'not-a-port-session');
  if (asRecord(parameters.Properties)?.type !== 'LocalPortForwarding')
    return failed(type, 'This client only forwards local ports', 'not-port-forwarding');
  if (!isNewer(agentVersion, AGENT_VERSION_WITHOUT_STREAMS))
    return failed(type, 'This client needs an agent that multiplexes connections', 'agent-too-old');
  return { type, status: ACTION_STATUS.success, error: '' };
}

function failed(type: string, error: string, fault: HandshakeFault): JudgedAction {
  return { type, status: ACTION_STATUS.failed, error, fault };
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

/** Whether `version` is above `than`, part by part. What cannot be read as numbers is not newer. */
export function isNewer(version: string, than: string): boolean {
  const left = version.split('.');
  const right = than.split('.');
  if (left.length !== right.length || left.some((part) => !/^\d{1,9}$/u.test(part))) return false;
  for (let i = 0; i < left.length; i++) {
    const difference = Number(left[i]) - Number(right[i]);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
