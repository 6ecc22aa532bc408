import type { Settings } from '../../config/settings.ts';
import type { OutgoingJournal } from '../../platform/journal.ts';
import { once } from '../../std/once.ts';

/** A file on this machine, whatever the environment. */
export function journalOf({ projectRoot, environment }: Settings): () => Promise<OutgoingJournal> {
  return once(async () => {
    const { localPaths } = await import('../../local/paths.ts');
    const { openFileJournal } = await import('../../local/journal.ts');
    return openFileJournal({ path: localPaths(projectRoot, environment).journal });
  });
}
