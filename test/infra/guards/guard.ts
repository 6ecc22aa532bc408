import type { PlatformModel } from '../model/platform-model.ts';

/** What a guard saw. `checked` counts what it looked at, so that a guard which finds nothing to look at fails. */
export interface GuardReport {
  readonly checked: number;
  readonly findings: readonly string[];
}

export type Guard = (model: PlatformModel) => GuardReport;

/** Runs `check` on each item; it gives what is wrong, in words. */
export function checkEach<T>(
  items: readonly T[],
  check: (item: T) => readonly (string | false)[],
): GuardReport {
  const findings = items.flatMap((item) =>
    check(item).filter((finding): finding is string => finding !== false),
  );
  return { checked: items.length, findings };
}

export function join(...reports: readonly GuardReport[]): GuardReport {
  return {
    checked: Math.min(...reports.map((report) => report.checked)),
    findings: reports.flatMap((report) => report.findings),
  };
}

/** A value below a path of properties: `at(properties, 'Ebs', 'Encrypted')`. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here: unknown = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as Record<string | number, unknown>)[key];
  }
  return here;
}
