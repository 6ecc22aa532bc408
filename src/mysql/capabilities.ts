/** The capability flags this room looks at, by their bits in the protocol. All others pass unread. */
export const CAPABILITY = {
  /** In a MariaDB server's greeting this bit is off, which says that extended capabilities follow. */
  longPassword: 1 << 0,
  connectWithDatabase: 1 << 3,
  compress: 1 << 5,
  localFiles: 1 << 7,
  protocol41: 1 << 9,
  tls: 1 << 11,
  secureConnection: 1 << 15,
  pluginAuth: 1 << 19,
  connectAttributes: 1 << 20,
  countedAuthResponse: 1 << 21,
  zstdCompress: 1 << 26,
  multiFactor: 1 << 28,
  capabilityExtension: 1 << 29,
  verifyServerCertificate: 1 << 30,
} as const;

/**
 * What the local port never offers, whatever the server can do: compression and TLS, because the bytes are
 * spliced as they are and never leave the machine unencrypted; LOCAL INFILE, because it lets a server read
 * the operator's files; and flags that change the login, which dp does in the client's place.
 */
const NEVER_OFFERED =
  CAPABILITY.compress |
  CAPABILITY.localFiles |
  CAPABILITY.tls |
  CAPABILITY.zstdCompress |
  CAPABILITY.multiFactor |
  CAPABILITY.capabilityExtension |
  CAPABILITY.verifyServerCertificate;

/** What dp must have in both directions: the protocol since MySQL 4.1, with named authentication plugins. */
const REQUIRED = CAPABILITY.protocol41 | CAPABILITY.secureConnection | CAPABILITY.pluginAuth;

export function has(flags: number, capability: number): boolean {
  return (flags & capability) !== 0;
}

/** Whether a server is new enough to log in to. */
export function isSpoken(serverFlags: number): boolean {
  return (serverFlags & REQUIRED) === REQUIRED;
}

/** The flags the local greeting shows, given those of the database's own greeting. */
export function offeredFlags(serverFlags: number): number {
  return (serverFlags & ~NEVER_OFFERED) >>> 0;
}

/**
 * The flags to log in with upstream, so that the session means the same on both sides. `clientFlags` is what
 * the client sent; flags it was never offered are dropped, as a server does.
 */
export function upstreamFlags(input: {
  readonly clientFlags: number;
  readonly serverFlags: number;
  readonly tls: boolean;
}): number {
  // The first bit is the client telling its family, not a wish: MariaDB reads it even though it offers none.
  const agreed = input.clientFlags & (offeredFlags(input.serverFlags) | CAPABILITY.longPassword);
  const login = REQUIRED | (input.serverFlags & CAPABILITY.countedAuthResponse);
  return (agreed | login | (input.tls ? CAPABILITY.tls : 0)) >>> 0;
}
