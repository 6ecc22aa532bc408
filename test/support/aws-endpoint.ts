import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Our own stand-in for the AWS services that a deploy speaks to (STS, SSM, S3, EC2, Route 53, CloudFormation), for tests. It is
 * not AWS: it keeps stacks in memory, says of every resource that it was made, and fails where a test tells it to.
 * What it shows is that dp drives the real toolkit rightly, never that AWS would accept a template.
 */
export interface AwsEndpoint extends AsyncDisposable {
  readonly url: string;
  readonly stacks: ReadonlyMap<string, FakeStack>;
  /** Every call, as `CloudFormation.CreateChangeSet staging-…-network`. */
  readonly calls: readonly string[];
  /** Resources that fail when they are made or changed, by logical id, with AWS's reason. */
  readonly failing: Map<string, string>;
  /** Puts an object into a bucket. */
  put(bucket: string, key: string): void;
  /** Resources that were changed behind CloudFormation's back, by logical id. */
  readonly drifted: Set<string>;
  /** The version of CDK's bootstrap stack; undefined when the account was never bootstrapped. */
  bootstrapVersion: number | undefined;
  account: string;
  /** S3's prefix list in the region, as EC2 tells it. */
  prefixList: string;
  readonly nameServers: string[];
  /** What ECR lists; undefined while there is no repository. */
  images: readonly object[] | undefined;
  /** Statements that came over the Data API. */
  readonly statements: string[];
  /** Users that the database already has. */
  readonly users: string[];
  /** What Secrets Manager holds for any secret. */
  secret: object;
}

export interface FakeStack {
  readonly name: string;
  readonly id: string;
  status: string;
  template: FakeTemplate;
  parameters: Record<string, string>;
  readonly events: FakeEvent[];
  changeSet:
    | { name: string; template: FakeTemplate; parameters: Record<string, string>; type: string }
    | undefined;
}

