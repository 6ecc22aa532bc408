import type { DuckDBConnection } from '@duckdb/node-api';
import { explainRaised } from '../athena/raised.ts';
import { Failure, messageOf } from '../std/failure.ts';
import type { DialectEngine } from './dialect-engine.ts';

export interface EngineConnection {
  readonly connection: DuckDBConnection;
  end(): void;
  /** The signal's reason when it was aborted, else the error in the operator's words. */
  explained(error: unknown): unknown;
}

/** A connection that stops what it runs when the signal is aborted. */
export async function borrowConnection(
  signal: AbortSignal | undefined,
  engine: DialectEngine,
): Promise<EngineConnection> {
  const connection = await engine.connect();
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  return {
    connection,
    end() {
      signal?.removeEventListener('abort', interrupt);
      connection.closeSync();
    },
    explained: (error) => (signal?.aborted === true ? signal.reason : runFailure(error)),
  };
}

function runFailure(error: unknown): Failure {
  return error instanceof Failure ? error : explainRaised(messageOf(error), error);
}
