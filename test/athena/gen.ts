import { QueryGenerator } from './query-generator.ts';

const [, , seed, n] = process.argv;
const g = new QueryGenerator(Number(seed));
for (let i = 0; i < Number(n); i++)
  process.stdout.write(`${JSON.stringify({ id: `${seed}-${i}`, sql: g.query() })}\n`);
