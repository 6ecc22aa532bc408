import { readFileSync } from 'node:fs';
import { plainTrino, samePlain } from './plain.ts';

const [, , q, t, l, verbose] = process.argv;
const read = (p: string) =>
  new Map(
    readFileSync(p, 'utf8')
      .trim()
      .split('\n')
      .map((x) => JSON.parse(x))
      .map((x) => [x.id, x]),
  );
const trino = read(t!),
  local = read(l!);
let same = 0,
  refusedBoth = 0,
  localOnly = 0;
const bad: string[] = [];
const un: string[] = [];
for (const line of readFileSync(q!, 'utf8').trim().split('\n')) {
  const { id, sql } = JSON.parse(line);
  const a = trino.get(id),
    b = local.get(id);
  if (!a || !b) {
    bad.push(`${id}: missing`);
    continue;
  }
  if (a.error && b.error) {
    refusedBoth++;
    continue;
  }
  if (b.error) {
    (b.message.startsWith('not supported in local') ? un : un).push(
      `${id}: ${sql}\n   local: ${b.message.split('\n')[0].slice(0, 260)}\n   trino: ${JSON.stringify(a.rows).slice(0, 200)}`,
    );
    continue;
  }
  if (a.error) {
    bad.push(
      `ACCEPTS ${id}: ${sql}\n   trino: ${a.message.slice(0, 200)}\n   local: ${JSON.stringify(b.rows).slice(0, 200)}`,
    );
    continue;
  }
  const rows = a.rows.map((r: unknown[]) => r.map((v, i) => plainTrino(v, a.types[i])));
  const isOrdered = /order by/i.test(sql);
  const key = (r: unknown) =>
    JSON.stringify(r, (k, v) =>
      v && typeof v === 'object' && 'double' in v ? Number(v.double).toPrecision(9) : v,
    );
  const [x, y] = isOrdered
    ? [rows, b.rows]
    : [
        [...rows].sort((m, n) => (key(m) < key(n) ? -1 : 1)),
        [...b.rows].sort((m: any, n: any) => (key(m) < key(n) ? -1 : 1)),
      ];
  const ok = samePlain(x, y);
  const types = JSON.stringify(a.types) === JSON.stringify(b.types);
  const names = JSON.stringify(a.names) === JSON.stringify(b.names);
  if (ok && types && names) same++;
  else
    bad.push(
      `DIFF ${ok ? '' : 'ROWS '}${types ? '' : 'TYPES '}${names ? '' : 'NAMES '}${id}: ${sql}\n   trino: ${JSON.stringify(x).slice(0, 300)} ${types ? '' : a.types} ${names ? '' : a.names}\n   local: ${JSON.stringify(y).slice(0, 300)} ${types ? '' : b.types} ${names ? '' : b.names}`,
    );
}
console.log(bad.join('\n'));
if (verbose) {
  console.log('--- unsupported');
  console.log(un.join('\n'));
}
console.log({ same, refusedBoth, bad: bad.length, unsupported: un.length });
