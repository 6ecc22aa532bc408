import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { containerToolFailed, noContainerTool } from './image-errors.ts';

/** Tools that understand the same commands. */
const TOOLS = ['docker', 'podman', 'finch'] as const;
/** Words of a failed tool that are shown, in characters: the end, where the reason stands. */
const SHOWN_CHARACTERS_MAX = 600;

export interface ContainerRun {
  readonly action: string;
  readonly args: readonly string[];
  /** Goes to the tool's standard input; where secrets go. */
  readonly input?: string;
  readonly notify?: (line: string) => void;
}

/** The path of the first tool on this machine, or of the one that DP_CONTAINER_TOOL names. */
export function findContainerTool(environment: NodeJS.ProcessEnv): string {
  const wanted = environment.DP_CONTAINER_TOOL;
  const names = wanted === undefined || wanted === '' ? TOOLS : [wanted];
  for (const name of names) {
    const found = isAbsolute(name) ? runnable(name) : onPath(name, environment.PATH ?? '');
    if (found !== undefined) return found;
  }
  throw noContainerTool(names);
}

/** Runs the tool to its end. A failure shows the last words it said; they hold no secret, since those go in by stdin. */
export async function runContainerTool(tool: string, run: ContainerRun): Promise<string> {
  const child = spawn(tool, run.args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  let words = '';
  const hear = (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-SHOWN_CHARACTERS_MAX);
    for (const line of chunk.toString().split('\n')) if (line.trim() !== '') run.notify?.(line.trim());
  };
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    hear(chunk);
  });
  child.stderr.on('data', hear);
  child.stdin.on('error', () => undefined);
  child.stdin.end(run.input ?? '');
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw containerToolFailed({ tool, action: run.action, words: words.trim() });
  return output;
}

function onPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => runnable(join(folder, name)))
    .find((found) => found !== undefined);
}

function runnable(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return undefined;
  }
}
