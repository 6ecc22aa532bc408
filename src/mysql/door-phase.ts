/** Who the session is waiting for; `nobody` once bytes are spliced, or after its end. */
export type AwaitedParty = 'client' | 'database' | 'login' | 'nobody';

/** Each phase, and who has to act in it. */
export const AWAITED = {
  greeting: 'database',
  'client-response': 'client',
  'client-answer': 'client',
  login: 'login',
  tls: 'database',
  'database-login': 'database',
  /** The credentials were refused and may be being rotated: others are fetched, for a new connection. */
  'second-login': 'login',
  'second-greeting': 'database',
  open: 'nobody',
  'change-user': 'client',
  closed: 'nobody',
} as const satisfies Record<string, AwaitedParty>;

export type Phase = keyof typeof AWAITED;
