import { describe, expect, it } from "vitest";
import { decodeFrame as decode, extent, FrameError, lastPoint, type Trace } from "./frame";

function decodeFrame(bytes: ArrayBuffer): Trace {
  const { trace } = decode(bytes);
  if (!trace) throw new Error("no trace");
  return trace;
}

/** A frame written by hand, byte by byte as the api crate's `frame` module says. */
function frame(channels: [number, number][][], more: { state?: number; edge?: number; window?: number; newest?: number } = {}): ArrayBuffer {
  const bytes = new ArrayBuffer(40 + channels.reduce((sum, points) => sum + 8 + points.length * 8, 0));
  const view = new DataView(bytes);
  [0x53, 0x43, 0x46, 0x32].forEach((letter, index) => view.setUint8(index, letter));
  view.setUint32(4, more.state ?? 0, true);
  view.setUint32(8, 250, true);
  view.setUint32(12, channels.length, true);
  view.setFloat64(16, more.edge ?? 123_456.5, true);
  view.setFloat64(24, more.window ?? 10_000, true);
  view.setFloat64(32, more.newest ?? 123_450, true);
  let at = 40;
  for (const points of channels) {
    view.setUint32(at, points.length, true);
    at += 8;
    for (const [t, value] of points) {
      view.setFloat32(at, t, true);
      view.setFloat32(at + 4, value, true);
      at += 8;
    }
  }
  return bytes;
}

describe("decodeFrame", () => {
  it("reads window, newest sample and every channel", () => {
    const trace = decodeFrame(frame([[[-4, 0.5], [10, 1.5]], [[0, -2]]]));
    expect(trace).toMatchObject({ edgeMs: 123_456.5, windowMs: 10_000, newestMs: 123_450 });
    expect(trace.channels.map((channel) => [...channel.points])).toEqual([[-4, 0.5, 10, 1.5], [0, -2]]);
  });

  it("takes a stream that is not known as no channels and no newest sample", () => {
    const trace = decodeFrame(frame([], { state: 2, edge: 0, window: 0, newest: 0 }));
    expect(trace.newestMs).toBeNull();
    expect(trace.channels).toEqual([]);
    expect(decodeFrame(frame([], { newest: NaN })).newestMs).toBeNull();
  });

  it("says when to ask again, also where it came too early", () => {
    expect(decode(frame([[[1, 2]]])).nextMs).toBe(250);
    expect(decode(frame([], { state: 1, edge: 0, window: 0 }))).toEqual({ trace: null, nextMs: 250 });
  });

  it("refuses a state that is none, and channels where there is no trace", () => {
    expect(() => decode(frame([], { state: 3 }))).toThrow(/state 3/);
    expect(() => decode(frame([[[1, 2]]], { state: 1 }))).toThrow(/state 1 with 1 channels/);
  });

  it("keeps a NaN value, which breaks the line", () => {
    const points = decodeFrame(frame([[[1, 2], [2, NaN], [3, 4]]])).channels[0]?.points;
    expect(points?.[3]).toBeNaN();
  });

  it("refuses every cut of a good frame", () => {
    const whole = frame([[[1, 2], [2, 3]], [[1, 1]]]);
    for (let length = 0; length < whole.byteLength; length += 1) {
      expect(() => decodeFrame(whole.slice(0, length)), `cut at ${length}`).toThrow(FrameError);
    }
  });

  it("refuses what follows the last channel", () => {
    const whole = new Uint8Array(frame([[[1, 2]]]));
    const longer = new Uint8Array(whole.length + 4);
    longer.set(whole);
    expect(() => decodeFrame(longer.buffer)).toThrow(/4 bytes are left over/);
  });

  it("refuses another magic, a mad channel count, and a window that is no time", () => {
    const wrong = frame([[[1, 2]]]);
    new DataView(wrong).setUint8(3, 0x31);
    expect(() => decodeFrame(wrong)).toThrow(/SCF2/);
    const many = frame([]);
    new DataView(many).setUint32(4, 4_000_000_000, true);
    expect(() => decodeFrame(many)).toThrow(/channels/);
    for (const window of [0, -1, NaN]) expect(() => decodeFrame(frame([], { window }))).toThrow(/window/);
    expect(() => decodeFrame(frame([], { edge: Infinity }))).toThrow(/window/);
  });

  it("refuses a point count that would reach beyond the bytes", () => {
    const bytes = frame([[[1, 2]]]);
    new DataView(bytes).setUint32(40, 0xffff_ffff, true);
    expect(() => decodeFrame(bytes)).toThrow(/cut off/);
  });
});

describe("points", () => {
  it("finds the last finite value behind a break", () => {
    const [channel] = decodeFrame(frame([[[1, 5], [2, 7], [3, NaN]]])).channels;
    expect(channel && lastPoint(channel)).toEqual({ t: 2, value: 7 });
  });

  it("has no extent where no value is finite", () => {
    const [some, none] = decodeFrame(frame([[[1, -3], [2, NaN], [3, 9]], [[1, NaN]]])).channels;
    expect(some && extent(some)).toEqual({ lo: -3, hi: 9 });
    expect(none && extent(none)).toBeNull();
    expect(none && lastPoint(none)).toBeNull();
  });
});
