// Images with a stand-in for the container tool (it writes down what it is asked) and our stand-in for ECR.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { findContainerTool } from '../../src/aws/container-tool.ts';
import { openAwsImages } from '../../src/aws/images.ts';
import { readImageDigest } from '../../src/config/image-digests.ts';
import { buildImage } from '../../src/operations/build-image.ts';
import { listImages } from '../../src/operations/list-images.ts';
import { pushImage } from '../../src/operations/push-image.ts';
import { Failure } from '../../src/std/failure.ts';
import { settingsOf } from '../infra/model/synthesized.ts';
import { type AwsEndpoint, startAwsEndpoint } from '../support/aws-endpoint.ts';
import { openTestClients } from '../support/aws-environment.ts';

const BASE = `public.ecr.aws/lambda/nodejs@sha256:${'b'.repeat(64)}`;
const DIGEST = `sha256:${'c'.repeat(64)}`;
const REPOSITORY = '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/staging-data-pipeline-sample-shop-api';
const NOW_MS = Date.parse('2026-11-23T01:02:03Z');

let endpoint: AwsEndpoint;
let folder: string;
const kept = { ...process.env };

beforeEach(async () => {
  endpoint = await startAwsEndpoint();
  folder = mkdtempSync(join(tmpdir(), 'dp-images-'));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
});

afterEach(async () => {
  for (const key of Object.keys(process.env)) if (kept[key] === undefined) delete process.env[key];
  Object.assign(process.env, kept);
  await endpoint[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** A tool that writes its arguments and its standard input into a file, and ends with a code. */
function tool(code = 0, says = ''): string {
  const path = join(folder, 'podman');
  const log = join(folder, 'asked.txt');
  writeFileSync(path, `#!/bin/sh\necho "$@ <$(cat)>" >> ${log}\necho "${says}" >&2\nexit ${code}\n`);
  chmodSync(path, 0o755);
  return path;
}

const asked = () => readFileSync(join(folder, 'asked.txt'), 'utf8').trim().split('\n');
const images = (container: string) =>
  openAwsImages({
    settings: settingsOf('staging'),
    clients: openTestClients(endpoint.url),
    environmentVariables: { DP_CONTAINER_TOOL: container },
  });

function bundle(): string {
  const context = join(folder, 'shop-api');
  mkdirSync(context);
  for (const file of ['Dockerfile', 'lambda.mjs']) writeFileSync(join(context, file), '');
  return context;
}

const build = (container: string, more: Partial<Parameters<typeof buildImage>[0]> = {}) =>
  buildImage(
    {
      environment: 'staging',
      projectRoot: folder,
      folder: bundle(),
      baseImage: BASE,
      nowMs: NOW_MS,
      ...more,
    },
    { images: images(container), notify: () => {} },
  );

function failureOf(code: string) {
  return (error: unknown) => error instanceof Failure && error.code === code && error.nextSteps.length > 0;
}

describe('an image', () => {
  test('is built for x86-64 on a pinned base, pushed, and its digest is written where deploy reads it', async () => {
    const container = tool();
    const built = await build(container);
    assert.equal(built.tag, '20261123t010203z');
    assert.match(
      asked()[0] ?? '',
      new RegExp(
        `^build --platform linux/amd64 --build-arg BASE_IMAGE=${BASE} --tag ${REPOSITORY}:${built.tag} `,
      ),
    );

    endpoint.images = [
      { imageDigest: DIGEST, imageTags: [built.tag], imageSizeInBytes: 9, imagePushedAt: 1_795_000_000 },
    ];
    const deps = { images: images(container), notify: () => {} };
    const pushed = await pushImage({ environment: 'staging', projectRoot: folder, tag: undefined }, deps);
    assert.equal(pushed.digest, DIGEST);
    assert.equal(readImageDigest(folder, 'staging'), DIGEST);
    const listed = await listImages({ environment: 'staging', projectRoot: folder }, deps);
    assert.deepEqual(
      listed.images.map((image) => [image.tags[0], image.chosen]),
      [[built.tag, true]],
    );
  });

  test('is pushed with a password that only the tool’s standard input sees', async () => {
    const container = tool();
    endpoint.images = [
      { imageDigest: DIGEST, imageTags: ['one'], imageSizeInBytes: 9, imagePushedAt: 1_795_000_000 },
    ];
    await images(container).push('one', () => {});
    const [login = '', push = ''] = asked();
    assert.match(login, /^login --username AWS --password-stdin 123456789012\.dkr\.ecr\S+ <ecr-password>$/);
    assert.equal(push, `push ${REPOSITORY}:one <>`);
  });

  test('that the tool has pushed and the registry does not have is said so', async () => {
    endpoint.images = [];
    await assert.rejects(
      images(tool()).push('two', () => {}),
      failureOf('image-not-pushed'),
    );
  });

  test('is not built on a tag, nor without a base, nor without a bundle', async () => {
    const container = tool();
    await assert.rejects(build(container, { baseImage: 'node:24' }), failureOf('base-image-not-pinned'));
    rmSync(join(folder, 'shop-api'), { recursive: true });
    await assert.rejects(build(container, { baseImage: undefined }), failureOf('base-image-not-pinned'));
    rmSync(join(folder, 'shop-api'), { recursive: true });
    await assert.rejects(build(container, { folder: join(folder, 'nowhere') }), failureOf('bundle-missing'));
  });

  test('that the tool cannot build says why in the tool’s words', async () => {
    const container = tool(1, 'no space left on device');
    await assert.rejects(
      build(container),
      (error) => failureOf('container-tool-failed')(error) && /no space left on device/.test(String(error)),
    );
  });

  test('cannot be pushed before one was built, nor listed before the registry is deployed', async () => {
    const deps = { images: images(tool()), notify: () => {} };
    const input = { environment: 'staging', projectRoot: folder, tag: undefined };
    await assert.rejects(pushImage(input, deps), failureOf('nothing-built'));
    await assert.rejects(listImages(input, deps), failureOf('repository-missing'));
  });

  test('is refused nicely where there is no container tool', () => {
    assert.throws(() => findContainerTool({ PATH: folder }), failureOf('no-container-tool'));
    assert.equal(
      findContainerTool({ PATH: `/nowhere:${folder}`, DP_CONTAINER_TOOL: tool() }),
      join(folder, 'podman'),
    );
  });
});
