import { Failure } from '../std/failure.ts';

export function invalidShopParameter(name: string, value: string, expected: string): Failure {
  return new Failure({
    code: 'shop-parameter-invalid',
    kind: 'usage',
    message: `Cannot generate a shop with ${name} ${value}: it must be ${expected}.`,
    nextSteps: ['dp db seed --orders 50000 --days 30 --seed 1'],
  });
}

export function migrationChanged(file: string): Failure {
  return new Failure({
    code: 'migration-changed',
    kind: 'configuration',
    message:
      `Cannot migrate the shop's database: ${file} was changed after it had been applied. ` +
      'Applied migrations are history; a change of mind is a new migration.',
    nextSteps: [
      `git checkout -- src/shop/migrations/${file}`,
      'Put the change into a new, higher-numbered file',
    ],
  });
}

export function migrationUnknown(file: string): Failure {
  return new Failure({
    code: 'migration-unknown',
    kind: 'configuration',
    message: `Cannot migrate the shop's database: it has ${file} applied, which this version of dp does not know.`,
    nextSteps: ['Use the version of dp that applied it, or a newer one'],
  });
}

export function migrationFailed(words: { file: string; statement: number; cause: unknown }): Failure {
  const reason = words.cause instanceof Error ? words.cause.message : String(words.cause);
  return new Failure({
    code: 'migration-failed',
    kind: 'failed',
    message: `Cannot apply ${words.file}, statement ${words.statement}: ${reason}`,
    nextSteps: ['Correct the cause, then run: dp db migrate'],
    cause: words.cause,
  });
}

export function migrationFilesInvalid(directory: string, reason: string): Failure {
  return new Failure({
    code: 'migration-files-invalid',
    kind: 'configuration',
    message: `Cannot read the migrations in ${directory}: ${reason}.`,
    nextSteps: ['Name the files 0001_what_it_does.sql, 0002_…, each number once and without gaps'],
  });
}

export function databaseBusy(what: string): Failure {
  return new Failure({
    code: 'database-busy',
    kind: 'temporary',
    message: `Cannot ${what}: another dp is doing it at this moment.`,
    nextSteps: ['Wait for it to end and try again'],
  });
}

export function shopNotEmpty(words: { found: string }): Failure {
  return new Failure({
    code: 'shop-not-empty',
    kind: 'confirmation',
    message: `Cannot seed the shop: ${words.found}. Seeding again would delete it.`,
    nextSteps: ['dp db seed --replace', 'dp status'],
  });
}

export function portTaken(port: number, cause: unknown): Failure {
  return new Failure({
    code: 'port-taken',
    kind: 'failed',
    message: `Cannot serve the Shop API on port ${port}: another program listens there.`,
    nextSteps: ['dp api serve --port 0', `dp api serve --port ${port + 1}`],
    cause,
  });
}
