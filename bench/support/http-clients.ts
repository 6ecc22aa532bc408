// `node http-clients.ts URL CLIENTS SECONDS`, requests as JSON on stdin: that many keep-alive connections, each with
// one request at a time, over bare sockets so that the clients cost little beside the server. Prints requests a second.
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

const [url = '', clients = '1', seconds = '1'] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const requests = (
  JSON.parse(await text(process.stdin)) as { method: string; path: string; body: string }[]
).map(({ method, path, body }) =>
  Buffer.from(
    `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n` +
      (body === ''
        ? ''
        : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`) +
      `\r\n${body}`,
  ),
);

let sent = 0;
let done = 0;
const started = performance.now();
const end = started + Number(seconds) * 1000;
await Promise.all(Array.from({ length: Number(clients) }, runClient));
process.stdout.write(String((done / (performance.now() - started)) * 1000));

function runClient(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const send = (): void => {
      if (performance.now() < end) socket.write(requests[sent++ % requests.length] ?? '');
      else socket.end(resolve);
    };
    let received = '';
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('error', reject);
    socket.on('connect', send);
    socket.on('data', (chunk) => {
      received += chunk;
      const head = received.indexOf('\r\n\r\n');
      if (head === -1) return;
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? Number.NaN);
      if (Number.isNaN(length)) return reject(new Error(`an answer without a length: ${received}`));
      if (received.length < head + 4 + length) return;
      if (!received.startsWith('HTTP/1.1 20')) return reject(new Error(received));
      received = '';
      done++;
      send();
    });
  });
}
