// `node --import` this: when the process ends, writes the most memory it held, in kilobytes, to DP_BENCH_MEMORY.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  if (process.env.DP_BENCH_MEMORY)
    writeFileSync(process.env.DP_BENCH_MEMORY, String(process.resourceUsage().maxRSS));
});