interface FakeTemplate {
  readonly Resources?: Readonly<Record<string, { readonly Type: string }>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

interface FakeEvent {
  readonly id: string;
  readonly at: string;
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
}

type Parameters = Readonly<Record<string, string>>;

/** Starts the endpoint on a free port of this machine. */
export async function startAwsEndpoint(): Promise<AwsEndpoint> {
  const endpoint = new Endpoint();
  await endpoint.listen();
  return endpoint;
}

class Endpoint implements AwsEndpoint {
  readonly stacks = new Map<string, FakeStack>();
  readonly calls: string[] = [];
  readonly failing = new Map<string, string>();
  readonly drifted = new Set<string>();
  bootstrapVersion: number | undefined = 30;
  account = '123456789012';
  prefixList = 'pl-61a54008';
  images: readonly object[] | undefined;
  readonly statements: string[] = [];
  readonly users: string[] = [];
  secret: object = { username: 'etl_reader', password: 'made-by-AWS' };
  readonly nameServers = ['ns-1.example.net', 'ns-2.example.net'];
  readonly #objects = new Map<string, Buffer>();
  /** Deleted stacks answer to their id only, as on AWS. */
  readonly #deleted = new Map<string, FakeStack>();
  readonly #server: Server;
  #clock = Date.parse('2026-11-23T00:00:00Z');
  #count = 0;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        response.writeHead(500).end(String(error));
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') return this.#serveJson(target, body, response);
    if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
      return this.#serveQuery(Object.fromEntries(new URLSearchParams(body.toString())), response);
    }
    if (request.url === '/Execute') return this.#serveDataApi(body, response);
    this.#serveS3(request, body, response);
  }

  #serveDataApi(body: Buffer, response: ServerResponse): void {
    const { sql } = JSON.parse(body.toString()) as { sql: string };
    this.calls.push('RDSData.ExecuteStatement');
    this.statements.push(sql);
    const [, created] = /^CREATE USER '(\w+)'/.exec(sql) ?? [];
    const records = sql.startsWith('SELECT User') ? this.users.map((user) => [{ stringValue: user }]) : [];
    if (created !== undefined) this.users.push(created);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ records }));
  }

  #serveJson(target: string, body: Buffer, response: ServerResponse): void {
    this.calls.push(target);
    const reply = (status: number, value: object) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(value));
    if (target.endsWith('.GetParameter')) {
      if (this.bootstrapVersion === undefined) {
        reply(400, { __type: 'ParameterNotFound', message: 'no such parameter' });
        return;
      }
      const { Name } = JSON.parse(body.toString()) as { Name: string };
      reply(200, { Parameter: { Name, Value: String(this.bootstrapVersion), Type: 'String', Version: 1 } });
      return;
    }
    if (target.endsWith('.GetSecretValue')) {
      reply(200, { ARN: 'arn', Name: 'name', SecretString: JSON.stringify(this.secret) });
      return;
    }
    if (target.endsWith('.GetAuthorizationToken')) {
      const authorizationToken = Buffer.from('AWS:ecr-password').toString('base64');
      reply(200, { authorizationData: [{ authorizationToken }] });
      return;
    }
    if (target.endsWith('.DescribeImages')) {
      if (this.images === undefined)
        reply(400, { __type: 'RepositoryNotFoundException', message: 'no repository' });
      else reply(200, { imageDetails: this.images });
      return;
    }
    reply(400, { __type: 'UnknownOperationException', message: target });
  }

  #serveS3(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    this.calls.push(`S3.${request.method} ${pathname}`);
    if (pathname.startsWith('/2013-04-01/hostedzone/')) {
      const servers = this.nameServers.map((name) => `<NameServer>${name}</NameServer>`).join('');
      const id = pathname.split('/').at(-1);
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(
        `<GetHostedZoneResponse><HostedZone><Id>${id}</Id><Name>zone.</Name><CallerReference>1</CallerReference></HostedZone>` +
          `<DelegationSet><NameServers>${servers}</NameServers></DelegationSet></GetHostedZoneResponse>`,
      );
      return;
    }
    if (searchParams.has('versions')) {
      response.writeHead(200, { 'content-type': 'application/xml' });
      response.end(`<ListVersionsResult>${this.#versions(pathname)}</ListVersionsResult>`);
      return;
    }
    if (searchParams.has('delete')) {
      for (const [, key] of body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)) {
        this.#objects.delete(`${pathname.replace(/\/$/, '')}/${key}`);
      }
      response.writeHead(200, { 'content-type': 'application/xml' }).end('<DeleteResult/>');
      return;
    }
    if (request.method === 'POST') {
      const tag = searchParams.has('uploads')
        ? 'InitiateMultipartUploadResult'
        : 'CompleteMultipartUploadResult';
      if (tag.startsWith('Complete')) this.#objects.set(pathname, Buffer.alloc(1));
      response.writeHead(200, { 'content-type': 'application/xml' });
      response.end(`<${tag}><UploadId>1</UploadId><ETag>"1"</ETag></${tag}>`);
      return;
    }
    if (request.method === 'PUT') {
      this.#objects.set(pathname, body);
      response.writeHead(200, { etag: '"1"' }).end();
      return;
    }
    if (searchParams.has('list-type')) {
      const prefix = `/${pathname.split('/')[1]}/${searchParams.get('prefix') ?? ''}`;
      const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix));
      const contents = keys.map(
        (key) => `<Contents><Key>${key.split('/').slice(2).join('/')}</Key><Size>1</Size></Contents>`,
      );
      response.writeHead(200, { 'content-type': 'application/xml' });
      response.end(
        `<ListBucketResult><KeyCount>${keys.length}</KeyCount>${contents.join('')}</ListBucketResult>`,
      );
      return;
    }
    if (searchParams.has('location')) {
      response.writeHead(200, { 'content-type': 'application/xml' });
      response.end('<LocationConstraint>ap-northeast-1</LocationConstraint>');
      return;
    }
    if (searchParams.has('encryption')) {
      response.writeHead(404, { 'content-type': 'application/xml' });
      response.end('<Error><Code>ServerSideEncryptionConfigurationNotFoundError</Code></Error>');
      return;
    }
    const object = this.#objects.get(pathname);
    response.writeHead(object === undefined ? 404 : 200).end(request.method === 'HEAD' ? undefined : object);
  }

  #versions(bucket: string): string {
    const prefix = `${bucket.replace(/\/$/, '')}/`;
    return [...this.#objects.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => `<Version><Key>${key.slice(prefix.length)}</Key><VersionId>1</VersionId></Version>`)
      .join('');
  }

  /** Puts an object where a test needs one: `put('bucket', 'key')`. */
  put(bucket: string, key: string): void {
    this.#objects.set(`/${bucket}/${key}`, Buffer.from('x'));
  }

  #serveQuery(parameters: Parameters, response: ServerResponse): void {
    const action = parameters.Action ?? '';
    const name = parameters.StackName ?? '';
    this.calls.push(`${SERVICES[action] ?? 'CloudFormation'}.${action} ${shortName(name)}`.trim());
    if (action === 'DescribeManagedPrefixLists') {
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(
        '<DescribeManagedPrefixListsResponse><prefixListSet><item>' +
          `<prefixListId>${this.prefixList}</prefixListId><prefixListName>${parameters['Filter.1.Value.1']}</prefixListName>` +
          '</item></prefixListSet></DescribeManagedPrefixListsResponse>',
      );
      return;
    }
    try {
      const answer = this.#answer(action, parameters);
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(
        `<${action}Response><${action}Result>${answer}</${action}Result>` +
          `<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`,
      );
    } catch (error) {
      const { code = 'InternalFailure', message } = error as { code?: string; message: string };
      response.writeHead(400, { 'content-type': 'text/xml' });
      response.end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message>` +
          '</Error><RequestId>1</RequestId></ErrorResponse>',
      );
    }
  }

  #answer(action: string, parameters: Parameters): string {
    switch (action) {
      case 'GetCallerIdentity':
        return `<Account>${this.account}</Account><Arn>arn:aws:iam::${this.account}:user/test</Arn><UserId>U</UserId>`;
      case 'AssumeRole':
        return (
          '<Credentials><AccessKeyId>AKIATEST</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>' +
          '<SessionToken>token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>' +
          `<AssumedRoleUser><AssumedRoleId>R:s</AssumedRoleId><Arn>${parameters.RoleArn}</Arn></AssumedRoleUser>`
        );
      case 'DescribeStacks':
        return `<Stacks>${stackXml(this.#find(parameters))}</Stacks>`;
      case 'GetTemplate':
        return `<TemplateBody>${escapeXml(JSON.stringify(this.#find(parameters).template))}</TemplateBody>`;
      case 'GetTemplateSummary':
        return '<Parameters/>';
      case 'CreateChangeSet':
        return this.#createChangeSet(parameters);
      case 'DescribeChangeSet':
        return this.#describeChangeSet(parameters);
      case 'ExecuteChangeSet':
        return this.#executeChangeSet(parameters);
      case 'DeleteChangeSet':
        this.#find(parameters).changeSet = undefined;
        return '';
      case 'DescribeStackEvents':
      case 'DescribeEvents':
        return this.#events(action, parameters);
      case 'UpdateTerminationProtection':
        return `<StackId>${this.#find(parameters).id}</StackId>`;
      case 'DeleteStack':
        return this.#deleteStack(parameters);
      case 'RollbackStack':
        return this.#rollBack(parameters);
      case 'DescribeStackResources':
      case 'ListStackResources':
        return this.#resources(action, parameters);
      case 'DetectStackDrift':
        return `<StackDriftDetectionId>drift-${this.#find(parameters).name}</StackDriftDetectionId>`;
      case 'DescribeStackDriftDetectionStatus':
        return this.#driftStatus(parameters);
      case 'DescribeStackResourceDrifts':
        return this.#drifts(parameters);
      default:
        throw Object.assign(new Error(`this endpoint does not know ${action}`), { code: 'InvalidAction' });
    }
  }

  #find(parameters: Parameters): FakeStack {
    const asked = parameters.StackName ?? '';
    const stack =
      [...this.stacks.values()].find((one) => one.name === asked || one.id === asked) ??
      this.#deleted.get(asked);
    if (stack === undefined) {
      const message = `Stack with id ${asked} does not exist`;
      throw Object.assign(new Error(message), { code: 'ValidationError' });
    }
    return stack;
  }

  #createChangeSet(parameters: Parameters): string {
    const name = parameters.StackName ?? '';
    const stack = this.stacks.get(name) ?? this.#newStack(name);
    const path = new URL(parameters.TemplateURL ?? 'http://none/').pathname;
    const stored =
      this.#objects.get(path) ??
      [...this.#objects].find(([key]) => key.endsWith(path.split('/').at(-1) ?? '-'))?.[1];
    const template = JSON.parse(parameters.TemplateBody ?? stored?.toString() ?? '{}') as FakeTemplate;
    stack.changeSet = {
      name: parameters.ChangeSetName ?? '',
      template,
      parameters: parametersIn(parameters),
      type: parameters.ChangeSetType ?? 'UPDATE',
    };
    return `<Id>arn:aws:cloudformation:ap-northeast-1:${this.account}:changeSet/${parameters.ChangeSetName}/1</Id><StackId>${stack.id}</StackId>`;
  }

  #newStack(name: string): FakeStack {
    const stack: FakeStack = {
      name,
      id: `arn:aws:cloudformation:ap-northeast-1:${this.account}:stack/${name}/1`,
      status: 'REVIEW_IN_PROGRESS',
      template: {},
      parameters: {},
      events: [],
      changeSet: undefined,
    };
    this.stacks.set(name, stack);
    return stack;
  }

  #describeChangeSet(parameters: Parameters): string {
    const stack = this.#find(parameters);
    const before = stack.template.Resources ?? {};
    const after = stack.changeSet?.template.Resources ?? {};
    const ids = changedIds(before, after);
    const head =
      `<ChangeSetName>${parameters.ChangeSetName}</ChangeSetName><StackName>${stack.name}</StackName>` +
      `<StackId>${stack.id}</StackId><ChangeSetId>${parameters.ChangeSetName}</ChangeSetId>`;
    const same = JSON.stringify(stack.template) === JSON.stringify(stack.changeSet?.template);
    if (same) {
      return `${head}<Status>FAILED</Status><StatusReason>The submitted information didn't contain changes.</StatusReason><Changes/>`;
    }
    const changes = ids.map(
      (id) =>
        `<member><Type>Resource</Type><ResourceChange><Action>${before[id] === undefined ? 'Add' : after[id] === undefined ? 'Remove' : 'Modify'}</Action>` +
        `<LogicalResourceId>${id}</LogicalResourceId><ResourceType>${(after[id] ?? before[id])?.Type}</ResourceType></ResourceChange></member>`,
    );
    return `${head}<Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus><Changes>${changes.join('')}</Changes>`;
  }

  #executeChangeSet(parameters: Parameters): string {
    const stack = this.#find(parameters);
    const { changeSet } = stack;
    if (changeSet === undefined)
      throw Object.assign(new Error('no change set'), { code: 'ChangeSetNotFound' });
    const verb = stack.status === 'REVIEW_IN_PROGRESS' ? 'CREATE' : 'UPDATE';
    const before = stack.template.Resources ?? {};
    const after = changeSet.template.Resources ?? {};
    this.#event(stack, stack.name, 'AWS::CloudFormation::Stack', `${verb}_IN_PROGRESS`, 'User Initiated');
    let failed: string | undefined;
    for (const id of changedIds(before, after)) {
      const type = (after[id] ?? before[id])?.Type ?? '';
      const word = before[id] === undefined ? 'CREATE' : after[id] === undefined ? 'DELETE' : 'UPDATE';
      this.#event(stack, id, type, `${word}_IN_PROGRESS`);
      const reason = failed === undefined ? this.failing.get(id) : 'Resource creation cancelled';
      this.#event(stack, id, type, `${word}_${reason === undefined ? 'COMPLETE' : 'FAILED'}`, reason);
      failed ??= reason;
    }
    stack.changeSet = undefined;
    if (failed === undefined) {
      stack.template = changeSet.template;
      stack.parameters = { ...stack.parameters, ...changeSet.parameters };
    }
    stack.status =
      failed === undefined ? `${verb}_COMPLETE` : verb === 'CREATE' ? 'CREATE_FAILED' : 'UPDATE_FAILED';
    if (failed !== undefined && parameters.DisableRollback !== 'true') {
      stack.status = verb === 'CREATE' ? 'ROLLBACK_COMPLETE' : 'UPDATE_ROLLBACK_COMPLETE';
    }
    this.#event(stack, stack.name, 'AWS::CloudFormation::Stack', stack.status, failed);
    return '';
  }

  #deleteStack(parameters: Parameters): string {
    const stack = this.#find(parameters);
    this.#event(stack, stack.name, 'AWS::CloudFormation::Stack', 'DELETE_IN_PROGRESS', 'User Initiated');
    for (const [id, { Type }] of Object.entries(stack.template.Resources ?? {})) {
      this.#event(stack, id, Type, 'DELETE_COMPLETE');
    }
    this.#event(stack, stack.name, 'AWS::CloudFormation::Stack', 'DELETE_COMPLETE');
    stack.status = 'DELETE_COMPLETE';
    this.stacks.delete(stack.name);
    this.#deleted.set(stack.id, stack);
    return '';
  }

  #rollBack(parameters: Parameters): string {
    const stack = this.#find(parameters);
    this.#event(
      stack,
      stack.name,
      'AWS::CloudFormation::Stack',
      'UPDATE_ROLLBACK_IN_PROGRESS',
      'User Initiated',
    );
    stack.status = stack.status === 'CREATE_FAILED' ? 'ROLLBACK_COMPLETE' : 'UPDATE_ROLLBACK_COMPLETE';
    this.#event(stack, stack.name, 'AWS::CloudFormation::Stack', stack.status);
    return `<StackId>${stack.id}</StackId>`;
  }

  #event(stack: FakeStack, logicalId: string, type: string, status: string, reason?: string): void {
    this.#clock = Math.max(this.#clock + 10, Date.now());
    this.#count += 1;
    stack.events.unshift({
      id: String(this.#count),
      at: new Date(this.#clock).toISOString(),
      logicalId,
      type,
      status,
      reason,
    });
  }

  #events(action: string, parameters: Parameters): string {
    const stack = this.#find(parameters);
    const members = stack.events.map(
      (event) =>
        `<member><EventId>${event.id}</EventId><StackId>${stack.id}</StackId><StackName>${stack.name}</StackName>` +
        `<LogicalResourceId>${event.logicalId}</LogicalResourceId><PhysicalResourceId>${event.logicalId === stack.name ? stack.id : event.logicalId}</PhysicalResourceId>` +
        `<ResourceType>${event.type}</ResourceType><Timestamp>${event.at}</Timestamp><ResourceStatus>${event.status}</ResourceStatus>` +
        `${event.reason === undefined ? '' : `<ResourceStatusReason>${escapeXml(event.reason)}</ResourceStatusReason>`}</member>`,
    );
    const list = action === 'DescribeEvents' ? 'OperationEvents' : 'StackEvents';
    return `<${list}>${members.join('')}</${list}>`;
  }

  #resources(action: string, parameters: Parameters): string {
    const stack = this.#find(parameters);
    const members = Object.entries(stack.template.Resources ?? {}).map(
      ([id, { Type }]) =>
        `<member><StackName>${stack.name}</StackName><LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${id}</PhysicalResourceId>` +
        `<ResourceType>${Type}</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus><LastUpdatedTimestamp>2026-11-23T00:00:00Z</LastUpdatedTimestamp></member>`,
    );
    const list = action === 'ListStackResources' ? 'StackResourceSummaries' : 'StackResources';
    return `<${list}>${members.join('')}</${list}>`;
  }

  #driftStatus(parameters: Parameters): string {
    const name = (parameters.StackDriftDetectionId ?? '').slice('drift-'.length);
    const stack = this.#find({ StackName: name });
    const drifted = Object.keys(stack.template.Resources ?? {}).filter((id) => this.drifted.has(id));
    return (
      `<StackId>${stack.id}</StackId><StackDriftDetectionId>${parameters.StackDriftDetectionId}</StackDriftDetectionId>` +
      `<DetectionStatus>DETECTION_COMPLETE</DetectionStatus><StackDriftStatus>${drifted.length > 0 ? 'DRIFTED' : 'IN_SYNC'}</StackDriftStatus>` +
      `<DriftedStackResourceCount>${drifted.length}</DriftedStackResourceCount><Timestamp>2026-11-23T00:00:00Z</Timestamp>`
    );
  }

  #drifts(parameters: Parameters): string {
    const stack = this.#find(parameters);
    const members = Object.entries(stack.template.Resources ?? {}).map(([id, { Type }]) => {
      const isDrifted = this.drifted.has(id);
      const difference = isDrifted
        ? '<PropertyDifferences><member><PropertyPath>/RetentionInDays</PropertyPath><ExpectedValue>14</ExpectedValue><ActualValue>1</ActualValue><DifferenceType>NOT_EQUAL</DifferenceType></member></PropertyDifferences>'
        : '';
      return (
        `<member><StackId>${stack.id}</StackId><LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${id}</PhysicalResourceId><ResourceType>${Type}</ResourceType>` +
        `<StackResourceDriftStatus>${isDrifted ? 'MODIFIED' : 'IN_SYNC'}</StackResourceDriftStatus>${difference}<Timestamp>2026-11-23T00:00:00Z</Timestamp></member>`
      );
    });
    return `<StackResourceDrifts>${members.join('')}</StackResourceDrifts>`;
  }
}

