/** The logins of the database, kept as Secrets Manager keeps them: versions with labels, rotated in four steps. */

/** What clients read; what a rotation is about to make current; what was current before. */
export type VersionLabel = 'AWSCURRENT' | 'AWSPENDING' | 'AWSPREVIOUS';

export interface SecretVersion {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly labels: readonly VersionLabel[];
}

export interface SecretDescription {
  readonly name: string;
  /** The database user that the current value logs in. */
  readonly username: string;
  /** How its password is changed. Null where dp has no part in that. */
  readonly strategy: RotationStrategy | null;
  /** When the current value became current. ISO 8601, UTC. Null where there is no password, or nobody may know. */
  readonly changedAt: string | null;
  readonly rotatedBy: RotatedBy;
  /** The interval between rotations, in days. Null where none is set. */
  readonly everyDays: number | null;
  /** When the next rotation is due. ISO 8601, UTC. Null without an interval. */
  readonly nextRotationAt: string | null;
  /** `unfinished`: a rotation was cut off. The current value works; the next rotation finishes or undoes the rest. */
  readonly state: 'steady' | 'unfinished';
  /** Newest first. */
  readonly versions: readonly SecretVersion[];
  /** Who logs in with it. */
  readonly consumers: readonly string[];
}

/**
 * Who changes the password once it is due: whoever runs `dp secrets rotate`, a function of Secrets Manager, or RDS.
 * `nobody` where there is no password to change: the user logs in by IAM.
 */
export type RotatedBy = 'operator' | 'secrets-manager' | 'rds' | 'nobody';

/**
 * `single-user`: the password of one user is changed. `alternating-users`: a second user with the same rights gets a new
 * password, and the login of the first keeps working until the next rotation is his.
 */
export type RotationStrategy = 'single-user' | 'alternating-users';

/** Never print or log it, unless the operator asked for exactly that. */
export interface SecretValue {
  readonly username: string;
  readonly password: string;
}

/** One login, made the way the consumer makes it. */
export interface ConsumerCheck {
  readonly consumer: string;
  /** `unproven`: this path cannot be gone from here; `detail` says why, and nothing speaks against it. */
  readonly outcome: 'verified' | 'failed' | 'unproven';
  /** `logged in as etl_reader@%`, or why not. */
  readonly detail: string;
}

/** The four steps of Secrets Manager, with what dp does around them. */
export type RotationStep =
  | 'recover'
  | 'preflight'
  | 'create'
  | 'set'
  | 'test'
  | 'finish'
  | 'verify'
  | 'retire'
  | 'restore';

export interface RotationEvent {
  readonly secret: string;
  readonly step: RotationStep;
  readonly state: 'started' | 'done' | 'note';
  readonly message: string;
}

export interface RotateRequest {
  readonly name: string;
  /** A new random password, or the one that was current before. */
  readonly to: 'new' | 'previous';
  readonly signal?: AbortSignal;
}

export interface ScheduleRequest {
  readonly name: string;
  /** Days between rotations; null takes the interval away. */
  readonly everyDays: number | null;
}

export interface RotationResult {
  readonly secret: string;
  readonly fromVersion: string;
  readonly toVersion: string;
  /** Every consumer, logged in with the new value. None has failed, else the rotation has. */
  readonly consumers: readonly ConsumerCheck[];
  /**
   * The database was asked about the login that was current before. `kept` where two users take turns: it is taken until
   * the next rotation.
   */
  readonly oldPassword: 'refused' | 'kept';
  /** The login that was current before and that the database, asked after the change, still takes. */
  readonly kept: OldLogin | null;
  /**
   * The login that the database, asked after the change, refuses: the one that was current before, or, where two users
   * take turns, what the new user had from his turn before. Null when no login was taken away.
   */
  readonly refused: OldLogin | null;
}

export interface OldLogin {
  readonly username: string;
  readonly version: string;
}

export interface Secrets {
  list(): Promise<SecretDescription[]>;
  /** Throws when there is no such secret. */
  describe(name: string): Promise<SecretDescription>;
  reveal(name: string): Promise<SecretValue>;
  /** Logs in through every path with the current value. Changes nothing. */
  check(name: string): Promise<ConsumerCheck[]>;
  /**
   * Changes the value in the database and for all who read it. Whoever reads the current value at any moment can
   * log in with it. When it fails, the password that worked before is put back in the database and as the current one.
   */
  rotate(request: RotateRequest, notify: (event: RotationEvent) => void): Promise<RotationResult>;
  /** Finishes or undoes what a rotation that was cut off left behind. False when there was nothing. */
  recover(name: string, notify: (event: RotationEvent) => void): Promise<boolean>;
  /** Sets or takes away the interval. Throws where somebody else decides it. */
  schedule(request: ScheduleRequest): Promise<SecretDescription>;
}
