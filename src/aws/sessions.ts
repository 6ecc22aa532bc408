/** Sessions on AWS: Session Manager on the environment's bastion, towards its Aurora cluster or proxy. */
import { lookup } from 'node:dns/promises';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import type { RDSClient } from '@aws-sdk/client-rds';
import { DescribeDBClustersCommand, DescribeDBProxiesCommand } from '@aws-sdk/client-rds';
import type { Session, SSMClient } from '@aws-sdk/client-ssm';
import {
  DescribeInstanceInformationCommand,
  DescribeSessionsCommand,
  GetDocumentCommand,
  ResumeSessionCommand,
  StartSessionCommand,
  TerminateSessionCommand,
} from '@aws-sdk/client-ssm';
import type {
  Bastion,
  ChannelAddress,
  Door,
  SessionGrant,
  SessionSummary,
  Sessions,
  SessionTarget,
  SessionTimeLimits,
  StartSessionRequest,
  TargetName,
} from '../platform/sessions.ts';
import { isNewer } from '../tunnel/handshake.ts';
import { openTunnelDoor } from '../tunnel/io/tunnel-door.ts';
import type { DatabaseLogin } from './database-login.ts';
import type { SessionAddressDeps } from './session-address.ts';
import { signChannelAddress } from './session-address.ts';
import {
  bastionAgentTooOld,
  bastionMissing,
  bastionNotOnline,
  sessionCallFailed,
  sessionGone,
  targetMissing,
} from './session-errors.ts';
import { readTimeLimits } from './session-preferences.ts';

export interface AwsSessionsInput {
  /** Names of the environment's resources. */
  readonly names: { readonly bastion: string; readonly cluster: string; readonly proxy: string };
  /** The schema clients start in. */
  readonly database: string;
  /** What signs the operator in again. */
  readonly signInCommand: string;
}

export interface AwsSessionsDeps {
  readonly ssm: () => Promise<Pick<SSMClient, 'send'>>;
  readonly rds: () => Promise<Pick<RDSClient, 'send'>>;
  readonly ec2: () => Promise<Pick<EC2Client, 'send'>>;
  readonly address: SessionAddressDeps;
  /** How the door logs its clients in at a target. */
  readonly loginTo: (target: SessionTarget) => Promise<DatabaseLogin>;
}

const DOCUMENT = 'AWS-StartPortForwardingSessionToRemoteHost';
/** Where an account keeps its Session Manager preferences. */
const PREFERENCES = 'SSM-SessionManagerRunShell';
/** Agents must be newer than the last version that could not forward to another host. */
const AGENT_VERSION_TOO_OLD = '3.1.1187.0';
const MYSQL_PORT = 3306;
/** Sessions listed at most; a page of the service has up to 200. */
const SESSIONS_LISTED_MAX = 200;

export function openAwsSessions(input: AwsSessionsInput, deps: AwsSessionsDeps): Sessions {
  return new AwsSessions(input, deps);
}

class AwsSessions implements Sessions {
  private readonly input: AwsSessionsInput;
  private readonly deps: AwsSessionsDeps;

  constructor(input: AwsSessionsInput, deps: AwsSessionsDeps) {
    this.input = input;
    this.deps = deps;
  }

  async findTarget(name: TargetName): Promise<SessionTarget> {
    const { names, database } = this.input;
    const rds = await this.deps.rds();
    const resource = name === 'proxy' ? names.proxy : names.cluster;
    const found = await this.call(
      `find the ${name} of ${resource}`,
      name === 'proxy' ? 'rds:DescribeDBProxies' : 'rds:DescribeDBClusters',
      async () =>
        name === 'proxy' ? await proxyEndpoint(rds, resource) : await clusterEndpoint(rds, resource, name),
    );
    if (found.host === undefined) throw targetMissing(name, resource);
    return { name, host: found.host, port: found.port ?? MYSQL_PORT, database };
  }

  async openDoor({ target, withPassword }: Parameters<Sessions['openDoor']>[0]): Promise<Door> {
    const { host, port } = target;
    const login = await this.deps.loginTo(target);
    return openTunnelDoor({ target: `${host}:${port}`, withPassword }, { login });
  }

  async findBastion(): Promise<Bastion> {
    const { bastion: name } = this.input.names;
    const ec2 = await this.deps.ec2();
    const request = new DescribeInstancesCommand({
      Filters: [
        { Name: 'tag:Name', Values: [name] },
        { Name: 'instance-state-name', Values: ['running'] },
      ],
    });
    const what = `find the bastion ${name}`;
    const { Reservations = [] } = await this.call(what, 'ec2:DescribeInstances', () => ec2.send(request));
    const ids = Reservations.flatMap(({ Instances = [] }) =>
      Instances.flatMap(({ InstanceId }) => InstanceId ?? []),
    );
    if (ids.length === 0) throw bastionMissing(name);
    const ssm = await this.deps.ssm();
    const ask = new DescribeInstanceInformationCommand({ Filters: [{ Key: 'InstanceIds', Values: ids }] });
    const permission = 'ssm:DescribeInstanceInformation';
    const { InstanceInformationList = [] } = await this.call(what, permission, () => ssm.send(ask));
    // While a bastion is replaced there may be two: the one that is online is meant.
    const online = InstanceInformationList.find(({ PingStatus }) => PingStatus === 'Online');
    const id = online?.InstanceId;
    if (id === undefined)
      throw bastionNotOnline(ids.join(', '), InstanceInformationList[0]?.PingStatus ?? 'not registered');
    const agentVersion = online?.AgentVersion ?? '';
    if (!isNewer(agentVersion, AGENT_VERSION_TOO_OLD)) throw bastionAgentTooOld(id, agentVersion);
    return { id, agentVersion };
  }

