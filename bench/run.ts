// `npm run bench [NAME …]`: measures, one bench after the other, and prints ratios. Nothing here passes or fails.
import { globSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';

interface Bench {
  readonly name: string;
  run(): Promise<void>;
}

const wanted = process.argv.slice(2);
console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`);
for (const file of globSync('*.ts', { cwd: import.meta.dirname }).sort()) {
  if (file === 'run.ts') continue;
  const bench = (await import(join(import.meta.dirname, file))) as Partial<Bench>;
  if (bench.name === undefined || bench.run === undefined) continue;
  if (wanted.length > 0 && !wanted.includes(bench.name)) continue;
  console.log(`\n── ${bench.name} (load ${loadavg()[0]?.toFixed(1)}) ${'─'.repeat(40)}`);
  await bench.run();
}
