import assert from 'node:assert/strict';
import test from 'node:test';
import { CAPABILITY, has } from '../../src/mysql/capabilities.ts';
import { EARLY_BYTES_MAX, HANDSHAKE_PACKET_BYTES_MAX } from '../../src/mysql/client-side.ts';
import type { DoorAction } from '../../src/mysql/door-action.ts';
import type { DoorLogin } from '../../src/mysql/door-login.ts';
import { DoorSession } from '../../src/mysql/door-session.ts';
import { encodeErrorPacket, parseErrorPacket } from '../../src/mysql/error-packet.ts';
import { databaseUnreachable } from '../../src/mysql/errors.ts';
import { encodeGreeting, parseGreeting } from '../../src/mysql/greeting.ts';
import { encodeHandshakeResponse, parseHandshakeResponse } from '../../src/mysql/handshake-response.ts';
import { encodePacket, type Packet, PacketReader } from '../../src/mysql/packet.ts';
import { NUMBERS } from '../../src/mysql/refusal.ts';
import { cachingSha2Response, nativeResponse } from '../../src/mysql/scramble.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { CLIENT_RESPONSES, SERVER_GREETING } from './captured.ts';

const TLS_LOGIN: DoorLogin = {
  user: 'real',
  password: 's3cret',
  credential: 'secret',
  tls: { serverName: 'db.example' },
};
const PLAIN_LOGIN: DoorLogin = { user: 'real', password: 's3cret', credential: 'generated-password' };
const SCRAMBLE = Uint8Array.from({ length: 20 }, (_, index) => 0x30 + index);
const DATABASE_SCRAMBLE = Uint8Array.from({ length: 20 }, (_, index) => 0x50 + index);

const OK = Uint8Array.of(0, 0, 0, 2, 0, 0, 0);
const QUERY = encodePacket(0, Buffer.from('\x03SELECT 1'));
const ROWS = encodePacket(1, Buffer.from('whatever the server says'));
const mariadbGreeting = new Uint8Array(Buffer.from(SERVER_GREETING, 'hex'));

/** MySQL 8's greeting: its flags (all that a client can ask for, with TLS) and its default plugin. */
const mysqlGreeting = encodePacket(
  0,
  encodeGreeting({
    version: Buffer.from('8.0.39'),
    connectionId: 77,
    flags: 0xdfffffff,
    extendedFlags: 0,
    characterSet: 255,
    status: 2,
    scramble: DATABASE_SCRAMBLE,
    plugin: 'caching_sha2_password',
  }),
);

/** What MySQL 8's own client sends: its plugin is caching_sha2_password whatever the server's is. */
function mysqlResponse(authResponse: Uint8Array, plugin = 'caching_sha2_password'): Uint8Array {
  const response = encodeHandshakeResponse({
    flags: 0x19ffa28d,
    extendedFlags: 0,
    packetBytesMax: 16_777_216,
    characterSet: 255,
    user: Buffer.from('anybody'),
    authResponse,
    database: Buffer.from('stg_core'),
    plugin,
    attributes: Buffer.from('\x03_os\x05Linux'),
  });
  return encodePacket(1, response);
}

function authSwitch(sequence: number, plugin: string, scramble = DATABASE_SCRAMBLE): Uint8Array {
  return encodePacket(
    sequence,
    Buffer.concat([Uint8Array.of(0xfe), Buffer.from(`${plugin}\0`), scramble, Uint8Array.of(0)]),
  );
}

type Step =
  | { readonly from: 'client' | 'database'; readonly bytes: Uint8Array }
  | { readonly login: DoorLogin };

interface Transcript {
  readonly client: Buffer;
  readonly database: Buffer;
  readonly others: readonly string[];
}

