/**
 * Encodes frames as the real host does: two points a pixel at most, smallest
 * and largest in each column, columns fixed to the time axis so that a
 * scrolling trace does not shimmer.
 */
import type { FrameRequest } from "../../api/FrameRequest";
import type { DemoChannel, DemoStream } from "./signals";

/** Spans of host time (seconds) in which nothing arrived. */
export type Outages = readonly (readonly [number, number])[];

const HEAD_BYTES = 40;

/** The frame of a stream as it stands at `nowMs`; the next one may be asked for after `nextMs`. */
export function encodeFrame(stream: DemoStream, request: FrameRequest, nowMs: number, outages: Outages, nextMs = 0): ArrayBuffer {
  const newestMs = newestAt(stream, nowMs, outages);
  const channels = stream.channels.map((channel) => pointsOf(channel, stream.rateHz, request, nowMs, outages));
  const bytes = new ArrayBuffer(HEAD_BYTES + channels.reduce((sum, points) => sum + 8 + points.length * 4, 0));
  const view = new DataView(bytes);
  "SCF2".split("").forEach((letter, index) => view.setUint8(index, letter.charCodeAt(0)));
  view.setUint32(8, nextMs, true);
  view.setUint32(12, channels.length, true);
  [nowMs, request.window_ms, newestMs].forEach((value, index) => view.setFloat64(16 + index * 8, value, true));
  let at = HEAD_BYTES;
  for (const points of channels) {
    view.setUint32(at, points.length / 2, true);
    points.forEach((value, index) => view.setFloat32(at + 8 + index * 4, value, true));
    at += 8 + points.length * 4;
  }
  return bytes;
}

/** A frame without a trace: of a chart that asks too early, or of a stream that is not known. */
export function emptyFrame(state: "early" | "unknown", nextMs: number): ArrayBuffer {
  const bytes = new ArrayBuffer(HEAD_BYTES);
  const view = new DataView(bytes);
  "SCF2".split("").forEach((letter, index) => view.setUint8(index, letter.charCodeAt(0)));
  view.setUint32(4, state === "early" ? 1 : 2, true);
  view.setUint32(8, nextMs, true);
  return bytes;
}

export function isOut(seconds: number, outages: Outages): boolean {
  return outages.some(([from, to]) => seconds >= from && seconds < to);
}

function newestAt(stream: DemoStream, nowMs: number, outages: Outages): number {
  let index = Math.floor((nowMs / 1000) * stream.rateHz);
  for (let tries = 0; tries < 20000 && isOut(index / stream.rateHz, outages); tries += 1) index -= 1;
  return (index / stream.rateHz) * 1000;
}

function pointsOf(
  channel: DemoChannel,
  rateHz: number,
  request: FrameRequest,
  nowMs: number,
  outages: Outages,
): number[] {
  const leftMs = nowMs - request.window_ms;
  const first = Math.floor((leftMs / 1000) * rateHz);
  const last = Math.floor((nowMs / 1000) * rateHz);
  const perColumn = Math.max(1, Math.floor((last - first) / request.pixels));
  const points: number[] = [];
  let wasOut = false;
  for (let index = first - (((first % perColumn) + perColumn) % perColumn); index <= last; index += perColumn) {
    const out = isOut(index / rateHz, outages);
    if (out && !wasOut) points.push((index / rateHz) * 1000 - leftMs, NaN);
    if (!out) column(channel, rateHz, index, Math.min(perColumn, last - index + 1), leftMs, points);
    wasOut = out;
  }
  return points;
}

function column(
  channel: DemoChannel,
  rateHz: number,
  from: number,
  count: number,
  leftMs: number,
  points: number[],
): void {
  const at = (index: number): [number, number] => [(index / rateHz) * 1000 - leftMs, channel.at(index / rateHz)];
  const samples = Array.from({ length: count }, (_, offset) => at(from + offset));
  const low = samples.reduce((a, b) => (b[1] < a[1] ? b : a));
  const high = samples.reduce((a, b) => (b[1] > a[1] ? b : a));
  if (count === 1) points.push(...low);
  else points.push(...(low[0] <= high[0] ? [...low, ...high] : [...high, ...low]));
}
