// Starts the server of a project and prints what it got, as a process of its own: node start-local-server.ts ROOT
import { SHOP_DATABASE } from '../../src/local/database.ts';
import { ensureServer } from '../../src/local/mysql-server.ts';
import { localPaths } from '../../src/local/paths.ts';

const paths = localPaths(process.argv[2] ?? '');
const { server, did } = await ensureServer({
  paths,
  environmentVariables: process.env,
  databaseName: SHOP_DATABASE,
  bufferPoolMegabytes: 64,
});
process.stdout.write(`${JSON.stringify({ pid: server.pid, port: server.port, did })}\n`);
