import type { Json } from './json.ts';

/** One step of a path: a member's name or an element's position from 0. */
export type Step = string | number;

const STEP =
  /\.([A-Za-z_$][\w$-]*|\d+)|\["((?:[^"\\]|\\["\\])*)"\]|\[(\d+)\]|\."((?:[^"\\]|\\["\\])*)"|\[([A-Za-z_][\w.-]*)\]/y;

const known = new Map<string, readonly Step[] | undefined>();

/** Reads `$.a["b c"][0]`; undefined for anything richer than members and elements. */
export function parseJsonPath(path: string): readonly Step[] | undefined {
  if (!known.has(path)) known.set(path, readPath(path.trim()));
  return known.get(path);
}

function readPath(path: string): readonly Step[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: Step[] = [];
  STEP.lastIndex = 1;
  let at = 1;
  while (at < path.length) {
    const match = STEP.exec(path);
    if (match === null) return undefined;
    at = STEP.lastIndex;
    const [, plain, quoted, position, quotedMember, bare] = match;
    const name = plain ?? (quoted ?? quotedMember)?.replaceAll(/\\(["\\])/g, '$1') ?? bare;
    steps.push(name ?? Number(position));
  }
  STEP.lastIndex = 0;
  return steps;
}

/** The value the steps lead to; undefined where there is none. A number takes an object's member of that name too. */
export function followPath(value: Json, steps: readonly Step[]): Json | undefined {
  let current: Json | undefined = value;
  for (const step of steps) {
    if (current?.kind === 'object') {
      const name = String(step);
      current = current.members.find(([member]) => member === name)?.[1];
    } else if (current?.kind === 'array') {
      const position = typeof step === 'number' ? step : /^\d+$/.test(step) ? Number(step) : -1;
      current = current.items[position];
    } else return undefined;
  }
  return current;
}
