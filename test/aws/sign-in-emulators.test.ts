// Signing in as the AWS CLI does, from shared files in a folder of its own: moto's STS behind, the real SDK, scripts
// that a credential_process runs, and a stand-in for the one call of IAM Identity Center, which moto answers with keys
// of no account.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { GetDatabasesCommand } from '@aws-sdk/client-glue';
import { type AwsClients, openAwsClients } from '../../src/aws/aws-clients.ts';
import { openSignIn, type SignIn, type SignInInput, type SignInPrompts } from '../../src/aws/sign-in.ts';
import { until } from '../../src/std/deadline.ts';
import type { Failure } from '../../src/std/failure.ts';
import { type Emulator, startEmulator } from '../support/aws-emulator.ts';
import { awsVariables, TEST_ACCOUNT, TEST_REGION } from '../support/aws-environment.ts';
import { type AwsFaultServer, awsError, startFaultServer } from '../support/aws-fault-server.ts';
import { keepSsoToken, SSO_PROFILE, startPortal } from '../support/sso-portal.ts';

const home = mkdtempSync(join(tmpdir(), 'dp-sign-in-'));
let emulator: Emulator;
let server: AwsFaultServer;
let clients: AwsClients | undefined;

before(async () => {
  emulator = await startEmulator('moto');
  server = await startFaultServer(() => emulator.endpoint);
  const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _key, ...variables } = awsVariables(server.endpoint);
  for (const name of ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
  Object.assign(process.env, variables, {
    HOME: home,
    AWS_CONFIG_FILE: join(home, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
  });
  const program = (name: string): string[] => [`credential_process = ${join(home, `${name}.mjs`)}`];
  writeProfiles({
    roles: onBase(),
    elsewhere: onBase('999999999999'),
    mfa: [...onBase(), `mfa_serial = ${MFA_DEVICE}`],
    web: ['role_arn = arn:aws:iam::123456789012:role/ci', `web_identity_token_file = ${tokenFile}`],
    short: program('short'),
    long: program('long'),
    switching: program('switching'),
    sso: SSO_PROFILE,
  });
  writeFileSync(
    join(home, 'credentials'),
    '[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = secret\n',
  );
});

beforeEach(async () => {
  await clients?.close();
  clients = undefined;
  server.faults.length = 0;
});

after(async () => {
  await clients?.close();
  await server[Symbol.asyncDispose]();
  await emulator[Symbol.asyncDispose]();
  rmSync(home, { recursive: true });
});

/** All profiles at once: the SDK reads the file when it is first asked, and never again. */
function writeProfiles(profiles: Readonly<Record<string, readonly string[]>>): void {
  const sections = Object.entries(profiles).map(
    ([name, lines]) => `[profile ${name}]\nregion = ${TEST_REGION}\n${lines.join('\n')}\n`,
  );
  writeFileSync(join(home, 'config'), sections.join('\n'));
}

const onBase = (account = TEST_ACCOUNT): string[] => [
  'source_profile = base',
  `role_arn = arn:aws:iam::${account}:role/operator`,
];
const MFA_DEVICE = 'arn:aws:iam::123456789012:mfa/alice';
const tokenFile = join(home, 'token');

function open(name: string, more: Partial<SignInInput> = {}): SignIn {
  return openSignIn({
    environment: 'staging',
    profile: name,
    profileOrigin: 'flag --profile',
    region: TEST_REGION,
    account: TEST_ACCOUNT,
    environmentVariables: process.env,
    ...more,
  });
}

async function listDatabases(signIn: SignIn): Promise<void> {
  clients ??= openAwsClients({ signIn, environmentVariables: process.env });
  const { glue, call } = clients;
  await call('list the databases', async () => (await glue()).send(new GetDatabasesCommand({})));
}

const nobody: SignInPrompts = {
  mfaCode: () => assert.fail('no code is needed'),
  signIn: () => assert.fail('nobody needs to sign in'),
};

/** A program that prints other keys each time it runs, which end after so many seconds. */
function keysProgram(name: string, seconds: number, account?: string): string {
  const path = join(home, `${name}.mjs`);
  const count = join(home, `${name}.count`);
  writeFileSync(count, '0');
  writeFileSync(
    path,
    `#!${process.execPath}
import { readFileSync, writeFileSync } from 'node:fs';
const run = Number(readFileSync(${JSON.stringify(count)}, 'utf8')) + 1;
writeFileSync(${JSON.stringify(count)}, String(run));
const Expiration = new Date(Date.now() + ${seconds * 1000}).toISOString();
const keys = { Version: 1, AccessKeyId: 'AKIA' + run, SecretAccessKey: 'secret', SessionToken: 'token', Expiration };
process.stdout.write(JSON.stringify({ ...keys, AccountId: ${JSON.stringify(account)} }));
`,
  );
  chmodSync(path, 0o755);
  return path;
}

const runsOf = (name: string): number => Number(readFileSync(join(home, `${name}.count`), 'utf8'));

test('keys of a profile, and an assumed role on top of them', async () => {
  const signIn = open('roles', { prompts: nobody });
  assert.equal(await signIn.account(), TEST_ACCOUNT);
  const { accessKeyId, expiration } = await signIn.credentials();
  assert.notEqual(accessKeyId, 'AKIABASE');
  assert.ok(expiration !== undefined);
});

test('a role of another account is refused before anything else is sent', async () => {
  const calls = server.calls.length;
  await assert.rejects(listDatabases(open('elsewhere')), (error) => {
    assert.match((error as Failure).message, /999999999999.*may only touch 123456789012. Nothing was sent/);
    return (error as Failure).code === 'wrong-account' && (error as Failure).kind === 'denied';
  });
  assert.ok(!server.calls.slice(calls).some((call) => call.includes('GetDatabases')));
});

test('a role with MFA asks for the code on a terminal, once', async () => {
  const asked: string[] = [];
  const mfaCode = async (device: string) => {
    asked.push(device);
    return '123456';
  };
  const signIn = open('mfa', { prompts: { ...nobody, mfaCode } });
  assert.equal(await signIn.account(), TEST_ACCOUNT);
  await Promise.all([signIn.credentials(), signIn.credentials()]);
  assert.deepEqual(asked, [MFA_DEVICE]);
  await assert.rejects(open('mfa').account(), (error) => {
    assert.match((error as Failure).message, /asks for a code of your MFA device.*run it on a terminal/);
    return (error as Failure).code === 'not-signed-in';
  });
});

test('a web identity is exchanged for a role', async () => {
  writeFileSync(tokenFile, 'header.payload.signature');
  assert.equal(await open('web', { prompts: nobody }).account(), TEST_ACCOUNT);
  rmSync(tokenFile);
  const signIn = open('web');
  await assert.rejects(signIn.account(), { code: 'not-signed-in', kind: 'denied' });
  assert.match(signIn.command, /^Renew the token in .*token, which the profile `web` reads/);
});

test('a process is run again once its keys are over, without a question', async () => {
  keysProgram('short', 1);
  const signIn = open('short', { prompts: nobody });
  const first = await signIn.credentials();
  assert.equal(first.accessKeyId, 'AKIA1');
  // Keys that end within minutes are renewed ahead of their end.
  const renewed = await until(
    async () => ((await signIn.credentials()).accessKeyId === first.accessKeyId ? undefined : true),
    { timeoutMs: 20_000, everyMs: 20 },
  );
  assert.equal(renewed, true);
});

test('keys that a service no longer takes in the middle of a command are renewed, and the call goes through', async () => {
  keysProgram('long', 3600);
  const signIn = open('long', { prompts: nobody });
  await listDatabases(signIn);
  const before = runsOf('long');
  server.faults.push({
    call: 'GetDatabases',
    answer: awsError('ExpiredTokenException', 'The token has expired'),
  });
  await listDatabases(signIn);
  assert.equal(runsOf('long'), before + 1);
});

test('keys in the environment cannot be renewed: 77 says what can', async () => {
  const keys = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };
  const signIn = open('', {
    profile: undefined,
    environmentVariables: { ...process.env, ...keys },
    prompts: nobody,
  });
  await listDatabases(signIn);
  server.faults.push({
    call: 'GetDatabases',
    answer: awsError('ExpiredTokenException', 'The token has expired'),
  });
  await assert.rejects(listDatabases(signIn), (error) => {
    assert.match((error as Failure).nextSteps[0] ?? '', /Set AWS_ACCESS_KEY_ID.* anew/);
    return (error as Failure).code === 'not-signed-in' && (error as Failure).kind === 'denied';
  });
});

