import type { Database, DatabaseUser, SqlSession } from '../platform/database.ts';

export interface OpenShellInput {
  readonly user: DatabaseUser;
  /** Use dp's own prompt even when the machine has a client. */
  readonly builtin: boolean;
}

export interface OpenShellDeps {
  readonly database: Database;
  /** Told just before a client takes over the terminal. */
  readonly handOver: () => void;
  /** Runs dp's own prompt on a session until the operator leaves. */
  readonly runBuiltin: (session: SqlSession) => Promise<void>;
}

/** Gives the operator a shell on the database, and the exit code it ended with. */
export async function openShell(input: OpenShellInput, deps: OpenShellDeps): Promise<number> {
  if (!input.builtin) {
    const code = await deps.database.runClient({ user: input.user, starting: deps.handOver });
    if (code !== undefined) return code;
  }
  await using session = await deps.database.connect(input.user);
  deps.handOver();
  await deps.runBuiltin(session);
  return 0;
}