/** Plays the steps, cutting their bytes by `cut`, and gives everything the session asked to be done. */
function play(
  steps: readonly Step[],
  cut: (bytes: Uint8Array, step: number) => Uint8Array[],
  localPassword?: string,
) {
  const session = new DoorSession({
    target: 'db.example:3306',
    scramble: () => SCRAMBLE,
    ...(localPassword === undefined ? {} : { localPassword }),
  });
  const sent = { client: [] as Uint8Array[], database: [] as Uint8Array[] };
  const others: string[] = [];
  const apply = (actions: readonly DoorAction[]): void => {
    for (const action of actions) {
      if (action.do === 'send') sent[action.to].push(action.bytes);
      else others.push(action.do === 'close' ? `close ${action.failure?.code}` : action.do);
      if (action.do === 'start-tls') apply(session.tlsReady());
    }
  };
  apply(session.start());
  for (const [index, step] of steps.entries()) {
    if ('login' in step) apply(session.loginGiven(step.login));
    else if (step.from === 'client')
      for (const piece of cut(step.bytes, index)) apply(session.fromClient(piece));
    else for (const piece of cut(step.bytes, index)) apply(session.fromDatabase(piece));
  }
  const transcript: Transcript = {
    client: Buffer.concat(sent.client),
    database: Buffer.concat(sent.database),
    others,
  };
  return { session, transcript };
}

const whole = (bytes: Uint8Array): Uint8Array[] => [bytes];
const packetsOf = (bytes: Uint8Array): Packet[] => {
  const reader = new PacketReader(HANDSHAKE_PACKET_BYTES_MAX);
  reader.push(bytes);
  const packets: Packet[] = [];
  for (let packet = reader.next(); packet !== undefined; packet = reader.next()) packets.push(packet);
  return packets;
};
const errorOf = (bytes: Uint8Array) => parseErrorPacket(packetsOf(bytes).at(-1)?.payload ?? new Uint8Array());

const changeUser = encodePacket(
  0,
  Buffer.concat([
    Buffer.from('\x11other\0'),
    Uint8Array.of(0),
    Buffer.from('sys\0'),
    Uint8Array.of(45, 0),
    Buffer.from('mysql_native_password\0'),
    Uint8Array.of(0),
  ]),
);

const scenarios: Readonly<Record<string, readonly Step[]>> = {
  ...Object.fromEntries(
    Object.entries(CLIENT_RESPONSES).map(([client, hex]) => [
      `${client}, MariaDB without TLS`,
      [
        { from: 'database', bytes: mariadbGreeting },
        { login: PLAIN_LOGIN },
        { from: 'client', bytes: new Uint8Array(Buffer.from(hex, 'hex')) },
        { from: 'database', bytes: encodePacket(2, OK) },
        { from: 'client', bytes: QUERY },
        { from: 'database', bytes: ROWS },
      ] satisfies Step[],
    ]),
  ),
  'caching_sha2_password on both sides, the fast way': [
    { from: 'database', bytes: mysqlGreeting },
    { from: 'client', bytes: mysqlResponse(new Uint8Array()) },
    { from: 'client', bytes: encodePacket(3, cachingSha2Response('typed', SCRAMBLE)) },
    { login: TLS_LOGIN },
    { from: 'database', bytes: encodePacket(3, Uint8Array.of(1, 3)) },
    { from: 'database', bytes: encodePacket(4, OK) },
    { from: 'client', bytes: QUERY },
  ],
  'caching_sha2_password the full way, over TLS': [
    { login: TLS_LOGIN },
    { from: 'database', bytes: mysqlGreeting },
    { from: 'client', bytes: mysqlResponse(nativeResponse('x', SCRAMBLE), 'mysql_native_password') },
    { from: 'database', bytes: encodePacket(3, Uint8Array.of(1, 4)) },
    { from: 'database', bytes: encodePacket(5, OK) },
    { from: 'client', bytes: Buffer.concat([QUERY, QUERY]) },
  ],
  'an IAM token sent in clear over TLS': [
    { login: { ...TLS_LOGIN, credential: 'iam-token' } },
    { from: 'database', bytes: mysqlGreeting },
    { from: 'client', bytes: mysqlResponse(new Uint8Array(), 'mysql_native_password') },
    { from: 'database', bytes: authSwitch(3, 'mysql_clear_password') },
    { from: 'database', bytes: encodePacket(5, OK) },
  ],
  'a user of another plugin than the server’s default': [
    { login: TLS_LOGIN },
    { from: 'database', bytes: mysqlGreeting },
    { from: 'client', bytes: mysqlResponse(new Uint8Array(), 'mysql_native_password') },
    { from: 'database', bytes: authSwitch(3, 'mysql_native_password', SCRAMBLE) },
    { from: 'database', bytes: encodePacket(5, OK) },
  ],
  'a change of user': [
    { login: PLAIN_LOGIN },
    { from: 'database', bytes: mariadbGreeting },
    { from: 'client', bytes: mysqlResponse(new Uint8Array(), 'mysql_native_password') },
    { from: 'database', bytes: encodePacket(2, OK) },
    { from: 'client', bytes: QUERY },
    { from: 'database', bytes: ROWS },
    { from: 'client', bytes: changeUser },
    { from: 'client', bytes: encodePacket(2, nativeResponse('theirs', SCRAMBLE)) },
    { login: { ...PLAIN_LOGIN, password: 'rotated' } },
    { from: 'database', bytes: authSwitch(1, 'mysql_native_password') },
    { from: 'database', bytes: encodePacket(3, OK) },
    { from: 'client', bytes: QUERY },
    { from: 'database', bytes: ROWS },
  ],
};

