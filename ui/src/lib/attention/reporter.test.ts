import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Reporter, type Report } from "./reporter";

const NOTHING: Report = { hidden: false, listed: [], looks: [] };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function bench(answerMs = 0, fails = false) {
  const send = vi.fn(
    (_: Report) => new Promise<void>((resolve, reject) => setTimeout(() => (fails ? reject(new Error("no")) : resolve()), answerMs)),
  );
  const outcome = vi.fn();
  const reporter = new Reporter({ report: () => NOTHING, send, outcome });
  return { reporter, send, outcome };
}

it("says at once what is looked at, and again every 5 s", async () => {
  const { reporter, send } = bench();
  reporter.start();
  await vi.advanceTimersByTimeAsync(1);
  expect(send).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(5002);
  expect(send).toHaveBeenCalledTimes(2);
});

it("joins a storm of changes into four reports a second", async () => {
  const { reporter, send } = bench(3);
  reporter.start();
  for (let ms = 0; ms < 1000; ms += 10) {
    reporter.changed();
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(send.mock.calls.length).toBeGreaterThanOrEqual(4);
  expect(send.mock.calls.length).toBeLessThanOrEqual(5);
});

it("never has two reports under way, and tells the latest when the slow one is through", async () => {
  const { reporter, send } = bench(900);
  reporter.start();
  await vi.advanceTimersByTimeAsync(100);
  reporter.changed();
  reporter.changed();
  await vi.advanceTimersByTimeAsync(700);
  expect(send).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(send).toHaveBeenCalledTimes(2);
});

it("gives a report up after 3 s, says so, and goes on", async () => {
  const { reporter, send, outcome } = bench(60_000);
  reporter.start();
  await vi.advanceTimersByTimeAsync(3001);
  expect(outcome).toHaveBeenCalledWith(expect.objectContaining({ code: "timeout" }));
  await vi.advanceTimersByTimeAsync(5001);
  expect(send).toHaveBeenCalledTimes(2);
});

it("survives a core that refuses", async () => {
  const { reporter, send, outcome } = bench(1, true);
  reporter.start();
  await vi.advanceTimersByTimeAsync(5003);
  expect(send).toHaveBeenCalledTimes(2);
  expect(outcome).toHaveBeenCalledWith(expect.any(Error));
});

it("lets the pointer rest for twice the mean time of the last ten reports, from 50 to 500 ms", async () => {
  const quick = bench(1);
  expect(quick.reporter.hoverSettleMs()).toBe(50);
  const slow = bench(120);
  slow.reporter.start();
  await vi.advanceTimersByTimeAsync(200);
  expect(slow.reporter.hoverSettleMs()).toBeCloseTo(240, -1);
  const slowest = bench(2000);
  slowest.reporter.start();
  await vi.advanceTimersByTimeAsync(2100);
  expect(slowest.reporter.hoverSettleMs()).toBe(500);
});

it("says nothing more after it was stopped", async () => {
  const { reporter, send } = bench();
  const stop = reporter.start();
  await vi.advanceTimersByTimeAsync(1);
  stop();
  reporter.changed();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(send).toHaveBeenCalledTimes(1);
});
