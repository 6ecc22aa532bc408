/**
 * Many streams over one session. The multiplexer has no flow control of its own (smux version 1), so none
 * of them may ever hold up the others:
 *
 * - what arrives is handed on at once and counted until it is consumed; a stream whose reader falls too
 *   far behind is ended, with a reason, rather than stopping the session;
 * - what is to be sent waits in its own stream's queue, is told when that is full, and goes out in turns.
 */
import { assert } from '../std/assert.ts';
import type { FrameHandler } from './frames.ts';
import { FRAME, FRAME_DATA_BYTES_MAX, FRAME_HEADER_BYTES, FrameDecoder, writeFrameHeader } from './frames.ts';
import { OutgoingBytes } from './outgoing-bytes.ts';

export interface MuxLimits {
  /** Streams open at a time. The agent lets 1,024 wait to be accepted. */
  readonly streamsMax: number;
  /** Unsent bytes of one stream above which its writer is asked to wait, and below which it may go on. */
  readonly outgoingBytesHigh: number;
  readonly outgoingBytesLow: number;
  /** Received, unconsumed bytes of one stream above which it is ended as too slow. */
  readonly incomingBytesMax: number;
  /** The same for all streams together; the slowest one is ended. */
  readonly incomingBytesTotalMax: number;
  /** How long a new stream may stay without its first byte, in milliseconds. A MySQL server greets first. */
  readonly firstByteWithinMs: number;
  /** After a local half-close, how long the target may be silent before the stream is ended, in milliseconds. */
  readonly halfClosedSilenceMs: number;
}

export const MUX_LIMITS: MuxLimits = {
  streamsMax: 1_000,
  outgoingBytesHigh: 256 * 1024,
  outgoingBytesLow: 64 * 1024,
  incomingBytesMax: 16 * 1024 * 1024,
  incomingBytesTotalMax: 48 * 1024 * 1024,
  firstByteWithinMs: 20_000,
  halfClosedSilenceMs: 5_000,
};

/** The share one stream gets in a message before the next one's turn, in bytes. */
const TURN_BYTES = 4 * 1024;

/**
 * Why a stream ended. `closed`: the target closed it, after all its bytes. `dial-failed`: the agent could not
 * reach the target. `no-answer`: not one byte came in time. `too-slow`: its reader fell behind.
 * `session-lost`: the session ended under it.
 */
export type StreamEnd = 'closed' | 'dial-failed' | 'no-answer' | 'too-slow' | 'session-lost';

export type StreamEvent =
  | { readonly kind: 'data'; readonly stream: number; readonly bytes: Uint8Array }
  | { readonly kind: 'drain'; readonly stream: number }
  | { readonly kind: 'stream-ended'; readonly stream: number; readonly end: StreamEnd };

interface Stream {
  readonly id: number;
  readonly outgoing: OutgoingBytes;
  announced: boolean;
  queued: boolean;
  writerWaits: boolean;
  /** Nothing more is delivered; it only stays until its last frame is written. */
  over: boolean;
  endWanted: boolean;
  received: boolean;
  unconsumedBytes: number;
  /** When to end it for silence: without a first byte, or half-closed. */
  silentAtMs: number;
  silence: 'first-byte' | 'half-closed' | 'none';
}

export class Mux implements FrameHandler {
  private readonly limits: MuxLimits;
  private readonly emit: (event: StreamEvent) => void;
  private readonly decoder = new FrameDecoder();
  private readonly streams = new Map<number, Stream>();
  /** Streams with something to send, in the order of their turns. */
  private turns: Stream[] = [];
  private nextId = 3;
  private unconsumedTotal = 0;
  private failedDials = 0;
  private openCount = 0;
  private nowMs = 0;

  constructor(limits: MuxLimits, emit: (event: StreamEvent) => void) {
    this.limits = limits;
    this.emit = emit;
  }

  /** Streams neither side has ended. */
  get open(): number {
    return this.openCount;
  }

  get hasWork(): boolean {
    return this.turns.length > 0;
  }

  canOpen(): boolean {
    return this.openCount < this.limits.streamsMax && this.nextId <= 0xffff_ffff;
  }

