import type { ListImagesResult } from '../../operations/list-images.ts';
import { drawTable } from './table.ts';

const BYTES_PER_MB = 1_000_000;

/** One row per image. */
export function formatImages({ environment, images }: ListImagesResult): string {
  if (images.length === 0) return `There is no image for ${environment}. Try: dp image build`;
  const rows = images.map((image) => [
    image.chosen ? '*' : '',
    image.tags.join(', '),
    image.digest,
    (image.bytes / BYTES_PER_MB).toFixed(1),
    image.pushedAt,
  ]);
  return drawTable(['', 'tag', 'digest', 'MB', 'pushed'], rows);
}
