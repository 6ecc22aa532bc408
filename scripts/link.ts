// Makes `npx dp` work from the checkout: npm links the bins of dependencies, not of the project itself.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '..', 'node_modules', '.bin');
mkdirSync(bin, { recursive: true });
rmSync(join(bin, 'dp'), { force: true });
symlinkSync(join('..', '..', 'bin', 'run.js'), join(bin, 'dp'));
