import * as Flags from '@oclif/core/flags';

/** One session carries about 0.65 MB/s down; more than this many load the bastion more than they bring. */
const SESSIONS_MAX = 16;

/** How a tunnel is to be opened, for every command that opens one. */
export const tunnelFlags = {
  target: Flags.option({
    description: 'Which door of the database. Locally all three are the one server.',
    options: ['writer', 'reader', 'proxy'] as const,
    default: 'writer' as const,
  })(),
  port: Flags.integer({
    description: 'Local port. Default: a free one.',
    default: 0,
    min: 0,
    max: 65_535,
    helpValue: 'PORT',
  }),
  bind: Flags.string({
    description: 'Address to listen on instead of both loopbacks; others than loopback let the network in.',
    helpValue: 'ADDRESS',
  }),
  socket: Flags.string({ description: 'Unix socket to listen on instead of a port.', helpValue: 'PATH' }),
  sessions: Flags.integer({
    description: 'Sessions to spread connections over; each carries about 0.65 MB/s down.',
    default: 1,
    min: 1,
    max: SESSIONS_MAX,
    helpValue: 'N',
  }),
  raw: Flags.boolean({ description: 'Forward bytes as they are: clients log in themselves.' }),
  'local-password': Flags.boolean({
    description: 'Ask clients for a random password of this tunnel. Always so in production.',
    exclusive: ['raw'],
  }),
  'keep-alive': Flags.boolean({
    description: 'Send an empty frame every 45 s, which defeats the account’s idle limit on purpose.',
  }),
  reason: Flags.string({
    description: 'Why, for the audit log of Session Manager.',
    default: 'dp db tunnel',
    helpValue: 'TEXT',
  }),
};
