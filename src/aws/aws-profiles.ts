import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { shellWord } from '../std/shell-word.ts';

export type ProfileSettings = Readonly<Record<string, string>>;

/** The settings of one profile in ~/.aws/config and ~/.aws/credentials, or undefined when neither file has it. */
export function readProfile(
  profile: string,
  environmentVariables: Readonly<Record<string, string | undefined>> = process.env,
): ProfileSettings | undefined {
  const { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE } = environmentVariables;
  const config = AWS_CONFIG_FILE || join(homedir(), '.aws', 'config');
  const credentials = AWS_SHARED_CREDENTIALS_FILE || join(homedir(), '.aws', 'credentials');
  const found = [
    sectionOf(textOf(config), profile === 'default' ? 'default' : `profile ${profile}`),
    sectionOf(textOf(credentials), profile),
  ].filter((section) => section !== undefined);
  return found.length === 0 ? undefined : Object.assign({}, ...found);
}

/** How whoever uses a profile gets new credentials. `words` is a command that may be run for him; null where none helps. */
export interface WayToSignIn {
  readonly words: readonly string[] | null;
  /** What to do, as an operator is told: a command, or a sentence. */
  readonly advice: string;
}

/** A profile may lean on another; longer chains than this are a circle. */
const SOURCES_MAX = 10;

/** Follows `source_profile` to the one where somebody signs in. */
export function wayToSignIn(
  profile: string | undefined,
  environmentVariables: Readonly<Record<string, string | undefined>> = process.env,
): WayToSignIn {
  let name = profile ?? 'default';
  let settings = readProfile(name, environmentVariables);
  for (let depth = 0; depth < SOURCES_MAX; depth++) {
    const source = settings?.source_profile;
    if (source === undefined || source === name) break;
    name = source;
    settings = readProfile(name, environmentVariables);
  }
  const named = profile === undefined && name === 'default' ? [] : ['--profile', name];
  if (settings === undefined) return commanded(['aws', 'configure', 'sso', ...named], false);
  if ('sso_session' in settings || 'sso_start_url' in settings)
    return commanded(['aws', 'sso', 'login', ...named], true);
  if ('login_session' in settings) return commanded(['aws', 'login', ...named], true);
  if ('credential_process' in settings) {
    const advice = `The credential_process of the profile \`${name}\` gives the credentials: run it by itself to see why it does not.`;
    return { words: null, advice };
  }
  if ('web_identity_token_file' in settings) {
    const advice = `Renew the token in ${settings.web_identity_token_file}, which the profile \`${name}\` reads.`;
    return { words: null, advice };
  }
  return commanded(['aws', 'configure', ...named], false);
}

function commanded(words: readonly string[], canRun: boolean): WayToSignIn {
  return { words: canRun ? words : null, advice: words.map(shellWord).join(' ') };
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

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
