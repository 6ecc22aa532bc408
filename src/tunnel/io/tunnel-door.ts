/** The passwordless door as a tunnel uses it. */
import type { Duplex } from 'node:stream';
import type { DoorLogin } from '../../mysql/door-login.ts';
import { makeLocalPassword, openMysqlDoor } from './mysql-door.ts';

export interface TunnelDoorInput {
  /** How the database is named in messages. */
  readonly target: string;
  readonly withPassword: boolean;
}

export interface TunnelDoorDeps {
  /** Fresh credentials for one connection. */
  login(request: { readonly refused?: DoorLogin }): Promise<DoorLogin>;
}

/** The name clients are told to use. The door lets any in, and logs in upstream as somebody else. */
const LOCAL_USER = 'dp';

export function openTunnelDoor({ target, withPassword }: TunnelDoorInput, deps: TunnelDoorDeps) {
  const password = withPassword ? makeLocalPassword() : undefined;
  const door = openMysqlDoor(
    { target, ...(password === undefined ? {} : { localPassword: password }) },
    deps,
  );
  return {
    user: LOCAL_USER,
    ...(password === undefined ? {} : { password }),
    accept: (client: Duplex, dial: () => Promise<Duplex>) => door.accept(client, dial),
    close: () => door.close(),
  };
}
