import { Failure } from '../std/failure.ts';

const DOCS = 'docs/deploy.md';

export function notBootstrapped(input: { account: string; region: string }): Failure {
  return new Failure({
    code: 'not-bootstrapped',
    kind: 'not-ready',
    message:
      `Cannot deploy to the account ${input.account} in ${input.region}: CDK's own bucket and roles are not there, ` +
      'or are too old.',
    nextSteps: [`npx aws-cdk@2.1148.1 bootstrap aws://${input.account}/${input.region}`, 'dp deploy'],
    docs: DOCS,
  });
}

export function wrongPrefixList(input: { environment: string; given: string; actual: string }): Failure {
  return new Failure({
    code: 'wrong-prefix-list',
    kind: 'configuration',
    message:
      `Cannot deploy ${input.environment}: S3's prefix list in this region is ${input.actual}, ` +
      `but network.s3PrefixList is ${input.given}; Glue could not reach S3.`,
    nextSteps: [`Set environments.${input.environment}.network.s3PrefixList to ${input.actual}`, 'dp deploy'],
    docs: DOCS,
  });
}

export function zoneNotDelegated(input: {
  zone: string;
  wanted: readonly string[];
  found: readonly string[];
}): Failure {
  return new Failure({
    code: 'zone-not-delegated',
    kind: 'not-ready',
    message:
      `Cannot deploy the API: the internet does not ask the hosted zone ${input.zone} ` +
      `(it asks ${input.found.join(', ') || 'nobody'}), so its certificate would wait for hours.`,
    nextSteps: [`Set these name servers at the registrar: ${input.wanted.join(', ')}`, 'dp deploy'],
    docs: DOCS,
  });
}

export function imageMissing(environment: string): Failure {
  return new Failure({
    code: 'image-missing',
    kind: 'not-ready',
    message: `Everything of ${environment} that needs no image is deployed; the Shop API waits for its image.`,
    nextSteps: [
      `dp image build --env ${environment}`,
      `dp image push --env ${environment}`,
      `dp deploy --env ${environment}`,
    ],
    docs: DOCS,
  });
}

export interface FailedResource {
  readonly stack: string;
  /** The construct's path, or the logical id. */
  readonly resource: string;
  readonly type: string;
  readonly reason: string;
  /** The line of infra/ that described it. */
  readonly source?: string;
}

export function deployFailed(failed: FailedResource | undefined, why: string, cause?: unknown): Failure {
  const what =
    failed === undefined
      ? `Cannot deploy: ${why}`
      : `Cannot deploy ${failed.stack}: ${failed.resource} (${failed.type}) failed: ${failed.reason}${sourceOf(failed)}`;
  return new Failure({
    code: 'deploy-failed',
    kind: 'failed',
    message: what,
    nextSteps: [...adviceFor(failed?.reason ?? why), 'dp deploy', 'dp rollback'],
    docs: DOCS,
    cause,
  });
}

function sourceOf({ source }: FailedResource): string {
  return source === undefined ? '' : `\nIt is described at ${source}.`;
}

/** What an operator does about the reasons that CloudFormation gives most often. */
function adviceFor(reason: string): string[] {
  const advice: readonly (readonly [RegExp, string])[] = [
    [/already exists/i, 'Something else has this name: delete or import it, or choose another project name'],
    [/not authorized|AccessDenied/i, 'Give CDK’s execution role this right: see docs/deploy.md'],
    [/Source image .* does not exist/i, 'dp image push'],
    [/limit|quota/i, 'Raise the quota in the Service Quotas console'],
    [
      /has dependent object|DependencyViolation|in use/i,
      'Wait: network interfaces of Lambda and Glue stay up to 40 minutes',
    ],
  ];
  return advice.filter(([pattern]) => pattern.test(reason)).map(([, step]) => step);
}

