import type { Settings } from '../config/settings.ts';
import type { Platform } from '../platform/platform.ts';
import { openAwsPlatform } from './wire/aws-platform.ts';
import { openLocalPlatform } from './wire/local-platform.ts';
import type { Surroundings } from './wire/surroundings.ts';

/**
 * Makes the platform of the chosen environment. The one place that knows both adapters; a port is made, and its
 * code loaded, when a command first asks for it.
 */
export function openPlatform(settings: Settings, surroundings: Surroundings): Platform {
  return settings.environmentConfig.kind === 'local'
    ? openLocalPlatform(settings, surroundings)
    : openAwsPlatform(settings, surroundings);
}
