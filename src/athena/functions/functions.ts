import { defineAggregates } from './aggregates.ts';
import { defineBytes } from './bytes.ts';
import { defineMapAggregates } from './collecting.ts';
import { defineArrays } from './collections.ts';
import { defineJson } from './json.ts';
import { defineMaps } from './maps.ts';
import { defineMath } from './math.ts';
import { definePatterns } from './patterns.ts';
import type { Registry } from './registry.ts';
import { define } from './registry.ts';
import { defineText } from './text.ts';
import { defineTime } from './time.ts';
import { defineTimeTexts } from './time-texts.ts';

/** Every function that local answers. What is not here is "not supported in local". */
export const FUNCTIONS: Registry = makeRegistry();

function makeRegistry(): Registry {
  const registry: Registry = new Map();
  defineMath(registry);
  defineText(registry);
  defineBytes(registry);
  definePatterns(registry);
  defineTime(registry);
  defineTimeTexts(registry);
  defineJson(registry);
  defineArrays(registry);
  defineMaps(registry);
  defineAggregates(registry);
  defineMapAggregates(registry);
  define(registry, 'uuid', ' -> uuid', 'uuid()', { volatile: true });
  return registry;
}
