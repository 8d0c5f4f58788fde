import { expect, it, vi } from "vitest";
import { LettingGo, nextChart } from "./charts";

it("tells all charts that stop together in one request", async () => {
  vi.useFakeTimers();
  const tell = vi.fn(async () => {});
  const charts = new LettingGo(tell);
  [3, 5, 3].forEach((chart) => charts.letGo(chart));
  await vi.runAllTimersAsync();
  expect(tell.mock.calls).toEqual([[[3, 5]]]);
  vi.useRealTimers();
});

it("tells what did not go through with the next, unless the chart asks again", async () => {
  vi.useFakeTimers();
  const tell = vi.fn(async (_: number[]) => {});
  tell.mockRejectedValueOnce(new Error("no"));
  const charts = new LettingGo(tell);
  [1, 2].forEach((chart) => charts.letGo(chart));
  await vi.runAllTimersAsync();
  charts.asks(1);
  charts.letGo(7);
  await vi.runAllTimersAsync();
  expect(tell.mock.calls.at(-1)).toEqual([[2, 7]]);
  vi.useRealTimers();
});

it("gives every chart a number of its own", () => {
  expect(nextChart()).not.toBe(nextChart());
});
