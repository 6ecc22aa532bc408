/** A clock that only moves when everything due has been done: minutes of a session take milliseconds. */
interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly act: () => void;
}

export class VirtualTime {
  private readonly heap: Due[] = [];
  private order = 0;
  /** Not 0: a message must not be created at the epoch. */
  nowMs = 1_000;

  /** Does `act` after `ms` milliseconds; things due at the same time are done in the order they were asked for. */
  after(ms: number, act: () => void): void {
    this.push({ atMs: this.nowMs + Math.max(0, ms), order: this.order++, act });
  }

  /** Does the next thing. False: nothing is left to do before `untilMs`. */
  step(untilMs: number): boolean {
    const first = this.heap[0];
    if (first === undefined || first.atMs > untilMs) return false;
    this.pop();
    this.nowMs = first.atMs;
    first.act();
    return true;
  }

  private push(due: Due): void {
    const heap = this.heap;
    let at = heap.push(due) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(due, heap[parent] as Due)) break;
      heap[at] = heap[parent] as Due;
      at = parent;
    }
    heap[at] = due;
  }

  private pop(): void {
    const heap = this.heap;
    const last = heap.pop() as Due;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Due, heap[child] as Due)) child += 1;
      if (!isBefore(heap[child] as Due, last)) break;
      heap[at] = heap[child] as Due;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