for (const [name, steps] of Object.entries(scenarios)) {
  test(`however its bytes are cut, a login goes the same way: ${name}`, () => {
    const expected = play(steps, whole).transcript;
    assert.ok(expected.others.includes('opened'), expected.others.join());
    const single = play(steps, (bytes) => Array.from(bytes, (byte) => Uint8Array.of(byte)));
    assert.deepEqual(single.transcript, expected);
    for (const [index, step] of steps.entries()) {
      if ('login' in step) continue;
      for (let at = 1; at < step.bytes.length; at++) {
        const cut = (bytes: Uint8Array, of: number) =>
          of === index ? [bytes.subarray(0, at), bytes.subarray(at)] : [bytes];
        assert.deepEqual(play(steps, cut).transcript, expected, `step ${index} cut at ${at}`);
      }
    }
  });
}

test('the local greeting is the database’s own, but for the scramble, the plugin and what is never offered', () => {
  const { transcript } = play([{ from: 'database', bytes: mysqlGreeting }], whole);
  const [packet] = packetsOf(transcript.client);
  assert.ok(packet !== undefined);
  const local = parseGreeting(packet.payload);
  assert.equal(Buffer.from(local.version).toString(), '8.0.39');
  assert.equal(local.connectionId, 77);
  assert.deepEqual([local.characterSet, local.status], [255, 2]);
  assert.deepEqual(local.scramble, SCRAMBLE);
  const dropped = ['compress', 'localFiles', 'tls', 'zstdCompress', 'multiFactor'] as const;
  for (const name of dropped) assert.ok(!has(local.flags, CAPABILITY[name]), name);
  assert.ok(has(local.flags, CAPABILITY.connectAttributes));
});

test('a greeting that was read and written again is the same bytes', () => {
  const payload = mariadbGreeting.subarray(4);
  assert.deepEqual(encodeGreeting(parseGreeting(payload)), payload);
});

test('the session the client asked for is the session the database gives', () => {
  const { transcript } = play(scenarios['caching_sha2_password the full way, over TLS'] ?? [], whole);
  const [tlsRequest, response, clear] = packetsOf(transcript.database);
  assert.ok(tlsRequest !== undefined && response !== undefined);
  assert.deepEqual([tlsRequest.sequence, tlsRequest.payload.length], [1, 32]);
  const asked = parseHandshakeResponse(response.payload, 0xffffffff);
  assert.equal(Buffer.from(asked.user).toString(), 'real');
  assert.equal(Buffer.from(asked.database ?? []).toString(), 'stg_core');
  assert.equal(Buffer.from(asked.attributes ?? []).toString(), '\x03_os\x05Linux');
  assert.deepEqual([asked.characterSet, asked.packetBytesMax], [255, 16_777_216]);
  // 0x19ffa28d is what the client sent; LOCAL INFILE and multi-factor go, TLS comes.
  assert.equal(asked.flags, (0x19ffa28d & ~CAPABILITY.localFiles & ~CAPABILITY.multiFactor) | CAPABILITY.tls);
  assert.deepEqual(asked.authResponse, cachingSha2Response('s3cret', DATABASE_SCRAMBLE));
  assert.deepEqual([clear?.sequence, Buffer.from(clear?.payload ?? []).toString()], [4, 's3cret\0']);
});

