import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The settings of one profile in ~/.aws/config and ~/.aws/credentials, or undefined when neither file has it. */
export async function readProfile(profile: string): Promise<Record<string, string> | undefined> {
  const config = process.env.AWS_CONFIG_FILE ?? join(homedir(), '.aws', 'config');
  const credentials = process.env.AWS_SHARED_CREDENTIALS_FILE ?? join(homedir(), '.aws', 'credentials');
  const found = [
    sectionOf(await textOf(config), profile === 'default' ? 'default' : `profile ${profile}`),
    sectionOf(await textOf(credentials), profile),
  ].filter((section) => section !== undefined);
  return found.length === 0 ? undefined : Object.assign({}, ...found);
}

function sectionOf(text: string, name: string): Record<string, string> | undefined {
  let inside = false;
  let settings: Record<string, string> | undefined;
  for (const line of text.split('\n')) {
    const title = /^\s*\[\s*(.+?)\s*\]/.exec(line)?.[1];
    if (title !== undefined) {
      inside = title.replace(/\s+/g, ' ').replaceAll('"', '') === name;
      if (inside) settings ??= {};
      continue;
    }
    const setting = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (inside && setting !== null && settings !== undefined) settings[setting[1] ?? ''] = setting[2] ?? '';
  }
  return settings;
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
