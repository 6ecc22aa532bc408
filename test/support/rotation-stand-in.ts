// A STAND-IN for the functions that AWS's hosted rotations are: Lambda runs in no emulator without Docker. It takes
// RotateSecret in the place of the emulator and does the same four steps as AWS's function for one MySQL user, or as the
// one for two users who take turns, really, against the private server; versions and labels are kept by moto, and what
// it writes goes to moto's CloudWatch Logs.
import { randomBytes } from 'node:crypto';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { setOwnPassword } from '../../src/aws/login-path.ts';
import { openSqlSession } from '../../src/local/sql-session.ts';
import { otherUser } from '../../src/platform/alternating-users.ts';
import type { DatabaseAccess, SqlSession } from '../../src/platform/database.ts';
import type { RotationStrategy } from '../../src/platform/secrets.ts';
import { type AwsFaultServer, type OwnAnswer, startFaultServer } from './aws-fault-server.ts';

export type StandInStep = 'create' | 'set' | 'test' | 'finish';

export interface RotationStandIn extends AwsFaultServer {
  /** What the next rotation does instead of a step: fails before it or after it, or never ends. */
  spoil: { readonly step: StandInStep; readonly how: 'before' | 'after' | 'hang' } | undefined;
  /** What Glue answers to TestConnection. */
  connectionTest: { readonly status: number; readonly body: object };
  /** Resolves once the rotation that runs has ended, one way or the other. */
  ended(): Promise<void>;
}

interface RotatedValue {
  readonly username: string;
  readonly password: string;
  /** Of the secret with the login of the admin; the function for two users reads it. */
  readonly masterarn?: string;
}

