// The image as podman really builds it. Skipped where podman is not there or cannot build; nothing is pulled: the base
// is an empty folder, since the Dockerfile only copies one file onto it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildShopApi } from '../../scripts/build-shop-api.ts';
import { openAwsImages } from '../../src/aws/images.ts';
import { buildImage } from '../../src/operations/build-image.ts';
import { settingsOf } from '../infra/model/synthesized.ts';
import { openTestClients } from '../support/aws-environment.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const BASE = 'localhost/dp-test-base:1';
const IMAGE_BYTES_MAX = 8 * 1024 * 1024;
const works = spawnSync('podman', ['info'], { stdio: 'ignore' }).status === 0;

function podman(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('podman', args, { encoding: 'utf8' });
  assert.equal(status, 0, `podman ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

test('the Dockerfile builds: one small file, read-only, no root', {
  skip: works ? false : 'podman cannot build here',
}, async (t) => {
  const root = await temporaryFolder(t);
  const folder = join(root, 'context');
  const bundle = await buildShopApi(folder);
  mkdirSync(join(root, 'base/var/task'), { recursive: true });
  assert.equal(spawnSync('tar', ['-C', join(root, 'base'), '-cf', join(root, 'base.tar'), '.']).status, 0);
  podman('import', '--change', 'ENV LAMBDA_TASK_ROOT=/var/task', join(root, 'base.tar'), BASE);
  const digest = podman('image', 'inspect', BASE, '--format', '{{.Digest}}');
  const images = openAwsImages({
    settings: settingsOf('staging'),
    clients: openTestClients('http://127.0.0.1:1'),
    environmentVariables: { PATH: process.env.PATH, DP_CONTAINER_TOOL: 'podman' },
  });
  const { image } = await buildImage(
    {
      environment: 'staging',
      projectRoot: root,
      folder,
      baseImage: `localhost/dp-test-base@${digest}`,
      nowMs: Date.now(),
    },
    { images, notify: () => undefined },
  );
  const container = podman('create', image);
  t.after(() => {
    podman('rm', container);
    podman('rmi', image, BASE);
  });
  const { Config, Size } = JSON.parse(podman('image', 'inspect', image))[0];
  assert.deepEqual([Config.User, Config.Cmd], ['65534:65534', ['lambda.handler']]);
  assert.ok(Size < IMAGE_BYTES_MAX, `${Size} bytes`);
  const copied = join(root, 'lambda.mjs');
  podman('cp', `${container}:/var/task/lambda.mjs`, copied);
  assert.deepEqual(readFileSync(copied), readFileSync(bundle));
  assert.equal((statSync(copied).mode & 0o777).toString(8), '444');
});