test('SSO that has run out: on a terminal the operator signs in and the command goes on, elsewhere it is 77', async () => {
  using portal = await startPortal();
  process.env.AWS_ENDPOINT_URL_SSO = portal.url;
  keepSsoToken(home, Date.now() - 1_000);
  await assert.rejects(open('sso').account(), (error) => {
    assert.deepEqual((error as Failure).nextSteps[0], 'aws sso login --profile sso');
    return (error as Failure).code === 'not-signed-in' && (error as Failure).kind === 'denied';
  });
  const asked: string[] = [];
  const signIn = open('sso', {
    prompts: {
      ...nobody,
      signIn: async (words) => {
        asked.push(words.join(' '));
        keepSsoToken(home, Date.now() + 3_600_000);
        return true;
      },
    },
  });
  await listDatabases(signIn);
  assert.deepEqual(asked, ['aws sso login --profile sso']);

  server.faults.push({
    call: 'GetDatabases',
    answer: awsError('ExpiredTokenException', 'The token has expired'),
  });
  await listDatabases(signIn);
  assert.equal(asked.length, 2, 'the same keys again are no new ones: the operator is asked');
});

test('whoever signs in again as another account in the middle of a command sends nothing more', async () => {
  keysProgram('switching', 3600, TEST_ACCOUNT);
  const signIn = open('switching', { account: undefined, prompts: nobody });
  assert.equal(await signIn.account(), TEST_ACCOUNT);
  await listDatabases(signIn);
  keysProgram('switching', 3600, '999999999999');
  writeFileSync(join(home, 'switching.count'), '10');
  server.faults.push({
    call: 'GetDatabases',
    answer: awsError('ExpiredTokenException', 'The token has expired'),
  });
  const calls = server.calls.length;
  await assert.rejects(listDatabases(signIn), { code: 'wrong-account' });
  assert.equal(server.calls.slice(calls).filter((call) => call.includes('GetDatabases')).length, 1);
});
