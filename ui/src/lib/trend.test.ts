import { expect, it } from "vitest";
import { Trend } from "./trend";

it("counts what has risen in the last minute, not what was there before", () => {
  const trend = new Trend(60_000);
  expect(trend.rise(500, 0)).toBe(0);
  expect(trend.rise(500, 10_000)).toBe(0);
  expect(trend.rise(512, 20_000)).toBe(12);
  expect(trend.rise(512, 70_000)).toBe(12);
  expect(trend.rise(512, 85_000)).toBe(0);
});

it("begins anew when the counter does", () => {
  const trend = new Trend(60_000);
  trend.rise(500, 0);
  trend.rise(700, 1000);
  expect(trend.rise(0, 2000)).toBe(0);
  expect(trend.rise(5, 3000)).toBe(5);
});

it("keeps no more than a reading a second", () => {
  const trend = new Trend(60_000);
  for (let ms = 0; ms < 600_000; ms += 250) trend.rise(Math.floor(ms / 100_000), ms);
  expect(trend.rise(6, 600_000)).toBe(1);
});
