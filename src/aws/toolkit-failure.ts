import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, messageOf } from '../std/failure.ts';
import {
  awsUnreachable,
  checksFailed,
  deployAborted,
  deployFailed,
  type FailedResource,
  notBootstrapped,
} from './deploy-errors.ts';
import { notSignedIn } from './errors.ts';

export interface FailureContext {
  readonly profile: string | undefined;
  /** The command that signs this profile in. */
  readonly signInCommand: string;
  /** Where synth wrote its report, if it did. */
  readonly outdir?: string;
  readonly failed?: FailedResource | undefined;
}

const NO_CREDENTIALS =
  /credential|security token|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|AccessDenied|not authorized|SSO session/i;
const NO_NETWORK = /ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|TimeoutError|socket hang up/;
const BOOTSTRAP = /aws:\/\/(\d{12})\/([a-z0-9-]+)/;

/** What the toolkit, CDK or the SDK threw, in the words of this layer. A Failure stays what it is; a bug stays a bug. */
export function toFailure(error: unknown, context: FailureContext): unknown {
  const inner = innermost(error);
  if (inner instanceof Failure) return inner;
  const { type } = (error ?? {}) as { type?: string };
  const message = messageOf(error);
  if (context.failed !== undefined) return deployFailed(context.failed, message, error);
  if (type === 'abort') return deployAborted('This deploy');
  if (/bootstrap/i.test(message)) return bootstrapFailure(message, error);
  const findings = findingsIn(context.outdir);
  if (findings.length > 0 && /Validation failed/.test(`${message} ${messageOf(inner)}`)) {
    return checksFailed(findings, error);
  }
  const words = `${errorCode(error)} ${message} ${messageOf(inner)}`;
  if (NO_NETWORK.test(words)) return awsUnreachable(message, error);
  if (type === 'authentication' || NO_CREDENTIALS.test(words))
    return notSignedIn({
      profile: context.profile,
      why: message.replace(/\.$/, ''),
      command: context.signInCommand,
      cause: error,
    });
  if (type === 'deployment' || type === 'toolkit') return deployFailed(undefined, message, error);
  return error;
}

function bootstrapFailure(message: string, error: unknown): Failure {
  const [, account, region] = BOOTSTRAP.exec(message) ?? [];
  if (account !== undefined && region !== undefined) return notBootstrapped({ account, region });
  return deployFailed(undefined, message, error);
}

/** The security rules and CloudFormation checks that were broken, from the report that synth leaves. */
function findingsIn(outdir: string | undefined): string[] {
  const path = outdir === undefined ? undefined : join(outdir, 'validation-report.json');
  if (path === undefined || !existsSync(path)) return [];
  const report = JSON.parse(readFileSync(path, 'utf8')) as {
    pluginReports?: {
      violations?: {
        ruleName?: string;
        description?: string;
        violatingConstructs?: { constructPath?: string }[];
      }[];
    }[];
  };
  return (report.pluginReports ?? []).flatMap((one) =>
    (one.violations ?? []).map((violation) => {
      const place = violation.violatingConstructs?.[0]?.constructPath ?? '';
      return `${violation.ruleName ?? ''} ${violation.description ?? ''} (${place})`;
    }),
  );
}

function innermost(error: unknown): unknown {
  let here = error;
  while (here instanceof Error && here.cause !== undefined && !(here instanceof Failure)) here = here.cause;
  return here;
}

function errorCode(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return `${typeof code === 'string' ? code : ''} ${typeof name === 'string' ? name : ''}`;
}
