/** A peer sent bytes that the MySQL protocol has no meaning for. Carries no part of those bytes. */
export class MalformedPacket extends Error {
  override readonly name = 'MalformedPacket';
}
