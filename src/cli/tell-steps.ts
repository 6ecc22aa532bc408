import type { LifecycleEvent, StepProgress } from '../platform/lifecycle.ts';
import { lifecycleLine } from './format/lifecycle-line.ts';
import { drawsProgress, endProgress, type Paint } from './terminal.ts';

export interface TellStepsDeps {
  readonly say: (text: string) => void;
  readonly progress: (progress: StepProgress) => void;
  readonly paint: Paint;
}

/** Parts of a long step that are worth a line where no bar can be drawn. */
const LINES_PER_COUNT = 10;

/** Tells each step in a line; how far a long one has come as a bar on a terminal, elsewhere in a line for every tenth. */
export function tellSteps({ say, progress, paint }: TellStepsDeps): (event: LifecycleEvent) => void {
  let told = '';
  return (event) => {
    if (event.state !== 'note' && event.state !== 'progress') endProgress();
    if (event.progress !== undefined) progress(event.progress);
    if (event.state === 'progress' && event.progress !== undefined) {
      const { done, total, what } = event.progress;
      const part = `${what} ${Math.floor((done / total) * LINES_PER_COUNT)}`;
      if (drawsProgress() || part === told) return;
      told = part;
    }
    say(lifecycleLine(event, paint));
  };
}