test('a changed user is logged in with credentials fetched for it', () => {
  const { transcript } = play(scenarios['a change of user'] ?? [], whole);
  const sent = packetsOf(transcript.database);
  assert.match(Buffer.from(sent[2]?.payload ?? []).toString('latin1'), /^\x11real\0[\s\S]*sys\0/);
  assert.deepEqual(sent[3]?.payload, nativeResponse('rotated', DATABASE_SCRAMBLE));
  assert.deepEqual(
    packetsOf(transcript.client).map((packet) => packet.sequence),
    [0, 2, 1, 1, 3, 1],
  );
});

const untilResponse: readonly Step[] = [
  { from: 'database', bytes: mysqlGreeting },
  { from: 'client', bytes: mysqlResponse(new Uint8Array(), 'mysql_native_password') },
];

function refusal(steps: readonly Step[], localPassword?: string) {
  const { transcript } = play(steps, whole, localPassword);
  const { number, sqlState, message } = errorOf(transcript.client);
  return { end: transcript.others.at(-1), number, sqlState, message, transcript };
}

test('a plugin dp does not speak is named', () => {
  const { end, number, sqlState, message } = refusal([
    ...untilResponse,
    { login: TLS_LOGIN },
    { from: 'database', bytes: authSwitch(3, 'client_ed25519') },
  ]);
  assert.deepEqual([end, number, sqlState], ['close door-plugin-unsupported', 1251, '08004']);
  assert.match(message, /as real: the user's authentication plugin is client_ed25519/);
});

for (const [way, bytes] of Object.entries({
  mysql_clear_password: authSwitch(2, 'mysql_clear_password'),
  sha256_password: authSwitch(2, 'sha256_password'),
  'caching_sha2_password the full way': encodePacket(2, Uint8Array.of(1, 4)),
})) {
  test(`no password is sent without TLS: ${way}`, () => {
    const { end, transcript } = refusal([
      ...untilResponse,
      { login: PLAIN_LOGIN },
      { from: 'database', bytes },
    ]);
    assert.equal(end, 'close door-clear-password-refused');
    assert.ok(!transcript.database.includes('s3cret'));
  });
}

test('a database without TLS gets no credentials', () => {
  const without = encodePacket(
    0,
    encodeGreeting({ ...parseGreeting(mysqlGreeting.subarray(4)), flags: 0xdffff7ff }),
  );
  const steps: Step[] = [
    { from: 'database', bytes: without },
    untilResponse[1] as Step,
    { login: TLS_LOGIN },
  ];
  const { end, number, transcript } = refusal(steps);
  assert.deepEqual([end, number], ['close door-tls-not-offered', 3159]);
  assert.equal(transcript.database.length, 0);
});

test('bytes that a database sends in the clear before TLS are never read as encrypted', () => {
  const steps: Step[] = [
    ...untilResponse,
    { from: 'database', bytes: encodePacket(2, OK) },
    { login: TLS_LOGIN },
  ];
  const { end, transcript } = refusal(steps);
  assert.equal(end, 'close door-database-malformed');
  assert.equal(transcript.database.length, 0);
});

test('a login that never ends is ended', () => {
  const switches = Array.from({ length: 20 }, (_, round): Step => {
    return { from: 'database', bytes: authSwitch(3 + 2 * round, 'mysql_native_password') };
  });
  const { end } = refusal([...untilResponse, { login: TLS_LOGIN }, ...switches]);
  assert.equal(end, 'close door-database-malformed');
});

test('the database’s own refusal reaches the client with its number and words', () => {
  const unknown = { number: 1049, sqlState: '42000', message: "Unknown database 'stg_core'" };
  const steps: Step[] = [
    ...untilResponse,
    { login: TLS_LOGIN },
    { from: 'database', bytes: encodePacket(3, encodeErrorPacket(unknown, false)) },
  ];
  const { number, sqlState, message, end } = refusal(steps);
  assert.deepEqual({ number, sqlState, message }, unknown);
  assert.equal(end, 'close door-database-refused');
});

test('a database that refuses instead of greeting is heard by the client', () => {
  const full = { number: 1040, sqlState: '08004', message: 'Too many connections' };
  const { number, message } = refusal([
    { from: 'database', bytes: encodePacket(0, encodeErrorPacket(full, true)) },
  ]);
  assert.deepEqual([number, message], [1040, 'Too many connections']);
});

const denied = encodePacket(
  3,
  encodeErrorPacket(
    { number: 1045, sqlState: '28000', message: "Access denied for user 'real'@'10.0.0.1'" },
    false,
  ),
);

test('a refused IAM token is called by its name', () => {
  const steps: Step[] = [
    ...untilResponse,
    { login: { ...TLS_LOGIN, credential: 'iam-token' } },
    { from: 'database', bytes: denied },
  ];
  const { number, sqlState, message } = refusal(steps);
  assert.deepEqual([number, sqlState], [1045, '28000']);
  assert.match(
    message,
    /refused the IAM token of real: Access denied for user 'real'@'10.0.0.1'\. Try: .*rds-db:connect/,
  );
  assert.ok(!message.includes(TLS_LOGIN.password));
});

test('a secret refused in the middle of a rotation is fetched once more, on a new connection', () => {
  const { transcript } = play(
    [
      ...untilResponse,
      { login: TLS_LOGIN },
      { from: 'database', bytes: denied },
      { login: { ...TLS_LOGIN, password: 'rotated' } },
      { from: 'database', bytes: mysqlGreeting },
      { from: 'database', bytes: encodePacket(3, Uint8Array.of(1, 3)) },
      { from: 'database', bytes: encodePacket(4, OK) },
    ],
    whole,
  );
  assert.deepEqual(transcript.others, [
    'fetch-login',
    'start-tls',
    'fetch-login',
    'dial-again',
    'start-tls',
    'opened',
  ]);
  const again = packetsOf(transcript.database)[3];
  assert.deepEqual(
    parseHandshakeResponse(again?.payload ?? OK, 0xffffffff).authResponse,
    cachingSha2Response('rotated', DATABASE_SCRAMBLE),
  );
});

test('a refused secret that is still the current one ends the login', () => {
  const { end, number, message } = refusal([
    ...untilResponse,
    { login: TLS_LOGIN },
    { from: 'database', bytes: denied },
    { login: TLS_LOGIN },
  ]);
  assert.deepEqual([end, number], ['close door-login-denied', 1045]);
  assert.match(message, /refused the current secret of real/);
});

test('before the greeting a refusal has no SQLSTATE, as clients expect', () => {
  const session = new DoorSession({ target: 'db', scramble: () => SCRAMBLE });
  const [sent, end] = session.fail(databaseUnreachable('db', 'connect ECONNREFUSED'));
  assert.ok(sent?.do === 'send' && end?.do === 'close');
  assert.equal(Buffer.from(sent.bytes.subarray(4, 10)).toString('latin1'), '\xff\x95\x05dp:');
});

test('refusals use numbers of servers, because clients distrust a server that sends one of their own', () => {
  for (const [code, { number, sqlState }] of Object.entries(NUMBERS)) {
    assert.ok(number >= 1000 && !(number >= 2000 && number < 3000), `${code} is ${number}`);
    assert.match(sqlState, /^[0-9A-Z]{5}$/);
  }
});

test('with a local password, only its owner comes in', () => {
  const steps = (answer: Uint8Array, plugin: string): Step[] => [
    { login: TLS_LOGIN },
    { from: 'database', bytes: mysqlGreeting },
    {
      from: 'client',
      bytes: mysqlResponse(plugin === 'mysql_native_password' ? answer : new Uint8Array(), plugin),
    },
    ...(plugin === 'mysql_native_password'
      ? []
      : [{ from: 'client', bytes: encodePacket(3, answer) } as const]),
    { from: 'database', bytes: encodePacket(4, OK) },
  ];
  const good = { mysql_native_password: nativeResponse, caching_sha2_password: cachingSha2Response };
  for (const [plugin, respond] of Object.entries(good)) {
    const opened = play(steps(respond('let me in', SCRAMBLE), plugin), whole, 'let me in');
    assert.deepEqual(opened.transcript.others.at(-1), 'opened', plugin);
    for (const answer of [
      respond('other', SCRAMBLE),
      new Uint8Array(),
      Uint8Array.of(0),
      respond('let me in', DATABASE_SCRAMBLE),
    ]) {
      const { end, number, sqlState, transcript } = refusal(steps(answer, plugin), 'let me in');
      assert.deepEqual([end, number, sqlState], ['close door-local-password-wrong', 1045, '28000']);
      assert.equal(transcript.database.length, 0, 'the database hears nothing of a stranger');
    }
  }
});

test('a client that insists on TLS is told that this port has none', () => {
  const request = encodePacket(1, mysqlResponse(new Uint8Array()).slice(4, 36).with(1, 0xae));
  const { number, message } = refusal([
    { from: 'database', bytes: mysqlGreeting },
    { from: 'client', bytes: request },
  ]);
  assert.equal(number, 1043);
  assert.match(message, /--ssl-mode=DISABLED/);
});

test('a user is not changed while an answer is under way', () => {
  const steps: Step[] = [
    { login: PLAIN_LOGIN },
    { from: 'database', bytes: mariadbGreeting },
    { from: 'client', bytes: mysqlResponse(new Uint8Array(), 'mysql_native_password') },
    { from: 'database', bytes: encodePacket(2, OK) },
    { from: 'client', bytes: Buffer.concat([QUERY, changeUser]) },
  ];
  const { number, sqlState } = refusal(steps);
  assert.deepEqual([number, sqlState], [1047, '08S01']);
});

test('a peer that sends without end before its turn is cut off', () => {
  const flood = new Uint8Array(EARLY_BYTES_MAX + 1);
  const early = play([{ from: 'client', bytes: flood }], whole);
  assert.equal(early.transcript.others.at(-1), 'close door-client-malformed');
  const announced = Uint8Array.of(1, 0xff, 0x7f, 0);
  const large = play([{ from: 'database', bytes: announced }], whole);
  assert.equal(large.transcript.others.at(-1), 'close door-database-malformed');
});

test('mutated and random bytes never break a session, and never open it to a stranger', () => {
  const random = seededRandom(41);
  const names = Object.keys(scenarios);
  const heapBefore = process.memoryUsage().heapUsed;
  for (let round = 0; round < 20_000; round++) {
    const steps = scenarios[names[random.below(names.length)] ?? ''] ?? [];
    const mutated = steps.map((step): Step => {
      if ('login' in step || random.below(3) > 0) return step;
      if (random.below(8) === 0) return { ...step, bytes: random.bytes(random.below(300)) };
      const bytes = Uint8Array.from(step.bytes);
      for (let count = random.below(4); count >= 0; count--)
        bytes[random.below(bytes.length)] = random.below(256);
      return { ...step, bytes };
    });
    try {
      const { session, transcript } = play(mutated, whole, 'a password nobody knows');
      assert.ok(!transcript.others.includes('opened'));
      assert.equal(transcript.database.length, 0);
      play(mutated, whole);
      assert.ok(session.waitsFor !== undefined);
    } catch (error) {
      assert.fail(`seed ${random.seed}, round ${round}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  const grownMegabytes = (process.memoryUsage().heapUsed - heapBefore) / 2 ** 20;
  assert.ok(grownMegabytes < 200, `${grownMegabytes} MB kept`);
});
