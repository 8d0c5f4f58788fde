import { expect, it, vi } from "vitest";
import type { FrameRequest } from "../api/FrameRequest";
import { emptyFrame, encodeFrame } from "../host/demo/frame";
import { FramePull, type PullParts } from "./pull";

const REQUEST: FrameRequest = { viewer: "page", chart: 1, sensor: "s", attribute: "ecg", window_ms: 10_000, pixels: 1000 };

/** A trace without channels, and when to ask again. */
const trace = (nextMs: number): ArrayBuffer =>
  encodeFrame({ attribute: "", label: "", rateHz: 1, channels: [] }, REQUEST, 5000, [], nextMs);

/** A hand that turns the frames, and a host that answers when told. */
function bench(wanted: PullParts["wanted"] = () => REQUEST) {
  let next: ((now: number) => void) | null = null;
  const waiting: { resolve: (bytes: ArrayBuffer) => void; reject: (reason: unknown) => void }[] = [];
  const all = {
    wanted,
    letGo: vi.fn(),
    ask: vi.fn(() => new Promise<ArrayBuffer>((resolve, reject) => waiting.push({ resolve, reject }))),
    deliver: vi.fn(),
    fault: vi.fn(),
  };
  const pull = new FramePull(all, { request: (tick) => ((next = tick), 1), cancel: () => (next = null) });
  const turn = (now: number): void => next?.(now);
  const answer = async (bytes = trace(0)): Promise<void> => {
    waiting.shift()?.resolve(bytes);
    await vi.waitFor(() => expect(waiting).toHaveLength(0));
    await Promise.resolve();
  };
  return { ...all, pull, turn, answer, waiting, isTurning: () => next !== null };
}

it("asks once and waits for the answer, however many frames pass", async () => {
  const { pull, turn, answer, ask, deliver } = bench();
  pull.start();
  for (let now = 0; now < 500; now += 16) turn(now);
  expect(ask).toHaveBeenCalledTimes(1);
  await answer();
  await vi.waitFor(() => expect(deliver).toHaveBeenCalledOnce());
  turn(516);
  expect(ask).toHaveBeenCalledTimes(2);
});

it("asks for nothing while nothing is wanted", () => {
  const { pull, turn, ask, isTurning } = bench(() => null);
  pull.start();
  for (let now = 0; now < 200; now += 16) turn(now);
  expect(ask).not.toHaveBeenCalled();
  expect(isTurning()).toBe(true);
});

it("asks less often where the trace moves less than half a pixel", async () => {
  const { pull, turn, answer, ask, deliver } = bench(() => ({ ...REQUEST, window_ms: 60_000, pixels: 600 }));
  pull.start();
  for (let now = 0; now <= 200; now += 10) {
    turn(now);
    await answer();
    await vi.waitFor(() => expect(deliver.mock.calls.length).toBe(ask.mock.calls.length));
  }
  expect(ask).toHaveBeenCalledTimes(5);
});

it("asks no more often than the core allows to a view that is slow", async () => {
  const { pull, turn, answer, ask, deliver } = bench();
  pull.start();
  for (let now = 0; now <= 1000; now += 10) {
    turn(now);
    await answer(trace(250));
    await vi.waitFor(() => expect(deliver.mock.calls.length).toBe(ask.mock.calls.length));
  }
  expect(ask).toHaveBeenCalledTimes(5);
});

it("keeps what it shows where it asked too early, and waits as long as it is told", async () => {
  const { pull, turn, answer, ask, deliver, fault } = bench();
  pull.start();
  turn(0);
  await answer(emptyFrame("early", 100));
  turn(90);
  turn(110);
  await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(2));
  expect(deliver).not.toHaveBeenCalled();
  expect(fault).not.toHaveBeenCalled();
});

it("says once that it wants nothing any more, and never while a request is under way", async () => {
  let wants = false;
  const { pull, turn, answer, letGo, deliver } = bench(() => (wants ? REQUEST : null));
  pull.start();
  turn(0);
  expect(letGo).not.toHaveBeenCalled();
  wants = true;
  turn(20);
  wants = false;
  turn(40);
  expect(letGo).not.toHaveBeenCalled();
  await answer();
  await vi.waitFor(() => expect(deliver).toHaveBeenCalledOnce());
  turn(60);
  turn(80);
  expect(letGo).toHaveBeenCalledOnce();
  wants = true;
  turn(100);
  pull.stop();
  expect(letGo).toHaveBeenCalledOnce();
  await answer();
  await vi.waitFor(() => expect(letGo).toHaveBeenCalledTimes(2));
});

it("rests after a fault and then asks again", async () => {
  const { pull, turn, ask, fault, waiting } = bench();
  pull.start();
  turn(0);
  waiting.shift()?.reject({ code: "internal", message: "no" });
  await vi.waitFor(() => expect(fault).toHaveBeenCalledOnce());
  turn(100);
  expect(ask).toHaveBeenCalledTimes(1);
  turn(600);
  expect(ask).toHaveBeenCalledTimes(2);
});

it("counts bytes that are no frame as a fault", async () => {
  const { pull, turn, answer, fault, deliver } = bench();
  pull.start();
  turn(0);
  await answer(new ArrayBuffer(7));
  await vi.waitFor(() => expect(fault).toHaveBeenCalledOnce());
  expect(deliver).not.toHaveBeenCalled();
});

it("delivers nothing after it was stopped", async () => {
  const { pull, turn, answer, deliver, isTurning } = bench();
  pull.start();
  turn(0);
  pull.stop();
  await answer();
  expect(deliver).not.toHaveBeenCalled();
  expect(isTurning()).toBe(false);
});
