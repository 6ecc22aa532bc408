/** One stream of a session as a Node stream. */
import { Duplex } from 'node:stream';
import type { Failure } from '../../std/failure.ts';

/** What the stream asks of its session. */
export interface StreamControl {
  /** False: `drained` will be called when more is welcome. */
  write(bytes: Uint8Array): boolean;
  consumed(bytes: number): void;
  halfClose(): void;
  close(abort: boolean): void;
}

export class SessionStream extends Duplex {
  private readonly control: StreamControl;
  private readonly waiting: Uint8Array[] = [];
  private wanted = false;
  private over = false;
  private writeOn: ((error?: Error | null) => void) | undefined;

  constructor(control: StreamControl) {
    super({ allowHalfOpen: true });
    this.control = control;
  }

  /** Bytes from the session. They count as consumed once the reader's own buffer took them. */
  receive(bytes: Uint8Array): void {
    if (this.destroyed) return;
    if (!this.wanted) {
      this.waiting.push(bytes);
      return;
    }
    this.wanted = this.push(bytes);
    this.control.consumed(bytes.length);
  }

  /** The stream ended: with a failure at once, without one after what was received is read. */
  finish(failure?: Failure): void {
    this.over = true;
    if (failure !== undefined) this.destroy(failure);
    else if (this.waiting.length === 0) this.push(null);
    this.drained();
  }

  drained(): void {
    const writeOn = this.writeOn;
    this.writeOn = undefined;
    writeOn?.();
  }

  override _read(): void {
    this.wanted = true;
    while (this.wanted) {
      const bytes = this.waiting.shift();
      if (bytes === undefined) break;
      this.wanted = this.push(bytes);
      if (!this.over) this.control.consumed(bytes.length);
    }
    if (this.over && this.waiting.length === 0) this.push(null);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this.over || this.control.write(chunk)) callback();
    else this.writeOn = callback;
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (!this.over) this.control.halfClose();
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.over) this.control.close(error !== null);
    this.over = true;
    this.waiting.length = 0;
    this.drained();
    callback(error);
  }
}
