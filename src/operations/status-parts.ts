import type { Platform } from '../platform/platform.ts';
import type { SecretDescription } from '../platform/secrets.ts';
import type { SessionSummary } from '../platform/sessions.ts';
import { within } from '../std/deadline.ts';
import { Failure, messageOf } from '../std/failure.ts';
import { withAge } from './list-secrets.ts';

/** How long one part may take before it is told as unknown, in milliseconds. */
export const PART_MS_MAX = 8_000;

/** Why a part of the status could not be told. */
export interface UnknownPart {
  readonly part: string;
  readonly reason: string;
}

/** Parts that an environment does not have. */
const ABSENT = new Set(['only-on-aws', 'not-available-on-aws']);

/**
 * Looks at one part, for as long as a part may take. Null when it could not be told, which is then among the unknown, or when
 * the environment does not have it.
 */
export async function lookAt<T>(
  part: string,
  look: () => Promise<T>,
  unknown: UnknownPart[],
): Promise<T | null> {
  try {
    return await within(PART_MS_MAX, look());
  } catch (error) {
    if (!(error instanceof Failure && ABSENT.has(error.code))) {
      unknown.push({ part, reason: messageOf(error).split('\n')[0] ?? '' });
    }
    return null;
  }
}

export interface ApiHealth {
  /** not running: its database is not, so it was not asked. */
  readonly state: 'healthy' | 'failing' | 'not running';
  /** What GET /health answered. */
  readonly status: number | null;
}

/** Asks the API for its health, where its database runs: the question must not start one. */
export async function apiHealth(
  platform: Pick<Platform, 'shopApi'>,
  isDatabaseRunning: boolean,
): Promise<ApiHealth> {
  if (!isDatabaseRunning) return { state: 'not running', status: null };
  const request = { method: 'GET', path: '/health', headers: {} };
  const { status } = await (await platform.shopApi()).call(request);
  return { state: status === 200 ? 'healthy' : 'failing', status };
}

export interface SecretAge {
  readonly name: string;
  readonly ageDays: number;
  readonly state: SecretDescription['state'];
  readonly nextRotationAt: string | null;
}

export async function secretAges(platform: Pick<Platform, 'secrets'>, nowMs: number): Promise<SecretAge[]> {
  const secrets = await (await platform.secrets()).list();
  return secrets.map((secret) => {
    const { name, ageDays, state, nextRotationAt } = withAge(secret, nowMs);
    return { name, ageDays, state, nextRotationAt };
  });
}

export interface OpenTunnel extends Pick<SessionSummary, 'sessionId' | 'owner' | 'reason' | 'startedAt'> {}

export async function openTunnels(platform: Pick<Platform, 'sessions'>): Promise<OpenTunnel[]> {
  const sessions = await (await platform.sessions()).list();
  return sessions.map(({ sessionId, owner, reason, startedAt }) => ({ sessionId, owner, reason, startedAt }));
}

export interface KnownDrift {
  readonly drifted: readonly string[];
  /** When the stack that was looked at least lately was; null while one never was. ISO 8601, UTC. */
  readonly checkedAt: string | null;
}

/** What the last `dp drift` found. Looking anew takes minutes. */
export async function knownDrift(platform: Pick<Platform, 'stacks'>): Promise<KnownDrift> {
  const stacks = await (await platform.stacks()).describe();
  const looks = stacks.map(({ lastDrift }) => lastDrift?.checkedAt ?? '').sort();
  return {
    drifted: stacks.filter(({ lastDrift }) => lastDrift?.drifted === true).map(({ stack }) => stack),
    checkedAt: looks[0] || null,
  };
}
