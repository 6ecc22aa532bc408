// Writes dp.config.schema.json, which editors check dp.config.json by.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configJsonSchema } from '../src/config/schema.ts';

writeFileSync(
  join(import.meta.dirname, '..', 'dp.config.schema.json'),
  `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`,
);
