/** One secret of Secrets Manager: its versions, its labels, its value. */
import {
  CancelRotateSecretCommand,
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  RotateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { SecretValue, SecretVersion, VersionLabel } from '../platform/secrets.ts';
import type { AwsClients } from './aws-clients.ts';
import { loginIn } from './database-login.ts';
import { secretMalformed } from './database-login-errors.ts';
import { nameOf } from './errors.ts';

/** Labels that Secrets Manager knows; an account may have put others on a version. */
const LABELS: readonly VersionLabel[] = ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS'];
/** Secrets Manager keeps about 100 versions. */
const VERSIONS_MAX = 100;

export interface SecretStore {
  readonly id: string;
  describe(): Promise<DescribeSecretCommandOutput>;
  /** Newest first, with those that have lost their labels and are not yet forgotten. */
  versions(): Promise<SecretVersion[]>;
  /** Undefined when the version is gone, or has no value yet. */
  findValue(
    of: { readonly label: VersionLabel } | { readonly version: string },
  ): Promise<SecretValue | undefined>;
  /** Has its function make and set a new password; `version` becomes the id of the new version. */
  startRotation(version: string): Promise<void>;
  /** Takes the label from one version, gives it to another, or both in one step. */
  moveLabel(label: VersionLabel, move: { readonly from?: string; readonly to?: string }): Promise<void>;
  /** Null takes the rotation away. Starts none now. */
  setInterval(everyDays: number | null, functionArn: string): Promise<void>;
}

/** `id` is a name or an ARN. */
export function openSecretStore(id: string, { clients }: { readonly clients: AwsClients }): SecretStore {
  const { call } = clients;
  const SecretId = id;
  return {
    id,
    describe: () =>
      call(`describe the secret ${id}`, async () =>
        (await clients.secretsManager()).send(new DescribeSecretCommand({ SecretId })),
      ),
    versions: () =>
      call(`list the versions of the secret ${id}`, async () => {
        const request = { SecretId, IncludeDeprecated: true, MaxResults: VERSIONS_MAX };
        const { Versions = [] } = await (await clients.secretsManager()).send(
          new ListSecretVersionIdsCommand(request),
        );
        return Versions.map((version) => ({
          id: version.VersionId ?? '',
          createdAt: (version.CreatedDate ?? new Date(0)).toISOString(),
          labels: LABELS.filter((label) => version.VersionStages?.includes(label)),
        })).sort((a, b) => b.createdAt.localeCompare(a.createdAt));
      }),
    findValue: (of) =>
      call(`read the secret ${id}`, async () => {
        const which = 'label' in of ? { VersionStage: of.label } : { VersionId: of.version };
        const found = await (await clients.secretsManager())
          .send(new GetSecretValueCommand({ SecretId, ...which }))
          .catch(notThere);
        if (found === undefined) return undefined;
        const value = loginIn(found.SecretString ?? '');
        if (value === undefined) throw secretMalformed(id);
        return { username: value.user, password: value.password };
      }),
    startRotation: (version) =>
      call(`have the secret ${id} rotated`, async () => {
        const request = { SecretId, ClientRequestToken: version, RotateImmediately: true };
        await (await clients.secretsManager()).send(new RotateSecretCommand(request));
      }),
    moveLabel: (label, { from, to }) =>
      call(`move the label ${label} of the secret ${id}`, async () => {
        const request = {
          SecretId,
          VersionStage: label,
          ...(from === undefined ? {} : { RemoveFromVersionId: from }),
          ...(to === undefined ? {} : { MoveToVersionId: to }),
        };
        await (await clients.secretsManager()).send(new UpdateSecretVersionStageCommand(request));
      }),
    setInterval: (everyDays, functionArn) =>
      call(`change the rotation of the secret ${id}`, async () => {
        const secrets = await clients.secretsManager();
        if (everyDays === null) {
          await secrets.send(new CancelRotateSecretCommand({ SecretId }));
          return;
        }
        const RotationRules = { AutomaticallyAfterDays: everyDays };
        const request = { SecretId, RotationLambdaARN: functionArn, RotationRules, RotateImmediately: false };
        await secrets.send(new RotateSecretCommand(request));
      }),
  };
}

function notThere(error: unknown): undefined {
  if (nameOf(error) === 'ResourceNotFoundException') return undefined;
  throw error;
}
