/**
 * Frames of the multiplexer (smux, version 1): 8 bytes of little-endian header, then data.
 *
 *   0 version (1) · 1 command · 2 length of the data (u16) · 4 stream (u32)
 *
 * The stream of frames has nothing to do with message boundaries: a frame may begin in one message and end
 * three later.
 */

export const FRAME = { open: 0, end: 1, data: 2, nothing: 3 } as const;

export const FRAME_HEADER_BYTES = 8;
const FRAME_VERSION = 1;
const FRAME_COMMAND_MAX = FRAME.nothing;
/** The length field has 16 bits. The reference peers make frames of at most 32,768 bytes and read any. */
export const FRAME_DATA_BYTES_MAX = 0xffff;

/** Writes a frame's header at `at`. The data, `length` bytes, belongs right behind it. */
export function writeFrameHeader(
  target: Uint8Array,
  at: number,
  frame: { command: number; stream: number; length: number },
): void {
  target[at] = FRAME_VERSION;
  target[at + 1] = frame.command;
  target[at + 2] = frame.length & 0xff;
  target[at + 3] = frame.length >>> 8;
  target[at + 4] = frame.stream & 0xff;
  target[at + 5] = (frame.stream >>> 8) & 0xff;
  target[at + 6] = (frame.stream >>> 16) & 0xff;
  target[at + 7] = frame.stream >>> 24;
}

/** Gives a whole frame. */
export function encodeFrame(command: number, stream: number, data?: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + (data?.length ?? 0));
  writeFrameHeader(bytes, 0, { command, stream, length: data?.length ?? 0 });
  if (data !== undefined) bytes.set(data, FRAME_HEADER_BYTES);
  return bytes;
}

/** What the decoder calls. Data comes in the pieces it arrived in, never empty. */
export interface FrameHandler {
  opened(stream: number): void;
  ended(stream: number): void;
  data(stream: number, bytes: Uint8Array): void;
}

/**
 * Reads frames from pieces of any size. Keeps at most one header in memory, so no peer can make it grow.
 * After a fault it reads nothing more: there is no way to find the next frame.
 */
export class FrameDecoder {
  private readonly header = new Uint8Array(FRAME_HEADER_BYTES);
  private headerBytes = 0;
  private dataLeft = 0;
  private command = 0;
  private stream = 0;
  private broken = false;

  /** Gives false when the bytes are no frames; the session cannot go on then. */
  push(bytes: Uint8Array, handler: FrameHandler): boolean {
    let at = 0;
    while (!this.broken && at < bytes.length) {
      if (this.dataLeft > 0) {
        const piece = bytes.subarray(at, at + this.dataLeft);
        at += piece.length;
        this.dataLeft -= piece.length;
        if (this.command === FRAME.data) handler.data(this.stream, piece);
      } else {
        this.header[this.headerBytes++] = bytes[at++] as number;
        if (this.headerBytes === FRAME_HEADER_BYTES) this.readHeader(handler);
      }
    }
    return !this.broken;
  }

  private readHeader(handler: FrameHandler): void {
    const header = this.header;
    this.headerBytes = 0;
    this.command = header[1] as number;
    if (header[0] !== FRAME_VERSION || this.command > FRAME_COMMAND_MAX) {
      this.broken = true;
      return;
    }
    this.dataLeft = (header[2] as number) | ((header[3] as number) << 8);
    this.stream =
      ((header[4] as number) |
        ((header[5] as number) << 8) |
        ((header[6] as number) << 16) |
        ((header[7] as number) << 24)) >>>
      0;
    if (this.command === FRAME.open) handler.opened(this.stream);
    else if (this.command === FRAME.end) handler.ended(this.stream);
  }
}
