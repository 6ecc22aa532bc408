// Signing in as an operator meets it: the built dp in a real terminal, moto behind, stand-ins for the portal of IAM
// Identity Center and for `aws sso login`.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, beforeEach } from 'node:test';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { type Emulator, startEmulator } from '../support/aws-emulator.ts';
import { awsVariables, openTestClients, TEST_ACCOUNT, TEST_REGION } from '../support/aws-environment.ts';
import { type AwsFaultServer, awsError, startFaultServer } from '../support/aws-fault-server.ts';
import { SECRET_NAMES as NAMES } from '../support/aws-secrets.ts';
import { runDp } from '../support/run-dp.ts';
import { keepSsoToken, SSO_PROFILE, ssoToken, ssoTokenFile, startPortal } from '../support/sso-portal.ts';
import { installDp, Terminal } from '../support/terminal.ts';

const home = mkdtempSync(join(tmpdir(), 'dp-sign-in-screen-'));
const bin = join(home, 'bin');
const MFA_DEVICE = `arn:aws:iam::${TEST_ACCOUNT}:mfa/alice`;
const HOUR_MS = 3_600_000;
const EXPIRED = awsError('ExpiredTokenException', 'The security token included in the request is expired');
const QUESTION = /You are not signed in to AWS\. Run aws sso login --profile staging now\?/;
let emulator: Emulator;
let server: AwsFaultServer;
let portal: Awaited<ReturnType<typeof startPortal>>;
let clients: ReturnType<typeof openTestClients>;

before(async () => {
  emulator = await startEmulator('moto');
  server = await startFaultServer(() => emulator.endpoint);
  portal = await startPortal();
  clients = openTestClients(emulator.endpoint);
  mkdirSync(bin);
  installDp(bin);
  installAws();
  const environments = { staging: { kind: 'aws', account: TEST_ACCOUNT, profile: 'staging' } };
  writeFileSync(
    join(home, 'dp.config.json'),
    JSON.stringify({ environments, defaultEnvironment: 'staging' }),
  );
  const profiles = {
    staging: SSO_PROFILE,
    mfa: [
      'source_profile = base',
      `role_arn = arn:aws:iam::${TEST_ACCOUNT}:role/operator`,
      `mfa_serial = ${MFA_DEVICE}`,
    ],
  };
  const sections = Object.entries(profiles).map(
    ([name, lines]) => `[profile ${name}]\nregion = ${TEST_REGION}\n${lines.join('\n')}\n`,
  );
  writeFileSync(join(home, 'config'), sections.join('\n'));
  const keys = 'aws_access_key_id = AKIABASE\naws_secret_access_key = secret\n';
  writeFileSync(join(home, 'credentials'), `[base]\n${keys}`);
  const logs = await clients.cloudWatchLogs();
  await logs.send(new CreateLogGroupCommand({ logGroupName: NAMES.logs.rotation('single-user') }));
  await logs.send(
    new CreateLogStreamCommand({ logGroupName: NAMES.logs.rotation('single-user'), logStreamName: 'one' }),
  );
  await write('the first line');
});

beforeEach(() => {
  server.faults.length = 0;
});

