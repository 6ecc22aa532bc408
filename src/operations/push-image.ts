import { existsSync, readFileSync } from 'node:fs';
import { writeImageDigest } from '../config/image-digests.ts';
import type { Images, NotifyImages } from '../platform/images.ts';
import { lastBuildPath } from './build-image.ts';
import { nothingBuilt } from './image-errors.ts';

export interface PushImageResult {
  readonly environment: string;
  readonly tag: string;
  readonly digest: string;
}

/** Pushes an image and writes its digest into dp.images.json, where `dp deploy` reads it. */
export async function pushImage(
  input: { readonly environment: string; readonly projectRoot: string; readonly tag: string | undefined },
  deps: { readonly images: Images; readonly notify: NotifyImages },
): Promise<PushImageResult> {
  const { environment, projectRoot } = input;
  const tag = input.tag ?? lastBuiltTag(projectRoot, environment);
  const digest = await deps.images.push(tag, deps.notify);
  writeImageDigest(projectRoot, environment, digest);
  return { environment, tag, digest };
}

function lastBuiltTag(projectRoot: string, environment: string): string {
  const path = lastBuildPath(projectRoot, environment);
  if (!existsSync(path)) throw nothingBuilt(environment);
  return readFileSync(path, 'utf8').trim();
}