const SERVICES: Readonly<Record<string, string>> = {
  GetCallerIdentity: 'STS',
  AssumeRole: 'STS',
  DescribeManagedPrefixLists: 'EC2',
};

function changedIds(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (id) => JSON.stringify(before[id]) !== JSON.stringify(after[id]),
  );
}

/** `Parameters.member.1.ParameterKey` and its value, as the query protocol writes a list. */
function parametersIn(parameters: Parameters): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [key, value] of Object.entries(parameters)) {
    const match = /^(Parameters\.member\.\d+)\.ParameterKey$/.exec(key);
    const given = match === null ? undefined : parameters[`${match[1]}.ParameterValue`];
    if (given !== undefined) found[value] = given;
  }
  return found;
}

function stackXml(stack: FakeStack): string {
  const outputs = Object.entries(stack.template.Outputs ?? {}).map(
    ([key, { Value }]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${escapeXml(typeof Value === 'string' ? Value : `value-of-${key}`)}</OutputValue></member>`,
  );
  const parameters = Object.entries(stack.parameters).map(
    ([key, value]) =>
      `<member><ParameterKey>${key}</ParameterKey><ParameterValue>${escapeXml(value)}</ParameterValue></member>`,
  );
  return (
    `<member><StackId>${stack.id}</StackId><StackName>${stack.name}</StackName><StackStatus>${stack.status}</StackStatus>` +
    `<CreationTime>2026-11-23T00:00:00Z</CreationTime><Outputs>${outputs.join('')}</Outputs><Parameters>${parameters.join('')}</Parameters></member>`
  );
}

function shortName(stack: string): string {
  return stack.startsWith('arn:') ? (stack.split('/')[1] ?? stack) : stack;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
