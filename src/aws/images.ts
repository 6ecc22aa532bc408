import { platformNames } from '../config/platform-names.ts';
import type { PlatformSettings } from '../config/platform-settings.ts';
import type { BuildImageRequest, Images, NotifyImages, RepositoryImage } from '../platform/images.ts';
import type { AwsClients } from './aws-clients.ts';
import { findContainerTool, runContainerTool } from './container-tool.ts';
import { imageNotBuilt, repositoryMissing } from './image-errors.ts';

/** The function runs on x86-64, whatever this machine is. */
const PLATFORM = 'linux/amd64';

export interface AwsImagesInput {
  readonly settings: PlatformSettings;
  readonly clients: AwsClients;
  readonly environmentVariables: NodeJS.ProcessEnv;
}

/** Images of one environment: built by docker, podman or finch, kept in its ECR repository. */
export function openAwsImages(input: AwsImagesInput): Images {
  const { account, region } = input.settings;
  const registry = `${account}.dkr.ecr.${region}.amazonaws.com`;
  const repository = platformNames(input.settings).repository;
  const reference = (tag: string) => `${registry}/${repository}:${tag}`;
  return {
    build: (request, notify) => build(input, { ...request, reference: reference(request.tag) }, notify),
    push: (tag, notify) => push(input, { registry, repository, tag, reference: reference(tag) }, notify),
    list: () => list(input, repository),
  };
}

async function build(
  input: AwsImagesInput,
  request: BuildImageRequest & { readonly reference: string },
  notify: NotifyImages,
): Promise<string> {
  const tool = findContainerTool(input.environmentVariables);
  const args = ['build', '--platform', PLATFORM, '--build-arg', `BASE_IMAGE=${request.baseImage}`];
  await runContainerTool(tool, {
    action: 'build the image',
    args: [...args, '--tag', request.reference, request.folder],
    notify,
  });
  return request.reference;
}

interface PushTarget {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly reference: string;
}

async function push(input: AwsImagesInput, target: PushTarget, notify: NotifyImages): Promise<string> {
  const tool = findContainerTool(input.environmentVariables);
  const { user, password } = await readLogin(input);
  await runContainerTool(tool, {
    action: `log in to ${target.registry}`,
    args: ['login', '--username', user, '--password-stdin', target.registry],
    input: password,
  });
  await runContainerTool(tool, {
    action: `push ${target.reference}`,
    args: ['push', target.reference],
    notify,
  });
  const pushed = (await list(input, target.repository)).find((image) => image.tags.includes(target.tag));
  if (pushed === undefined) throw imageNotBuilt(target.reference);
  return pushed.digest;
}

/** A password of ECR's that lasts twelve hours. It goes to the tool by standard input and nowhere else. */
async function readLogin({ clients }: AwsImagesInput): Promise<{ user: string; password: string }> {
  const { GetAuthorizationTokenCommand } = await import('@aws-sdk/client-ecr');
  return clients.call('get a password for the image repository', async () => {
    const ecr = await clients.ecr();
    const { authorizationData: [login] = [] } = await ecr.send(new GetAuthorizationTokenCommand({}));
    const [user = '', password = ''] = Buffer.from(login?.authorizationToken ?? '', 'base64')
      .toString()
      .split(':');
    return { user, password };
  });
}

async function list({ clients, settings }: AwsImagesInput, repository: string): Promise<RepositoryImage[]> {
  const { paginateDescribeImages } = await import('@aws-sdk/client-ecr');
  const images: RepositoryImage[] = [];
  await clients.call(`list the images of ${repository}`, async () => {
    const client = await clients.ecr();
    try {
      for await (const page of paginateDescribeImages({ client }, { repositoryName: repository })) {
        for (const {
          imageDigest = '',
          imageTags = [],
          imageSizeInBytes = 0,
          imagePushedAt,
        } of page.imageDetails ?? []) {
          const pushedAt = imagePushedAt?.toISOString() ?? '';
          images.push({ digest: imageDigest, tags: imageTags, bytes: imageSizeInBytes, pushedAt });
        }
      }
    } catch (error) {
      if (error instanceof Error && error.name === 'RepositoryNotFoundException') {
        throw repositoryMissing(repository, settings.environment);
      }
      throw error;
    }
  });
  return images.sort((a, b) => (a.pushedAt < b.pushedAt ? 1 : -1));
}
