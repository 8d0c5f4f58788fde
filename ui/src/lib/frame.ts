/**
 * Decodes a frame: one stream's trace over a window, already decimated by the
 * host. The layout is that of the api crate's `frame` module, little-endian.
 * Points are views into the received bytes: nothing is copied, and a frame
 * that is not whole is refused, never drawn in part.
 */

/** One channel: time (ms after the left edge) and value, interleaved. */
export interface Channel {
  readonly points: Float32Array;
}

/** What a chart got: a trace, or nothing because it asked too early. */
export interface Frame {
  /** Null where the chart asked too early: what it shows stays. Without channels where the stream is not known. */
  readonly trace: Trace | null;
  /** After how long the chart may ask again, ms. */
  readonly nextMs: number;
}

/** A decoded trace. */
export interface Trace {
  /** Host time of the right edge, ms. */
  readonly edgeMs: number;
  /** Width of the window, ms. */
  readonly windowMs: number;
  /** Host time of the newest sample, ms; null where there is none. */
  readonly newestMs: number | null;
  readonly channels: readonly Channel[];
}

/** Why bytes are not a frame. */
export class FrameError extends Error {
  override name = "FrameError";
}

const MAGIC = 0x32464353; // "SCF2", little-endian
const HEAD_BYTES = 40;
const CHANNEL_HEAD_BYTES = 8;
const POINT_BYTES = 8;
/** More channels than any stream has: a count beyond it is damage. */
const CHANNELS_MAX = 256;
const EARLY = 1;
const UNKNOWN = 2;
const NOTHING: Trace = { edgeMs: 0, windowMs: 1, newestMs: null, channels: [] };

/** Decodes a frame. Throws a {@link FrameError} for anything that is not exactly one. */
export function decodeFrame(bytes: ArrayBuffer): Frame {
  if (bytes.byteLength < HEAD_BYTES) throw new FrameError(`${bytes.byteLength} bytes are too few for a frame`);
  const view = new DataView(bytes);
  if (view.getUint32(0, true) !== MAGIC) throw new FrameError("the bytes do not start with SCF2");
  const state = view.getUint32(4, true);
  const count = view.getUint32(12, true);
  if (state > UNKNOWN || (state > 0 && count > 0)) throw new FrameError(`state ${state} with ${count} channels is none`);
  if (count > CHANNELS_MAX) throw new FrameError(`${count} channels are more than a stream can have`);
  const channels = readChannels(bytes, view, count);
  const nextMs = view.getUint32(8, true);
  if (state === EARLY) return { trace: null, nextMs };
  return { trace: state === UNKNOWN ? NOTHING : { ...readTimes(view), channels }, nextMs };
}

function readTimes(view: DataView): Omit<Trace, "channels"> {
  const edgeMs = view.getFloat64(16, true);
  const windowMs = view.getFloat64(24, true);
  if (!Number.isFinite(edgeMs) || !(windowMs > 0)) throw new FrameError("the frame's window is no span of time");
  const newest = view.getFloat64(32, true);
  return { edgeMs, windowMs, newestMs: Number.isFinite(newest) ? newest : null };
}

function readChannels(bytes: ArrayBuffer, view: DataView, count: number): Channel[] {
  const channels: Channel[] = [];
  let at = HEAD_BYTES;
  for (let index = 0; index < count; index += 1) {
    if (at + CHANNEL_HEAD_BYTES > bytes.byteLength) throw new FrameError(`channel ${index} is missing`);
    const points = view.getUint32(at, true);
    at += CHANNEL_HEAD_BYTES;
    if (at + points * POINT_BYTES > bytes.byteLength) throw new FrameError(`channel ${index} is cut off`);
    channels.push({ points: new Float32Array(bytes, at, points * 2) });
    at += points * POINT_BYTES;
  }
  if (at !== bytes.byteLength) throw new FrameError(`${bytes.byteLength - at} bytes are left over`);
  return channels;
}

/** The latest finite value of a channel, and its time after the left edge. */
export function lastPoint(channel: Channel): { t: number; value: number } | null {
  const { points } = channel;
  for (let index = points.length - 2; index >= 0; index -= 2) {
    const value = points[index + 1] as number;
    if (Number.isFinite(value)) return { t: points[index] as number, value };
  }
  return null;
}

/** Smallest and largest finite value of a channel. */
export function extent(channel: Channel): { lo: number; hi: number } | null {
  const { points } = channel;
  let lo = Infinity;
  let hi = -Infinity;
  for (let index = 1; index < points.length; index += 2) {
    const value = points[index] as number;
    if (value < lo) lo = value;
    if (value > hi) hi = value;
  }
  return lo <= hi ? { lo, hi } : null;
}
