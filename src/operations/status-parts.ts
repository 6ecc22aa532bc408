import type { Platform } from '../platform/platform.ts';
import type { SecretDescription } from '../platform/secrets.ts';
import type { SessionSummary } from '../platform/sessions.ts';
import type { ShopApiState } from '../platform/shop-api.ts';
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

/** Whether the API is up; on AWS, where being deployed says little, whether it says that it is well. */
export async function apiState(platform: Pick<Platform, 'environment' | 'shopApi'>): Promise<ShopApiState> {
  const api = await platform.shopApi();
  const found = await api.describe();
  if (found.state !== 'running' || platform.environment === 'local') return found;
  const { status } = await api.call({ method: 'GET', path: '/health', headers: {} });
  return status === 200 ? found : { ...found, state: 'not-answering' };
}

export interface SecretAge {
  readonly name: string;
  /** Null where there is no password, or nobody may know. */
  readonly ageDays: number | null;
  readonly state: SecretDescription['state'];
  /** The time of its next rotation is over. */
  readonly isDue: boolean;
}

export async function secretAges(platform: Pick<Platform, 'secrets'>, nowMs: number): Promise<SecretAge[]> {
  const secrets = await (await platform.secrets()).list();
  return secrets.map((secret) => {
    const { name, ageDays, state, isDue } = withAge(secret, nowMs);
    return { name, ageDays, state, isDue };
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