  async start({ target, bastion, reason, localPort }: StartSessionRequest): Promise<SessionGrant> {
    const ssm = await this.deps.ssm();
    const request = new StartSessionCommand({
      Target: bastion.id,
      DocumentName: DOCUMENT,
      Reason: reason,
      Parameters: {
        host: [target.host],
        portNumber: [String(target.port)],
        localPortNumber: [String(localPort)],
      },
    });
    const what = `start a session on the bastion ${bastion.id}`;
    const started = await this.call(what, `ssm:StartSession on ${DOCUMENT} and the bastion`, () =>
      ssm.send(request),
    );
    const { SessionId: sessionId, StreamUrl: streamUrl, TokenValue: token } = started;
    if (!sessionId || !streamUrl || !token) throw sessionGone(sessionId ?? '');
    return { sessionId, streamUrl, token };
  }

  async resume(sessionId: string): Promise<SessionGrant> {
    const ssm = await this.deps.ssm();
    const request = new ResumeSessionCommand({ SessionId: sessionId });
    const what = `resume session ${sessionId}`;
    const resumed = await this.call(what, 'ssm:ResumeSession', () => ssm.send(request));
    const { StreamUrl: streamUrl, TokenValue: token } = resumed;
    // No token is the service's way to say that the session timed out.
    if (!streamUrl || !token) throw sessionGone(sessionId);
    return { sessionId, streamUrl, token };
  }

  async terminate(sessionId: string): Promise<void> {
    const ssm = await this.deps.ssm();
    const request = new TerminateSessionCommand({ SessionId: sessionId });
    await this.call(`end session ${sessionId}`, 'ssm:TerminateSession', () => ssm.send(request));
  }

  async timeLimits(): Promise<SessionTimeLimits> {
    const ssm = await this.deps.ssm();
    const request = new GetDocumentCommand({ Name: PREFERENCES, DocumentFormat: 'JSON' });
    // An account without this document has the defaults, and one that may not be read probably as well.
    const found = await ssm.send(request).catch(() => undefined);
    return readTimeLimits(found?.Content);
  }

  async list(): Promise<SessionSummary[]> {
    const ssm = await this.deps.ssm();
    const { id } = await this.findBastion();
    const request = new DescribeSessionsCommand({
      State: 'Active',
      MaxResults: SESSIONS_LISTED_MAX,
      Filters: [{ key: 'Target', value: id }],
    });
    const { Sessions: sessions = [] } = await this.call(
      `list the sessions on the bastion ${id}`,
      'ssm:DescribeSessions',
      () => ssm.send(request),
    );
    return sessions.map((session) => summarize(session));
  }

  async address(grant: SessionGrant): Promise<ChannelAddress> {
    return await signChannelAddress(grant.streamUrl, this.deps.address);
  }

  async addressOf({ host }: SessionTarget): Promise<string | undefined> {
    return await lookup(host).then(
      ({ address }) => address,
      () => undefined,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  private async call<T>(what: string, permission: string, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      throw sessionCallFailed(error, { what, permission, signInCommand: this.input.signInCommand });
    }
  }
}

interface Endpoint {
  readonly host: string | undefined;
  readonly port: number | undefined;
}

async function clusterEndpoint(
  rds: Pick<RDSClient, 'send'>,
  cluster: string,
  name: TargetName,
): Promise<Endpoint> {
  const { DBClusters } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: cluster }));
  const found = DBClusters?.[0];
  return { host: name === 'reader' ? found?.ReaderEndpoint : found?.Endpoint, port: found?.Port };
}

async function proxyEndpoint(rds: Pick<RDSClient, 'send'>, proxy: string): Promise<Endpoint> {
  const { DBProxies } = await rds.send(new DescribeDBProxiesCommand({ DBProxyName: proxy }));
  return { host: DBProxies?.[0]?.Endpoint, port: undefined };
}

function summarize(session: Session): SessionSummary {
  return {
    sessionId: session.SessionId ?? '',
    owner: session.Owner ?? '',
    bastion: session.Target ?? '',
    reason: session.Reason ?? '',
    status: session.Status ?? '',
    startedAt: session.StartDate?.toISOString() ?? '',
  };
}