export function deployAborted(what: string): Failure {
  return new Failure({
    code: 'deploy-refused',
    kind: 'confirmation',
    message: `${what} was not approved; nothing was changed.`,
    nextSteps: ['dp diff', 'dp deploy'],
    docs: DOCS,
  });
}

export function answerNeeded(question: string): Failure {
  return new Failure({
    code: 'answer-needed',
    kind: 'confirmation',
    message: `AWS asks something that dp does not answer by itself: ${question}`,
    nextSteps: ['Use credentials that need no answer, for example from aws sso login'],
    docs: DOCS,
  });
}

export function checksFailed(findings: readonly string[], cause?: unknown): Failure {
  const shown = findings.slice(0, 10).map((finding) => `  ${finding}`);
  const more = findings.length > 10 ? [`  and ${findings.length - 10} more`] : [];
  return new Failure({
    code: 'checks-failed',
    kind: 'failed',
    message: ['The templates break rules that they must keep:', ...shown, ...more].join('\n'),
    nextSteps: ['Correct infra/, or acknowledge a rule with its reason', 'dp synth'],
    docs: 'docs/architecture.md',
    cause,
  });
}

export function nothingToRollBack(stacks: readonly string[]): Failure {
  return new Failure({
    code: 'nothing-to-roll-back',
    kind: 'failed',
    message: `Nothing to roll back: ${stacks.length === 0 ? 'no stack is deployed' : 'no stack is stuck in a failed deploy'}.`,
    nextSteps: ['dp status', 'dp deploy'],
    docs: DOCS,
  });
}

export function isProtectedEnvironment(environment: string): Failure {
  return new Failure({
    code: 'environment-protected',
    kind: 'denied',
    message: `Refused to destroy ${environment}: it is protected (operations.protect).`,
    nextSteps: [
      `Set environments.${environment}.operations.protect to false and run dp deploy --env ${environment}`,
      `dp destroy --env ${environment}`,
    ],
    docs: DOCS,
  });
}

export function awsUnreachable(why: string, cause?: unknown): Failure {
  return new Failure({
    code: 'aws-unreachable',
    kind: 'unreachable',
    message: `Cannot reach AWS: ${why}`,
    nextSteps: ['Look at the network, the proxy and --region', 'dp deploy'],
    docs: DOCS,
    cause,
  });
}

/** `dp db migrate` and `dp db seed` speak to the database itself; a deploy has no way into it. */
/** Made-up orders do not belong among real ones. */
export function seedsOnlyLocally(environment: string): Failure {
  return new Failure({
    code: 'seeds-only-locally',
    kind: 'usage',
    message: `Cannot fill the shop of ${environment} with made-up orders: dp does that in local environments only.`,
    nextSteps: [
      'dp db seed --env local',
      `Write your own rows: dp db exec --env ${environment} --user shop_api`,
    ],
    docs: DOCS,
  });
}

export function databaseNotDeployed(environment: string): Failure {
  return new Failure({
    code: 'database-not-deployed',
    kind: 'not-ready',
    message: `Cannot create the database users of ${environment}: its database is not deployed yet.`,
    nextSteps: [`dp deploy --env ${environment}`],
    docs: DOCS,
  });
}

export function secretUnusable(): Failure {
  return new Failure({
    code: 'secret-unusable',
    kind: 'failed',
    message: 'Cannot create etl_reader: its secret holds no user of ours, or no password, that can be set.',
    nextSteps: ['dp secrets rotate etl_reader', 'dp db init'],
    docs: DOCS,
  });
}

export function driverDamaged(input: { path: string; expected: string; actual: string }): Failure {
  return new Failure({
    code: 'driver-damaged',
    kind: 'failed',
    message: `Refused to upload ${input.path}: its SHA-256 is ${input.actual}, not the ${input.expected} of MySQL's release.`,
    nextSteps: [`rm ${input.path}`, 'mvn dependency:get -Dartifact=com.mysql:mysql-connector-j:8.0.33'],
    docs: DOCS,
  });
}
