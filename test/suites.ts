import type { Component } from '../scripts/components.ts';

export interface Suite {
  readonly name: string;
  /** Globs from the repository's root. Every test file belongs to exactly one suite; test/tidy.test.ts checks. */
  readonly files: readonly string[];
  /** What must be on the machine; `npm test` sets it up. */
  readonly needs: readonly Component[];
  /** Test files at a time. Default 2. */
  readonly concurrency?: number;
}

export const SUITES: readonly Suite[] = [
  {
    name: 'core',
    files: ['test/*.test.ts', 'test/{std,cli,config,mysql,lake,etl}/**/*.test.ts'],
    needs: [],
  },
  {
    name: 'local',
    files: ['test/{local,shop,operations}/**/*.test.ts'],
    needs: ['database'],
  },
  {
    name: 'e2e',
    files: ['test/e2e/**/*.test.ts'],
    needs: ['database'],
  },
  {
    // One at a time: they wait for what a terminal shows.
    name: 'terminal',
    files: ['test/terminal/**/*.test.ts'],
    needs: ['database', 'shells', 'tmux', 'python-aws'],
    concurrency: 1,
  },
  {
    name: 'tunnel',
    files: [
      'test/tunnel/{message,frames,delivery,handshake,session,simulation,port-tunnel,network,listener,limits-watch}.test.ts',
      'test/aws/session*.test.ts',
    ],
    needs: [],
  },
  {
    name: 'aws',
    files: ['test/aws/{logs,query-command,unload,warehouse}.test.ts'],
    needs: [],
  },
  {
    name: 'aws-database',
    files: ['test/aws/database.test.ts'],
    needs: ['database'],
  },
  {
    name: 'aws-secrets',
    files: ['test/aws/{alternating-secrets,secrets,doctor-whole}-emulators.test.ts'],
    needs: ['database', 'python-aws'],
  },
  {
    name: 'mysql-door',
    files: ['test/tunnel/mysql-door*.test.ts', 'test/aws/database-login.test.ts'],
    needs: ['database', 'java', 'jars', 'mysql-drivers'],
  },
  {
    name: 'infra',
    files: ['test/infra/*.test.ts', 'test/{aws,operations}/lifecycle*.test.ts'],
    needs: [],
  },
  {
    name: 'infra-lint',
    files: ['test/infra/lint/*.test.ts'],
    needs: ['cfn-lint'],
  },
  {
    name: 'browser',
    files: ['test/browser/**/*.test.ts'],
    needs: ['chromium'],
  },
  {
    name: 'dialect',
    files: ['test/athena/**/*.test.ts'],
    needs: [],
  },
  {
    name: 'api',
    files: ['test/api/**/*.test.ts'],
    needs: ['database', 'schemathesis'],
  },
  {
    // One at a time: each starts a JVM and a Spark of its own.
    name: 'spark',
    files: ['test/spark/*.test.ts'],
    needs: ['database', 'java', 'jars', 'python-spark'],
    concurrency: 1,
  },
  {
    name: 'mysql-8',
    files: ['test/mysql-8/*.test.ts'],
    needs: ['mysql-8', 'java', 'jars', 'python-spark'],
  },
  {
    name: 'aws-emulators',
    files: [
      'test/aws/{broken-hop,catalog,doctor,jobs,journal,lake,logs,query,rollback,sign-in,status}-emulators.test.ts',
      'test/aws/query-prompt.test.ts',
    ],
    needs: ['python-aws'],
  },
];
