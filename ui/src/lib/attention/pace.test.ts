import { expect, it, vi } from "vitest";
import { watchPace } from "./pace";

function bench() {
  let next: ((now: number) => void) | null = null;
  const report = vi.fn();
  const stop = watchPace(report, { request: (tick) => ((next = tick), 1), cancel: () => (next = null) });
  const draw = (from: number, to: number, stepMs: number): void => {
    for (let now = from; now <= to; now += stepMs) next?.(now);
  };
  return { report, stop, draw, isTurning: () => next !== null };
}

it("reports a smooth page as sixty frames a second with none dropped", () => {
  const { report, draw } = bench();
  draw(0, 2050, 1000 / 60);
  expect(report).toHaveBeenCalledOnce();
  const [pace] = report.mock.calls[0] ?? [];
  expect(pace.fps).toBeCloseTo(60, 0);
  expect(pace.dropped).toBe(0);
});

it("counts the frames that a stall has swallowed", () => {
  const { report, draw } = bench();
  draw(0, 1000, 1000 / 60);
  draw(1500, 2100, 1000 / 60);
  const [pace] = report.mock.calls[0] ?? [];
  expect(pace.dropped).toBe(29);
  expect(pace.longestMs).toBeCloseTo(500, 0);
});

it("says nothing about the time in which the page was hidden", () => {
  const { report, draw } = bench();
  draw(0, 1000, 1000 / 60);
  document.dispatchEvent(new Event("visibilitychange"));
  draw(60_000, 61_000, 1000 / 60);
  expect(report).not.toHaveBeenCalled();
});

it("stops when it is told", () => {
  const { stop, isTurning } = bench();
  stop();
  expect(isTurning()).toBe(false);
});
