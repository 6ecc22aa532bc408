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
