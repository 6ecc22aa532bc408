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
  /** The database user it logs in. */
  readonly username: string;
  /** When the current value became current. ISO 8601, UTC. */
  readonly changedAt: string;
  /** Null where nothing rotates it by itself. */
  readonly nextRotationAt: string | null;
  /** `unfinished`: a rotation was cut off. The current value works; the next rotation finishes or undoes the rest. */
  readonly state: 'steady' | 'unfinished';
  /** Newest first. */
  readonly versions: readonly SecretVersion[];
  /** Who logs in with it. */
  readonly consumers: readonly string[];
}

/** Never print or log it, unless the operator asked for exactly that. */
export interface SecretValue {
  readonly username: string;
  readonly password: string;
}

/** One login, made the way the consumer makes it. */
export interface ConsumerCheck {
  readonly consumer: string;
  readonly ok: boolean;
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

export interface RotationResult {
  readonly secret: string;
  readonly fromVersion: string;
  readonly toVersion: string;
  /** Every consumer, logged in with the new value. All are ok, else the rotation has failed. */
  readonly consumers: readonly ConsumerCheck[];
  /** The database was asked: it refuses the password that was current before. */
  readonly oldPassword: 'refused';
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
}
