import { join } from 'node:path';
import { packageRoot } from '../config/package-root.ts';
import type { Settings } from '../config/settings.ts';

/** What the image is made of: the bundle that was built with dp, and the base of the flag or the configuration. */
export function shopApiImage(settings: Settings, given: string | undefined) {
  const { environmentConfig } = settings;
  const configured = environmentConfig.kind === 'aws' ? environmentConfig.api?.baseImage : undefined;
  return { folder: join(packageRoot(), 'dist', 'shop-api'), baseImage: given ?? configured };
}
