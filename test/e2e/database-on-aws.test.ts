// `dp db exec` on AWS as an operator types it: the built dp as a process, an endpoint on loopback that answers as AWS
// does, and a private server behind the gateway whose certificate, other than Aurora's, Amazon did not sign.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { GATEWAY_OPTIONS, SessionGateway } from '../../src/local/session-gateway.ts';
import { runDp } from '../support/run-dp.ts';
import {
  answersOfGateway,
  clusterXml,
  instanceInformation,
  instancesXml,
  openSessionEndpoint,
} from '../support/session-endpoint.ts';
import { startShopServer } from '../support/shop-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ACCOUNT = '123456789012';
const IDENTITY =
  `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${ACCOUNT}</Account>` +
  `<Arn>arn:aws:iam::${ACCOUNT}:user/alice</Arn><UserId>A</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>`;

test('a server that only plays Aurora gets no password, and the session is ended', async (t) => {
  const server = await startShopServer(t);
  const { host, port } = await server.database.access('admin');
  const { password } = await server.database.access('etl_reader');
  const gateway = await SessionGateway.open(GATEWAY_OPTIONS, { dial: () => connect({ host, port }) });
  t.after(() => gateway.close());
  await using endpoint = await openSessionEndpoint({
    GetCallerIdentity: () => ({ body: IDENTITY }),
    DescribeDBClusters: () => ({ body: clusterXml('localhost', port, '<Status>available</Status>') }),
    DescribeInstances: () => ({ body: instancesXml('i-0a1') }),
    DescribeInstanceInformation: () => ({ body: instanceInformation('3.3.3572.0') }),
    GetSecretValue: () => ({ body: { SecretString: JSON.stringify({ username: 'etl_reader', password }) } }),
    ...answersOfGateway(gateway, { host: 'localhost', port }),
  });
  const cwd = await temporaryFolder(t);
  const staging = { kind: 'aws', account: ACCOUNT, region: 'ap-northeast-1' };
  await writeFile(join(cwd, 'dp.config.json'), JSON.stringify({ environments: { staging } }));
  const env = {
    HOME: cwd,
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_ENDPOINT_URL_SSMMESSAGES: `http://127.0.0.1:${gateway.port}`,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_PROFILE: '',
    AWS_REGION: '',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const { code, stdout, stderr } = await runDp(['db', 'exec', '--env', 'staging', 'SELECT 1'], { cwd, env });
  assert.equal(code, 77, stderr);
  assert.match(stderr, /TLS certificate cannot be trusted/);
  assert.equal(stdout, '');
  assert.ok(!stderr.includes(password));
  const asked = endpoint.asked.map(({ operation }) => operation);
  assert.equal(asked.filter((one) => one === 'StartSession').length, 1);
  assert.equal(asked.filter((one) => one === 'TerminateSession').length, 1);
  assert.deepEqual(gateway.list(), []);
});
