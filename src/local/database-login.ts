import type { DoorLogin } from '../mysql/door-login.ts';
import type { Database, DatabaseUser } from '../platform/database.ts';

/** Logs in with the generated password of a user of the private server, read anew for every connection. */
export function localLogin(
  input: { readonly user: DatabaseUser },
  deps: { readonly database: Pick<Database, 'access'> },
): () => Promise<DoorLogin> {
  return async () => {
    const { user, password, tls } = await deps.database.access(input.user);
    const login = { user, password, credential: 'generated-password' } as const;
    return tls === undefined ? login : { ...login, tls: { serverName: tls.serverName, ca: tls.ca } };
  };
}
