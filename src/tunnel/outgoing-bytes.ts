/** Bytes of one stream that wait to be sent, in order. */
export class OutgoingBytes {
  private readonly pieces: Uint8Array[] = [];
  private headAt = 0;
  private bytes = 0;

  get length(): number {
    return this.bytes;
  }

  /** Keeps the bytes themselves, not a copy: the writer must not change them afterwards. */
  push(bytes: Uint8Array): void {
    this.pieces.push(bytes);
    this.bytes += bytes.length;
  }

  /** Moves as many bytes as fit into `target`, which must not be longer than what waits. */
  take(target: Uint8Array): void {
    let at = 0;
    while (at < target.length) {
      const head = this.pieces[0] as Uint8Array;
      const piece = head.subarray(this.headAt, this.headAt + target.length - at);
      target.set(piece, at);
      at += piece.length;
      this.headAt += piece.length;
      if (this.headAt === head.length) {
        this.pieces.shift();
        this.headAt = 0;
      }
    }
    this.bytes -= target.length;
  }

  clear(): void {
    this.pieces.length = 0;
    this.headAt = 0;
    this.bytes = 0;
  }
}