export async function startRotationStandIn(input: {
  readonly strategy?: RotationStrategy;
  readonly emulator: string;
  readonly secret: string;
  readonly logGroup: string;
  /** How somebody logs in; user and password are put in their place. */
  readonly access: () => Promise<DatabaseAccess>;
}): Promise<RotationStandIn> {
  const configuration = {
    region: 'ap-northeast-1',
    endpoint: input.emulator,
    credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
  };
  const secrets = new SecretsManagerClient(configuration);
  const logs = new CloudWatchLogsClient(configuration);
  await logs.send(new CreateLogGroupCommand({ logGroupName: input.logGroup }));
  await logs.send(new CreateLogStreamCommand({ logGroupName: input.logGroup, logStreamName: 'one' }));
  let running: Promise<void> = Promise.resolve();
  const state = {
    spoil: undefined as RotationStandIn['spoil'],
    connectionTest: { status: 200, body: {} as object },
  };
  const write = async (message: string): Promise<void> => {
    const logEvents = [{ timestamp: Date.now(), message }];
    const request = { logGroupName: input.logGroup, logStreamName: 'one', logEvents };
    await logs.send(new PutLogEventsCommand(request));
  };
  const valueIn = async (which: object): Promise<RotatedValue> => {
    const { SecretString = '' } = await secrets.send(
      new GetSecretValueCommand({ SecretId: input.secret, ...which }),
    );
    return JSON.parse(SecretString);
  };
  const open = async (value: RotatedValue) =>
    openSqlSession({ ...(await input.access()), user: value.username, password: value.password });
  const takesTurns = input.strategy === 'alternating-users';
  /** As AWS's functions do before each step: a version that lost its label is left alone. */
  const requirePending = async (token: string): Promise<void> => {
    const { VersionIdsToStages = {} } = await secrets.send(
      new DescribeSecretCommand({ SecretId: input.secret }),
    );
    if (VersionIdsToStages[token]?.includes('AWSPENDING') === true) return;
    throw new Error(`Secret version ${token} not set as AWSPENDING for rotation`);
  };
  const steps: Readonly<Record<StandInStep, (token: string) => Promise<void>>> = {
    create: async (token) => {
      const current = await valueIn({ VersionStage: 'AWSCURRENT' });
      const username = takesTurns ? otherUser(current.username) : current.username;
      const value = { ...current, username, password: randomBytes(24).toString('hex') };
      await secrets.send(
        new PutSecretValueCommand({
          SecretId: input.secret,
          ClientRequestToken: token,
          SecretString: JSON.stringify(value),
          VersionStages: ['AWSPENDING'],
        }),
      );
    },
    set: async (token) => {
      const pending = await valueIn({ VersionId: token, VersionStage: 'AWSPENDING' });
      const current = await valueIn({ VersionStage: 'AWSCURRENT' });
      await using session = await open(current);
      if (!takesTurns) return await setOwnPassword(session, pending.password);
      if (current.masterarn === undefined) throw new Error("KeyError: 'masterarn'");
      await using master = await open(await valueIn({ SecretId: current.masterarn }));
      await setOtherUser(master, current, pending);
    },
    test: async (token) => {
      await using _session = await open(await valueIn({ VersionId: token, VersionStage: 'AWSPENDING' }));
    },
    finish: async (token) => {
      const request = new GetSecretValueCommand({ SecretId: input.secret, VersionStage: 'AWSCURRENT' });
      const { VersionId: before } = await secrets.send(request);
      await secrets.send(
        new UpdateSecretVersionStageCommand({
          SecretId: input.secret,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: token,
          ...(before === undefined ? {} : { RemoveFromVersionId: before }),
        }),
      );
    },
  };
  const rotate = async (token: string): Promise<void> => {
    const { spoil } = state;
    for (const [step, work] of Object.entries(steps) as [StandInStep, (token: string) => Promise<void>][]) {
      const isSpoilt = spoil?.step === step;
      if (isSpoilt && spoil.how === 'hang') return;
      try {
        if (isSpoilt && spoil.how === 'before') throw new Error('the stand-in was told to fail');
        if (step !== 'create') await requirePending(token);
        await work(token);
        if (isSpoilt) throw new Error('the stand-in was told to fail');
        await write(`[INFO]\t2026-11-27T00:00:00.000Z\t${step}Secret: Successfully done for ${token}`);
      } catch (error) {
        await write(
          `[ERROR] ValueError: ${step}Secret: ${(error as Error).message}\nTraceback (most recent call last):`,
        );
        return;
      }
    }
  };
  // Moto keeps no schedule without a function that it can run.
  let everyDays: number | undefined;
  const schedule = (days: number) => ({
    status: 200,
    body: {
      ARN: input.secret,
      Name: input.secret,
      RotationEnabled: days > 0,
      ...(days > 0 ? { RotationRules: { AutomaticallyAfterDays: days } } : {}),
      ...(days > 0 ? { NextRotationDate: Date.now() / 1000 + days * 86_400 } : {}),
    },
  });
  const own = (call: string, body: Buffer): OwnAnswer | undefined => {
    if (call.endsWith('.TestConnection')) return { answer: state.connectionTest };
    if (call.endsWith('.DescribeSecret') && everyDays !== undefined) return { answer: schedule(everyDays) };
    if (call.endsWith('.CancelRotateSecret')) everyDays = 0;
    if (call.endsWith('.CancelRotateSecret')) return { answer: schedule(0) };
    if (!call.endsWith('.RotateSecret')) return undefined;
    const { ClientRequestToken: token, ...request } = JSON.parse(body.toString());
    if (request.RotateImmediately === false) {
      everyDays = Number(request.RotationRules.AutomaticallyAfterDays);
      return { answer: schedule(everyDays) };
    }
    running = rotate(token);
    return { answer: { status: 200, body: { ARN: input.secret, Name: input.secret, VersionId: token } } };
  };
  const server = await startFaultServer(() => input.emulator, own);
  return Object.assign(state, server, {
    ended: () => running,
    async [Symbol.asyncDispose]() {
      await running.catch(() => undefined);
      secrets.destroy();
      logs.destroy();
      await server[Symbol.asyncDispose]();
    },
  });
}

/** Makes the user where he is missing, copies the grants of the current one, and sets the password. */
async function setOtherUser(master: SqlSession, current: RotatedValue, pending: RotatedValue): Promise<void> {
  const { username, password } = pending;
  const { rows } = await master.query('SELECT User FROM mysql.user WHERE User = ?', [username]);
  if (rows.length === 0) await master.query('CREATE USER ? IDENTIFIED BY ?', [username, password]);
  for (const [grant] of (await master.query('SHOW GRANTS FOR ?', [current.username])).rows) {
    await master.query(`${grant?.split(' TO ')[0]} TO ?`, [username]);
  }
  await master.query('SET PASSWORD FOR ? = PASSWORD(?)', [username, password]);
}
