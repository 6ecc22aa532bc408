import type { MysqlBinaries } from './mysql-binaries.ts';

/** MySQL 8.0's default, which Aurora has too: what passes here must pass there. */
const SQL_MODE = [
  'ONLY_FULL_GROUP_BY',
  'STRICT_TRANS_TABLES',
  'NO_ZERO_IN_DATE',
  'NO_ZERO_DATE',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'NO_ENGINE_SUBSTITUTION',
].join(',');

/** What the server is told both when its data folder is made and whenever it starts. */
export function sharedServerFlags(input: { binaries: MysqlBinaries; dataFolder: string }): string[] {
  const { baseFolder, shareFolder } = input.binaries;
  return [
    // Must be the first: the machine's own MySQL settings are none of ours.
    '--no-defaults',
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    `--basedir=${baseFolder}`,
    `--datadir=${input.dataFolder}`,
    // ServerPaths.temporary, as seen from the data folder: a full path could hold a colon, which separates paths here.
    '--tmpdir=../tmp',
    `--lc-messages-dir=${shareFolder}`,
    `--character-sets-dir=${shareFolder}/charsets`,
    '--character-set-server=utf8mb4',
    // Tells emoji apart, as Aurora's utf8mb4_0900_ai_ci does, which MariaDB 10 has not.
    '--collation-server=utf8mb4_unicode_520_ci',
    '--default-time-zone=+00:00',
    '--innodb-data-file-path=ibdata1:4M:autoextend',
    '--innodb-autoextend-increment=1',
    '--innodb-log-file-size=48M',
    '--aria-log-file-size=8M',
    '--performance-schema=OFF',
    '--skip-log-bin',
    '--skip-name-resolve',
  ];
}

export interface ServerFlagsInput {
  readonly binaries: MysqlBinaries;
  readonly dataFolder: string;
  readonly socketName: string;
  readonly pidName: string;
  readonly port: number;
  readonly certificates: { readonly authority: string; readonly certificate: string; readonly key: string };
  readonly bufferPoolMegabytes: number;
}

export function serverFlags(input: ServerFlagsInput): string[] {
  return [
    ...sharedServerFlags(input),
    `--sql-mode=${SQL_MODE}`,
    // Relative to the data folder, so that no depth of folders is too long for a socket's 107 bytes.
    `--socket=${input.socketName}`,
    `--pid-file=${input.pidName}`,
    '--bind-address=127.0.0.1',
    `--port=${input.port}`,
    `--ssl-ca=${input.certificates.authority}`,
    `--ssl-cert=${input.certificates.certificate}`,
    `--ssl-key=${input.certificates.key}`,
    // Over TCP only with TLS; the socket needs none.
    '--require-secure-transport=ON',
    // A commit survives the server's death; after a power cut the last second may be missing.
    '--innodb-flush-log-at-trx-commit=2',
    `--innodb-buffer-pool-size=${input.bufferPoolMegabytes}M`,
    // MySQL 8.0's default.
    '--max-allowed-packet=64M',
    // The shop is filled by LOAD DATA LOCAL; only the client decides what is read, and dp's never opens a file.
    '--local-infile=ON',
    // Asking whether it runs is no aborted connection worth a line.
    '--log-warnings=1',
  ];
}

/** The operator's variables a server needs. The rest, credentials among them, is none of its business. */
export function serverEnvironment(
  environmentVariables: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const { PATH, HOME, LD_LIBRARY_PATH, DYLD_LIBRARY_PATH } = environmentVariables;
  return { PATH, HOME, LD_LIBRARY_PATH, DYLD_LIBRARY_PATH };
}
