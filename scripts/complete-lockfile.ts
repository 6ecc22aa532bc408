// Adds the optional packages of other platforms to package-lock.json, where the registry used to write it did not
// offer them: `npm ci` refuses a lockfile that leaves them out. Run after `npm install` when `npm ci` says "Missing".
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockedPackage {
  version?: string;
  optional?: boolean;
  dev?: boolean;
  cpu?: string[];
  os?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const path = join(import.meta.dirname, '..', 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, LockedPackage> };
let added = 0;
for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    const platform = platformOf(name);
    if (lock.packages[key] !== undefined || platform === undefined || !/^\d/.test(version)) continue;
    lock.packages[key] = {
      version,
      ...(parent.dev === true ? { dev: true } : {}),
      optional: true,
      ...platform,
    };
    added++;
  }
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
);
writeFileSync(path, `${JSON.stringify(lock, undefined, 2)}\n`);
console.log(`${added} packages of other platforms added.`);

/** `@scope/name-linux-x64-musl` → the fields npm decides by. */
function platformOf(name: string): Pick<LockedPackage, 'cpu' | 'os' | 'libc'> | undefined {
  const match =
    /(android|darwin|linux|win32|freebsd|openbsd|netbsd|sunos|aix)-(arm64|x64|arm|ia32)(-musl)?$/.exec(name);
  if (match === null) return undefined;
  const [, os = '', cpu = '', musl] = match;
  return { cpu: [cpu], os: [os], ...(musl === undefined ? {} : { libc: ['musl'] }) };
}
