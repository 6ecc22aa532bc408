/** What dp logs in to the database with, fetched anew for every connection. Holds a secret: never print it. */
export interface DoorLogin {
  readonly user: string;
  /** The password, or the IAM token that stands for one. */
  readonly password: string;
  /** What the password is, for the words of a refusal. */
  readonly credential: 'iam-token' | 'secret' | 'generated-password';
  /** Absent only for a server on this machine: then nothing is encrypted and no clear password is sent. */
  readonly tls?: DoorTls;
}

export interface DoorTls {
  /** The host name the database's certificate must be for: the real endpoint, not the local port. */
  readonly serverName: string;
  /** PEM of the authorities that may have signed it; the machine's own list when absent. */
  readonly ca?: string;
}
