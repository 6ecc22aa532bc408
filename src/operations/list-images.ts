import { readImageDigest } from '../config/image-digests.ts';
import type { Images, RepositoryImage } from '../platform/images.ts';

export interface ListImagesResult {
  readonly environment: string;
  readonly images: readonly (RepositoryImage & { readonly chosen: boolean })[];
}

/** The images in the environment's repository; `chosen` is the one that a deploy runs. */
export async function listImages(
  input: { readonly environment: string; readonly projectRoot: string },
  deps: { readonly images: Images },
): Promise<ListImagesResult> {
  const chosen = readImageDigest(input.projectRoot, input.environment);
  const images = (await deps.images.list()).map((image) => ({ ...image, chosen: image.digest === chosen }));
  return { environment: input.environment, images };
}
