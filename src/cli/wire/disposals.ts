/** Remembers to dispose of what is given, and gives it back. */
export function keptIn(disposals: (() => Promise<void>)[]) {
  return <T extends AsyncDisposable>(one: T): T => {
    disposals.push(async () => one[Symbol.asyncDispose]());
    return one;
  };
}

export async function disposeAll(disposals: readonly (() => Promise<void>)[]): Promise<void> {
  for (const dispose of disposals) await dispose();
}
