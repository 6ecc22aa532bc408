// A small endpoint on loopback that answers as AWS does, and the real SDK's clients pointed at it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { EC2Client } from '@aws-sdk/client-ec2';
import { RDSClient } from '@aws-sdk/client-rds';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type AwsSessionsDeps, openAwsSessions } from '../../src/aws/sessions.ts';
import type { SessionGateway } from '../../src/local/session-gateway.ts';

interface Answer {
  status?: number;
  body: unknown;
}

export type Answers = Record<string, (input: Record<string, unknown>) => Answer | Promise<Answer>>;

/** Answers SSM by operation (JSON), EC2 and RDS by action (XML). Keeps what was asked. */
export async function openSessionEndpoint(answers: Answers) {
  const asked: { operation: string; input: Record<string, unknown> }[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const target = request.headers['x-amz-target'];
    const isJson = typeof target === 'string';
    const operation = isJson ? (target.split('.')[1] ?? '') : (new URLSearchParams(body).get('Action') ?? '');
    const input = isJson ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
    asked.push({ operation, input });
    const answered = await answers[operation]?.(input);
    const { status = 200, body: answer } = answered ?? { status: 400, body: {} };
    response.writeHead(status, { 'content-type': isJson ? 'application/x-amz-json-1.1' : 'text/xml' });
    response.end(isJson ? JSON.stringify(answer) : String(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };
  const configuration = { region: 'ap-northeast-1', endpoint, credentials, maxAttempts: 1 };
  const clients = {
    ssm: new SSMClient(configuration),
    rds: new RDSClient(configuration),
    ec2: new EC2Client(configuration),
    secrets: new SecretsManagerClient(configuration),
  };
  const sessions = (
    ssmmessages?: string,
    loginTo: AwsSessionsDeps['loginTo'] = () => assert.fail('this tunnel forwards bytes as they are'),
  ) =>
    openAwsSessions(
      {
        names: { bastion: 'stg-bastion', cluster: 'stg-database', proxy: 'stg-proxy' },
        database: 'stg_core',
        signInCommand: 'aws sso login',
      },
      {
        ssm: async () => clients.ssm,
        rds: async () => clients.rds,
        ec2: async () => clients.ec2,
        loginTo,
        address: {
          credentials: async () => credentials,
          region: 'ap-northeast-1',
          ...(ssmmessages === undefined ? {} : { endpoint: ssmmessages }),
        },
      },
    );
  return {
    asked,
    url: endpoint,
    clients,
    credentials,
    sessions,
    [Symbol.asyncDispose]: async () => {
      for (const client of Object.values(clients)) client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** `more` is further XML of the cluster. */
export const clusterXml = (host: string, port: number, more = '') =>
  `<DescribeDBClustersResponse><DescribeDBClustersResult><DBClusters><DBCluster><Endpoint>${host}</Endpoint>` +
  `<ReaderEndpoint>reader.${host}</ReaderEndpoint><Port>${port}</Port>${more}</DBCluster></DBClusters>` +
  '</DescribeDBClustersResult></DescribeDBClustersResponse>';
export const instancesXml = (...ids: string[]) =>
  `<DescribeInstancesResponse><reservationSet>${ids
    .map((id) => `<item><instancesSet><item><instanceId>${id}</instanceId></item></instancesSet></item>`)
    .join('')}</reservationSet></DescribeInstancesResponse>`;
export const instanceInformation = (AgentVersion: string, PingStatus = 'Online') => ({
  InstanceInformationList: [{ InstanceId: 'i-0a1', AgentVersion, PingStatus }],
});

/** Session Manager's three calls about one session, answered by a gateway. */
export function answersOfGateway(
  gateway: SessionGateway,
  target: { readonly host: string; readonly port: number },
): Answers {
  const grantOf = (grant: ReturnType<SessionGateway['resume']>) => ({
    body: { SessionId: grant?.sessionId, StreamUrl: grant?.streamUrl, TokenValue: grant?.token },
  });
  return {
    StartSession: () => grantOf(gateway.start(target)),
    ResumeSession: ({ SessionId }) => grantOf(gateway.resume(String(SessionId))),
    TerminateSession: ({ SessionId }) => {
      gateway.terminate(String(SessionId));
      return { body: { SessionId } };
    },
  };
}
