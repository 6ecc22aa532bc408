// The ways to the server that mysql-door.ts compares, in a process of their own as dp is: a door, and a plain
// TCP proxy. Reads the database's access as JSON from stdin, prints both ports, ends with stdin.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { pipeline } from 'node:stream';
import { dialer, loginOf, openDoorPort } from '../../test/support/mysql-door.ts';

const [line] = await once(process.stdin.setEncoding('utf8'), 'data');
const access = JSON.parse(line);
const door = await openDoorPort({ dial: dialer(access), login: () => loginOf(access) });
const proxy = createServer({ noDelay: true }, (client) => {
  pipeline(client, dialer(access)(), client, () => undefined);
});
proxy.listen(0, '127.0.0.1');
await once(proxy, 'listening');
console.log(JSON.stringify({ doorPort: door.port, proxyPort: (proxy.address() as AddressInfo).port }));
process.stdin.resume().once('end', () => process.exit(0));
