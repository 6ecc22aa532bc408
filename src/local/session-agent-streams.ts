/** The agent's streams: dialled one after the other, half-closed never, without flow control towards the client. */
import { concatBytes } from '../std/bytes.ts';
import type { FrameHandler } from '../tunnel/frames.ts';
import { encodeFrame, FRAME, FrameDecoder } from '../tunnel/frames.ts';
import { OutgoingBytes } from '../tunnel/outgoing-bytes.ts';

export type AgentStreamEvent =
  | { readonly kind: 'dial'; readonly stream: number }
  | { readonly kind: 'to-target'; readonly stream: number; readonly bytes: Uint8Array }
  | { readonly kind: 'close-target'; readonly stream: number }
  | { readonly kind: 'pause-target'; readonly stream: number }
  | { readonly kind: 'resume-target'; readonly stream: number };

/** Bytes of one target that may wait to be sent before it is no longer read. */
const WAITING_BYTES_HIGH = 256 * 1024;
const WAITING_BYTES_LOW = 64 * 1024;
/** Bytes of one frame; what the reference multiplexer makes. */
const FRAME_DATA_BYTES = 32_768;

interface AgentStream {
  readonly id: number;
  state: 'waiting' | 'dialling' | 'open' | 'closed';
  /** Received before the dial succeeded. */
  early: Uint8Array[];
  waitingBytes: number;
  targetPaused: boolean;
}

interface Piece {
  readonly stream: AgentStream | undefined;
  readonly bytes: Uint8Array;
}

export class AgentStreams implements FrameHandler {
  private readonly emit: (event: AgentStreamEvent) => void;
  private readonly decoder = new FrameDecoder();
  private readonly streams = new Map<number, AgentStream>();
  private readonly toDial: AgentStream[] = [];
  private dialling: AgentStream | undefined;
  /** Frames in the order they were made; whose bytes they are is kept to know when to read on. */
  private readonly pieces: Piece[] = [];
  private readonly outgoing = new OutgoingBytes();
  private headLeft = 0;

  constructor(emit: (event: AgentStreamEvent) => void) {
    this.emit = emit;
  }

  get hasWork(): boolean {
    return this.outgoing.length > 0;
  }

  fromClient(payload: Uint8Array): boolean {
    return this.decoder.push(payload, this);
  }

  opened(id: number): void {
    if (this.streams.has(id)) return;
    const stream: AgentStream = { id, state: 'waiting', early: [], waitingBytes: 0, targetPaused: false };
    this.streams.set(id, stream);
    this.toDial.push(stream);
    this.dialNext();
  }

  data(id: number, bytes: Uint8Array): void {
    const stream = this.streams.get(id);
    if (stream?.state === 'open') this.emit({ kind: 'to-target', stream: id, bytes });
    else if (stream?.state === 'waiting' || stream?.state === 'dialling') stream.early.push(bytes.slice());
  }

  /** The client ended the stream: its target is closed at once, and its unread answer is dropped. */
  ended(id: number): void {
    const stream = this.streams.get(id);
    if (stream === undefined || stream.state === 'closed') return;
    if (stream.state !== 'open') this.flushEarly(stream);
    this.emit({ kind: 'close-target', stream: id });
    this.close(stream);
  }

  /** Whether the client still waits for this dial. */
  isDialling(id: number): boolean {
    return this.dialling?.id === id && this.dialling.state === 'dialling';
  }

  dialed(id: number, reached: boolean): void {
    const stream = this.dialling;
    if (stream === undefined || stream.id !== id) return;
    this.dialling = undefined;
    if (reached && stream.state === 'dialling') {
      stream.state = 'open';
      this.flushEarly(stream);
    } else if (!reached && stream.state === 'dialling') this.close(stream);
    this.dialNext();
  }

  fromTarget(id: number, bytes: Uint8Array): void {
    const stream = this.streams.get(id);
    if (stream?.state !== 'open') return;
    for (let at = 0; at < bytes.length; at += FRAME_DATA_BYTES)
      this.push(stream, encodeFrame(FRAME.data, id, bytes.subarray(at, at + FRAME_DATA_BYTES)));
    if (stream.targetPaused || stream.waitingBytes < WAITING_BYTES_HIGH) return;
    stream.targetPaused = true;
    this.emit({ kind: 'pause-target', stream: id });
  }

  targetClosed(id: number): void {
    const stream = this.streams.get(id);
    if (stream?.state === 'open') this.close(stream);
  }

  closeAll(): void {
    for (const stream of this.streams.values())
      if (stream.state !== 'closed') this.emit({ kind: 'close-target', stream: stream.id });
    this.streams.clear();
    this.toDial.length = 0;
  }

  /** The next bytes of all streams, at most `bytesMax`. */
  take(bytesMax: number): Uint8Array {
    const bytes = new Uint8Array(Math.min(bytesMax, this.outgoing.length));
    this.outgoing.take(bytes);
    this.settle(bytes.length);
    return bytes;
  }

  private settle(sent: number): void {
    let left = sent;
    while (left > 0) {
      const head = this.pieces[0] as Piece;
      if (this.headLeft === 0) this.headLeft = head.bytes.length;
      const part = Math.min(left, this.headLeft);
      left -= part;
      this.headLeft -= part;
      if (head.stream !== undefined) this.sent(head.stream, part);
      if (this.headLeft === 0) this.pieces.shift();
    }
  }

  private sent(stream: AgentStream, bytes: number): void {
    stream.waitingBytes -= bytes;
    if (!stream.targetPaused || stream.waitingBytes > WAITING_BYTES_LOW) return;
    stream.targetPaused = false;
    if (stream.state === 'open') this.emit({ kind: 'resume-target', stream: stream.id });
  }

  private push(stream: AgentStream, frame: Uint8Array): void {
    this.pieces.push({ stream, bytes: frame });
    this.outgoing.push(frame);
    stream.waitingBytes += frame.length;
  }

  private close(stream: AgentStream): void {
    stream.state = 'closed';
    this.push(stream, encodeFrame(FRAME.end, stream.id));
    this.streams.delete(stream.id);
  }

  private flushEarly(stream: AgentStream): void {
    if (stream.early.length === 0) return;
    this.emit({ kind: 'to-target', stream: stream.id, bytes: concatBytes(stream.early) });
    stream.early = [];
  }

  /** One dial at a time: a target that does not answer holds up every other. */
  private dialNext(): void {
    if (this.dialling !== undefined) return;
    const stream = this.toDial.shift();
    if (stream === undefined) return;
    this.dialling = stream;
    if (stream.state === 'waiting') {
      stream.state = 'dialling';
      this.emit({ kind: 'dial', stream: stream.id });
      return;
    }
    this.dialling = undefined;
    this.dialNext();
  }
}
