/** Where the lake's files are: the ETL bucket, or a folder laid out the same. Keys are `/`-separated, never start with `/`. */
export interface LakeObject {
  readonly key: string;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedMs: number;
}

export interface Lake {
  /** `s3://bucket/` or `file:///…/`; a key appended to it is a lake URI. */
  readonly root: string;
  /** The whole object, or undefined when there is none. For small objects: manifests, ledgers, locks. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** Replaces the object in one step; a reader sees the old bytes or the new ones. */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** Writes only where there is nothing yet (S3: If-None-Match *). False when somebody was first. */
  writeIfAbsent(key: string, bytes: Uint8Array): Promise<boolean>;
  /** Every object below a prefix, sorted by key. */
  list(prefix: string): Promise<LakeObject[]>;
  delete(keys: readonly string[]): Promise<void>;
}
