// `node --import` this: when the process ends, writes the most memory it held, in kilobytes, to DP_BENCH_MEMORY.
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  if (process.env.DP_BENCH_MEMORY) writeFileSync(process.env.DP_BENCH_MEMORY, String(peakKilobytes()));
});

/** Linux counts into maxRSS what the process that started this one held at that moment; VmHWM is this program's alone. */
function peakKilobytes() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}
