// One emulator for a whole test file, with clients for its account.
import { after, before } from 'node:test';
import type { AwsClients } from '../../src/aws/aws-clients.ts';
import { type Emulator, type EmulatorName, startEmulator } from './aws-emulator.ts';
import { openTestClients } from './aws-environment.ts';

export interface EmulatorInUse {
  readonly name: EmulatorName;
  readonly endpoint: () => string;
  readonly clients: () => AwsClients;
}

/** Starts the emulator before the tests of the file and ends it after them. */
export function useEmulator(name: EmulatorName): EmulatorInUse {
  let emulator: Emulator | undefined;
  let clients: AwsClients | undefined;
  before(async () => {
    emulator = await startEmulator(name);
  });
  after(async () => {
    await clients?.close();
    await emulator?.[Symbol.asyncDispose]();
  });
  const endpoint = (): string => emulator?.endpoint ?? '';
  return {
    name,
    endpoint,
    clients: () => {
      clients ??= openTestClients(endpoint(), EMULATOR_ACCOUNTS[name]);
      return clients;
    },
  };
}

const EMULATOR_ACCOUNTS: Readonly<Record<EmulatorName, string>> = {
  moto: '123456789012',
  ministack: '000000000000',
};