  openStream(nowMs: number): number {
    assert(this.canOpen(), 'a stream is opened only where canOpen says so');
    const stream: Stream = {
      id: this.nextId,
      outgoing: new OutgoingBytes(),
      announced: false,
      queued: false,
      writerWaits: false,
      over: false,
      endWanted: false,
      received: false,
      unconsumedBytes: 0,
      silentAtMs: nowMs + this.limits.firstByteWithinMs,
      silence: 'first-byte',
    };
    this.nextId += 2;
    this.openCount += 1;
    this.streams.set(stream.id, stream);
    this.takeTurn(stream);
    return stream.id;
  }

  /** Queues bytes. False: wait for `drain` before writing more. Bytes for an ended stream are dropped. */
  write(id: number, bytes: Uint8Array): boolean {
    const stream = this.streams.get(id);
    if (stream === undefined || stream.over || stream.endWanted) return true;
    if (bytes.length > 0) {
      stream.outgoing.push(bytes);
      this.takeTurn(stream);
    }
    stream.writerWaits ||= stream.outgoing.length > this.limits.outgoingBytesHigh;
    return !stream.writerWaits;
  }

  /** The reader took `bytes` of what was handed on. */
  consumed(id: number, bytes: number): void {
    const stream = this.streams.get(id);
    if (stream === undefined || stream.over) return;
    stream.unconsumedBytes -= bytes;
    this.unconsumedTotal -= bytes;
    assert(stream.unconsumedBytes >= 0, 'no more is consumed than was handed on');
  }

  /**
   * The local side will write no more, but may still read. The agent knows no half-close: an end frame would
   * make it drop the answer. So the stream is ended once the target has ended, or has been silent for a while.
   */
  halfClose(id: number, nowMs: number): void {
    const stream = this.streams.get(id);
    if (stream === undefined || stream.over) return;
    stream.silence = 'half-closed';
    stream.silentAtMs = nowMs + this.limits.halfClosedSilenceMs;
  }

  /** The local side is gone. What it wrote before still goes out, unless `abort`. No event follows. */
  close(id: number, abort: boolean): void {
    const stream = this.streams.get(id);
    if (stream === undefined || stream.over) return;
    if (abort) stream.outgoing.clear();
    this.finish(stream);
  }

  /** Takes bytes of the session. False: they are no frames, and the session is broken. */
  receive(payload: Uint8Array, nowMs: number): boolean {
    this.nowMs = nowMs;
    return this.decoder.push(payload, this);
  }

  /** The agent could not reach the target; it does not say for which stream. The one that ends next without data. */
  noteFailedDial(): void {
    this.failedDials += 1;
  }

  opened(): void {
    // Agents never open streams. Ignored, as the reference client does for one nobody accepts.
  }

  ended(id: number): void {
    const stream = this.streams.get(id);
    if (stream === undefined || stream.over) return;
    const dialFailed = !stream.received && this.failedDials > 0;
    if (dialFailed) this.failedDials -= 1;
    stream.outgoing.clear();
    this.finish(stream, dialFailed ? 'dial-failed' : 'closed');
  }

  data(id: number, bytes: Uint8Array): void {
    const stream = this.streams.get(id);
    if (stream === undefined || stream.over) return;
    stream.received = true;
    if (stream.silence === 'first-byte') stream.silence = 'none';
    else if (stream.silence === 'half-closed')
      stream.silentAtMs = this.nowMs + this.limits.halfClosedSilenceMs;
    stream.unconsumedBytes += bytes.length;
    this.unconsumedTotal += bytes.length;
    this.emit({ kind: 'data', stream: id, bytes });
  }

  /**
   * Ends streams whose reader is too far behind. To be called when readers have had their chance at everything
   * handed on so far: a lost message that arrives at last may bring thousands behind it, and that is nobody's fault.
   */
  endSlowReaders(): void {
    const { incomingBytesMax, incomingBytesTotalMax } = this.limits;
    // No single stream can be above its limit while all of them together are below it.
    while (this.unconsumedTotal > incomingBytesMax) {
      const all = this.unconsumedTotal > incomingBytesTotalMax;
      const stream = this.slowest(all ? 0 : incomingBytesMax);
      if (stream === undefined) return;
      stream.outgoing.clear();
      this.finish(stream, 'too-slow');
    }
  }