after(async () => {
  await clients.close();
  portal[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await emulator[Symbol.asyncDispose]();
  rmSync(home, { recursive: true, force: true });
});

/** A STAND-IN for the AWS CLI: shows the code of a device, and once Enter is pressed has a token for an hour. */
function installAws(): void {
  const file = JSON.stringify(ssoTokenFile(home));
  const token = JSON.stringify(ssoToken(Date.now() + HOUR_MS));
  const script = `#!${process.execPath}
console.log('Then enter the code: WXYZ-1234 (stand-in: ' + process.argv.slice(2).join(' ') + ')');
process.stdin.once('data', () => {
  require('node:fs').writeFileSync(${file}, ${token});
  process.exit(0);
});
`;
  writeFileSync(join(bin, 'aws'), script);
  chmodSync(join(bin, 'aws'), 0o755);
}

function variables(): Record<string, string> {
  const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _key, ...rest } = awsVariables(server.endpoint);
  return {
    ...rest,
    // Empty, so that those of the tests' own process are not handed on.
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_ENDPOINT_URL_SSO: portal.url,
    AWS_CONFIG_FILE: join(home, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
    HOME: home,
    PATH: `${bin}:${process.env.PATH}`,
  };
}

function terminal(line: string): Terminal {
  const command = ['bash', '--norc', '--noprofile', '-c', `${line}; echo "ended: $?"; exec cat`];
  return Terminal.open({ columns: 80, rows: 30, cwd: home, env: variables(), command });
}

async function write(message: string): Promise<void> {
  const logs = await clients.cloudWatchLogs();
  const logEvents = [{ timestamp: Date.now(), message }];
  await logs.send(
    new PutLogEventsCommand({
      logGroupName: NAMES.logs.rotation('single-user'),
      logStreamName: 'one',
      logEvents,
    }),
  );
}

const count = (lines: readonly string[], text: string): number =>
  lines.filter((line) => line.includes(text)).length;

test('dp logs --follow asks when the session runs out, and goes on where it was', async () => {
  keepSsoToken(home, Date.now() + HOUR_MS);
  using screen = terminal('dp logs rotation --follow');
  await screen.waitFor(/the first line/);
  server.faults.push({ call: '.FilterLogEvents', answer: EXPIRED });
  await screen.waitFor(QUESTION);
  await write('the second line');
  screen.type('y');
  screen.press('Enter');
  await screen.waitFor(/enter the code: WXYZ-1234 \(stand-in: sso login --profile staging\)/);
  screen.press('Enter');
  await screen.waitFor(/the second line/);
  await write('the third line');
  const lines = await screen.waitFor(/the third line/);
  for (const text of ['the first line', 'the second line', 'the third line'])
    assert.equal(count(lines, text), 1, lines.join('\n'));

  server.faults.push({ call: '.FilterLogEvents', answer: EXPIRED });
  await screen.waitFor((shown) => count(shown, 'Run aws sso login') >= 2);
  screen.type('n');
  screen.press('Enter');
  const ended = (await screen.waitFor(/^ended: 77$/m)).join('\n');
  assert.match(
    ended,
    /Error: Cannot read the log group(.|\n)*expired\.\n +Try: aws sso login --profile staging/,
  );
});

test('Ctrl-C at the question ends the command, and so it does while the other program asks', async () => {
  for (const presses of [['C-c'], ['y', 'Enter', 'C-c']]) {
    keepSsoToken(home, Date.now() - 1_000);
    using screen = terminal('dp logs rotation');
    await screen.waitFor(QUESTION);
    for (const press of presses) {
      if (press === 'C-c' && presses.length > 1) await screen.waitFor(/WXYZ-1234/);
      screen.press(press);
    }
    const lines = await screen.waitFor(/^ended: \d+$/m);
    assert.equal(lines.filter((line) => line.startsWith('ended: '))[0], 'ended: 130', lines.join('\n'));
  }
});

test('a role with MFA asks for the code; one that is not taken is said so', async () => {
  {
    using screen = terminal('dp logs rotation --profile mfa');
    await screen.waitFor(/Code of arn:aws:iam::123456789012:mfa\/alice:/);
    screen.type('123456');
    screen.press('Enter');
    const lines = await screen.waitFor(/^ended: 0$/m);
    assert.equal(count(lines, 'Code of'), 1);
    assert.match(lines.join('\n'), /the first line/);
  }
  const message = 'MultiFactorAuthentication failed with invalid MFA one time pass code.';
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error></ErrorResponse>`;
  server.faults.push({ call: 'AssumeRole', answer: { status: 403, body } });
  using screen = terminal('dp logs rotation --profile mfa');
  await screen.waitFor(/Code of/);
  screen.type('000000');
  screen.press('Enter');
  const lines = (await screen.waitFor(/^ended: 77$/m)).join('\n');
  assert.match(lines, /invalid MFA one time pass code/);
});

test('off a terminal the end is 77, with the exact command that signs in', async () => {
  keepSsoToken(home, Date.now() - 1_000);
  const options = { cwd: home, env: variables() };
  const { code, stderr } = await runDp(['logs', 'rotation', '--follow'], options);
  assert.equal(code, 77, stderr);
  assert.match(stderr, /Try: aws sso login --profile staging\n/);
  const json = await runDp(['logs', 'rotation', '--json'], options);
  assert.equal(json.code, 77);
  assert.equal(JSON.parse(json.stdout).error.nextSteps[0], 'aws sso login --profile staging');
  const mfa = await runDp(['logs', 'rotation', '--profile', 'mfa'], options);
  assert.equal(mfa.code, 77);
  assert.match(mfa.stderr, /asks for a code of your MFA device.*run it on a terminal/);
});
