/** Asks a local port for a MySQL greeting, once. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { messageOf } from '../../std/failure.ts';
import { type Greeting, readGreeting } from './mysql-greeting.ts';

export async function greetLocalPort(port: number, signal: AbortSignal): Promise<Greeting> {
  const socket = connect({ host: '127.0.0.1', port });
  const stop = () => socket.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await once(socket, 'connect');
    return await readGreeting(socket);
  } catch (error) {
    return { refusal: messageOf(error) };
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}
