import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Images, NotifyImages } from '../platform/images.ts';
import { baseImageNotPinned, bundleMissing } from './image-errors.ts';

const PINNED = /@sha256:[0-9a-f]{64}$/;

export interface BuildImageInput {
  readonly environment: string;
  readonly projectRoot: string;
  /** The folder with the Dockerfile and the bundle. */
  readonly folder: string;
  readonly baseImage: string | undefined;
  /** Milliseconds since the epoch; a build's tag is its time, since tags cannot move. */
  readonly nowMs: number;
}

export interface BuildImageResult {
  readonly environment: string;
  readonly image: string;
  readonly tag: string;
}

/** Builds the Shop API's image and notes its tag, which `dp image push` takes up. */
export async function buildImage(
  input: BuildImageInput,
  deps: { readonly images: Images; readonly notify: NotifyImages },
): Promise<BuildImageResult> {
  const { environment, folder, baseImage } = input;
  if (baseImage === undefined || !PINNED.test(baseImage)) throw baseImageNotPinned(baseImage);
  for (const file of ['Dockerfile', 'lambda.mjs'])
    if (!existsSync(join(folder, file))) throw bundleMissing(folder);
  const tag = new Date(input.nowMs)
    .toISOString()
    .replaceAll(/[-:]|\.\d+/g, '')
    .toLowerCase();
  const image = await deps.images.build({ folder, baseImage, tag }, deps.notify);
  const note = lastBuildPath(input.projectRoot, environment);
  mkdirSync(dirname(note), { recursive: true });
  writeFileSync(note, `${tag}\n`);
  return { environment, image, tag };
}

/** Where the tag of the last build on this machine is noted. */
export function lastBuildPath(projectRoot: string, environment: string): string {
  return join(projectRoot, '.dp', 'images', environment);
}
