import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder dp is installed in: where its migrations, contracts and transforms lie, from source and from the bundle alike. */
export function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'oclif.manifest.json')) && dirname(folder) !== folder)
    folder = dirname(folder);
  return folder;
}
