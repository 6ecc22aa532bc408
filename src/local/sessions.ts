/** Sessions of the local environment: a gateway and an agent in this process, in front of the private server. */
import { connect } from 'node:net';
import type { Database } from '../platform/database.ts';
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
import { Failure } from '../std/failure.ts';
import { openTunnelDoor } from '../tunnel/io/tunnel-door.ts';
import { localLogin } from './database-login.ts';
import type { GatewayOptions } from './session-gateway.ts';
import { GATEWAY_OPTIONS, SessionGateway } from './session-gateway.ts';

export interface LocalSessionsDeps {
  readonly database: Pick<Database, 'access'>;
}

const BASTION_ID = 'local';

/** Opens the port. The gateway listens once a session is started. */
export function openLocalSessions(options: Partial<GatewayOptions>, deps: LocalSessionsDeps): Sessions {
  return new LocalSessions({ ...GATEWAY_OPTIONS, ...options }, deps);
}

class LocalSessions implements Sessions {
  /** Nothing but this process is in between. */
  readonly messagesPerSecondMax = Infinity;
  private readonly options: GatewayOptions;
  private readonly deps: LocalSessionsDeps;
  private gateway: Promise<SessionGateway> | undefined;
  private socketPath: string | undefined;

  constructor(options: GatewayOptions, deps: LocalSessionsDeps) {
    this.options = options;
    this.deps = deps;
  }

  /** Reader and proxy are the one server as well: there is nothing else locally. */
  async findTarget(name: TargetName): Promise<SessionTarget> {
    const { host, port, database, socketPath } = await this.deps.database.access('admin');
    this.socketPath = socketPath;
    return { name, host, port, database };
  }

  async openDoor({ target, withPassword }: Parameters<Sessions['openDoor']>[0]): Promise<Door> {
    const login = localLogin({ user: 'admin' }, this.deps);
    return openTunnelDoor({ target: `${target.host}:${target.port}`, withPassword }, { login });
  }

  async findBastion(): Promise<Bastion> {
    return { id: BASTION_ID, agentVersion: this.options.agent.agentVersion };
  }

  async start({ target }: StartSessionRequest): Promise<SessionGrant> {
    return (await this.open()).start(target);
  }

  async resume(sessionId: string): Promise<SessionGrant> {
    const grant = (await this.open()).resume(sessionId);
    if (grant === undefined) throw sessionGone(sessionId);
    return grant;
  }

  async terminate(sessionId: string): Promise<void> {
    (await this.gateway)?.terminate(sessionId);
  }

  /** A local session only ends when its tunnel does. */
  async timeLimits(): Promise<SessionTimeLimits> {
    return { idleMs: undefined, maximumMs: undefined };
  }

  async list(): Promise<SessionSummary[]> {
    const sessions = (await this.gateway)?.list() ?? [];
    return sessions.map(({ sessionId, startedAtMs, connected }) => ({
      sessionId,
      owner: 'local',
      bastion: BASTION_ID,
      reason: '',
      status: connected ? 'Connected' : 'Disconnected',
      startedAt: new Date(startedAtMs).toISOString(),
    }));
  }

  async address({ streamUrl }: SessionGrant): Promise<ChannelAddress> {
    return { url: streamUrl, headers: {} };
  }

  async addressOf(target: SessionTarget): Promise<string | undefined> {
    return target.host;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.gateway)?.close();
  }

  private open(): Promise<SessionGateway> {
    this.gateway ??= SessionGateway.open(this.options, {
      dial: ({ host, port }) =>
        connect(this.socketPath === undefined ? { host, port } : { path: this.socketPath }),
    });
    return this.gateway;
  }
}

function sessionGone(sessionId: string): Failure {
  return new Failure({
    code: 'session-gone',
    kind: 'temporary',
    message: `Cannot resume session ${sessionId}: it has ended.`,
    nextSteps: ['dp db tunnel'],
    docs: 'docs/tunnel.md',
  });
}
