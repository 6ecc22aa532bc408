export interface GroupLimits {
  /** Inputs of one group. */
  readonly inputsMax: number;
  /** Groups at work at the same time. */
  readonly groupsMax: number;
}

interface Waiting<I, O> {
  readonly input: I;
  readonly resolve: (output: O) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Does many callers' work in groups: what comes while the groups before are at work goes together in the next one.
 * A lone caller waits for nobody, and the busier it gets the larger the groups. `work` gives one result an input, in
 * their order; an Error among them is thrown to that caller alone. Inputs with the same key never share a group.
 */
export function createInGroups<I, O>(
  limits: GroupLimits & { readonly keyOf: (input: I) => string | undefined },
  work: (inputs: readonly I[]) => Promise<readonly (O | Error)[]>,
): (input: I) => Promise<O> {
  let waiting: Waiting<I, O>[] = [];
  let atWork = 0;
  let asked = false;

  function startGroups(): void {
    asked = false;
    while (waiting.length > 0 && atWork < limits.groupsMax) {
      const { group, rest } = takeGroup(waiting, limits);
      waiting = rest;
      atWork++;
      void runGroup(group, work).finally(() => {
        atWork--;
        startGroups();
      });
    }
  }

  return (input) =>
    new Promise((resolve, reject) => {
      waiting.push({ input, resolve, reject });
      if (asked) return;
      asked = true;
      // After everything that came in this turn of the event loop.
      setImmediate(startGroups);
    });
}

function takeGroup<I, O>(
  waiting: readonly Waiting<I, O>[],
  limits: GroupLimits & { readonly keyOf: (input: I) => string | undefined },
): { group: Waiting<I, O>[]; rest: Waiting<I, O>[] } {
  const group: Waiting<I, O>[] = [];
  const rest: Waiting<I, O>[] = [];
  const keys = new Set<string>();
  for (const each of waiting) {
    const key = limits.keyOf(each.input);
    if (group.length === limits.inputsMax || (key !== undefined && keys.has(key))) rest.push(each);
    else group.push(each);
    if (key !== undefined) keys.add(key);
  }
  return { group, rest };
}

async function runGroup<I, O>(
  group: readonly Waiting<I, O>[],
  work: (inputs: readonly I[]) => Promise<readonly (O | Error)[]>,
): Promise<void> {
  try {
    const outputs = await work(group.map(({ input }) => input));
    group.forEach(({ resolve, reject }, index) => {
      const output = outputs[index];
      if (output instanceof Error) reject(output);
      else resolve(output as O);
    });
  } catch (error) {
    for (const { reject } of group) reject(error as Error);
  }
}