  /** Writes frames into `target`, stream after stream. Gives the bytes written. */
  fill(target: Uint8Array): number {
    let at = 0;
    while (this.turns.length > 0 && target.length - at > FRAME_HEADER_BYTES) {
      const stream = this.turns.shift() as Stream;
      stream.queued = false;
      at = this.writeTurn(stream, target, at);
      if (stream.outgoing.length > 0 || (stream.endWanted && this.streams.has(stream.id)))
        this.takeTurn(stream);
    }
    return at;
  }

  /** Ends streams whose silence lasted too long. Gives the time of the next look, or undefined. */
  tick(nowMs: number): number | undefined {
    let next: number | undefined;
    for (const stream of this.streams.values()) {
      if (stream.over || stream.silence === 'none') continue;
      if (stream.silentAtMs > nowMs) next = Math.min(next ?? stream.silentAtMs, stream.silentAtMs);
      else this.finish(stream, stream.silence === 'first-byte' ? 'no-answer' : 'closed');
    }
    return next;
  }

  /** Starts every wait for an answer anew: while there was no channel, none could come. */
  restartWaits(nowMs: number): void {
    for (const stream of this.streams.values()) {
      if (stream.silence === 'first-byte') stream.silentAtMs = nowMs + this.limits.firstByteWithinMs;
      else if (stream.silence === 'half-closed') stream.silentAtMs = nowMs + this.limits.halfClosedSilenceMs;
    }
  }

  /** The session is over: so is every stream. */
  endAll(): void {
    for (const stream of this.streams.values()) if (!stream.over) this.finish(stream, 'session-lost');
    this.streams.clear();
    this.turns = [];
  }

  private writeTurn(stream: Stream, target: Uint8Array, start: number): number {
    let at = start;
    if (!stream.announced) {
      stream.announced = true;
      writeFrameHeader(target, at, { command: FRAME.open, stream: stream.id, length: 0 });
      at += FRAME_HEADER_BYTES;
    }
    const room = target.length - at - FRAME_HEADER_BYTES;
    const share = this.turns.length === 0 ? FRAME_DATA_BYTES_MAX : TURN_BYTES;
    const length = Math.min(stream.outgoing.length, share, room);
    if (length > 0) {
      writeFrameHeader(target, at, { command: FRAME.data, stream: stream.id, length });
      stream.outgoing.take(target.subarray(at + FRAME_HEADER_BYTES, at + FRAME_HEADER_BYTES + length));
      at += FRAME_HEADER_BYTES + length;
    }
    if (stream.endWanted && stream.outgoing.length === 0 && target.length - at >= FRAME_HEADER_BYTES) {
      writeFrameHeader(target, at, { command: FRAME.end, stream: stream.id, length: 0 });
      at += FRAME_HEADER_BYTES;
      this.streams.delete(stream.id);
    }
    this.tellWriter(stream);
    return at;
  }

  private tellWriter(stream: Stream): void {
    if (!stream.writerWaits || stream.outgoing.length > this.limits.outgoingBytesLow) return;
    stream.writerWaits = false;
    if (!stream.over) this.emit({ kind: 'drain', stream: stream.id });
  }

  private takeTurn(stream: Stream): void {
    if (stream.queued) return;
    stream.queued = true;
    this.turns.push(stream);
  }

  /** Stops delivery, says so where `end` is given, and leaves an end frame to be written. */
  private finish(stream: Stream, end?: StreamEnd): void {
    stream.over = true;
    stream.endWanted = true;
    stream.silence = 'none';
    this.openCount -= 1;
    this.unconsumedTotal -= stream.unconsumedBytes;
    stream.unconsumedBytes = 0;
    // A stream the agent never heard of, with nothing to say, needs no frames at all.
    if (!stream.announced && stream.outgoing.length === 0) this.forget(stream);
    else this.takeTurn(stream);
    if (end !== undefined) this.emit({ kind: 'stream-ended', stream: stream.id, end });
  }

  private forget(stream: Stream): void {
    this.streams.delete(stream.id);
    this.turns = this.turns.filter((other) => other !== stream);
  }

  /** The stream with the most unconsumed bytes, when it has more than `bytesMax`. */
  private slowest(bytesMax: number): Stream | undefined {
    let slowest: Stream | undefined;
    let most = bytesMax;
    for (const stream of this.streams.values()) {
      if (stream.over || stream.unconsumedBytes <= most) continue;
      slowest = stream;
      most = stream.unconsumedBytes;
    }
    return slowest;
  }
}
