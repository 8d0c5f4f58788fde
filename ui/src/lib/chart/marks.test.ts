import { expect, it } from "vitest";
import { gapsOf } from "./marks";
import { nearestPoint } from "./pen";

const channel = (...points: number[]) => ({ points: Float32Array.from(points) });

it("shades between the samples on either side of a break", () => {
  expect(gapsOf(channel(0, 1, 100, 1, 120, NaN, 400, 1, 500, 1), 1000, "")).toEqual([{ from: 100, to: 400, word: "gap" }]);
});

it("shades from the left edge when the window begins in a break", () => {
  expect(gapsOf(channel(0, NaN, 300, 1), 1000, "")).toEqual([{ from: 0, to: 300, word: "gap" }]);
});

it("shades to the right edge when the break lasts", () => {
  expect(gapsOf(channel(0, 1, 200, 1, 210, NaN), 1000, "")).toEqual([{ from: 200, to: 1000, word: "gap" }]);
});

it("shades what follows the last sample of a lost link, and says why", () => {
  expect(gapsOf(channel(0, 1, 200, 1), 1000, "lost")).toEqual([{ from: 200, to: 1000, word: "lost" }]);
  expect(gapsOf(channel(0, 1, 200, 1), 1000, "")).toEqual([]);
});

it("finds the nearest sample in the window, never a break", () => {
  const points = channel(-50, 9, 100, 1, 200, NaN, 400, 3);
  expect(nearestPoint(points, 0)).toEqual({ t: 100, value: 1 });
  expect(nearestPoint(points, 260)).toEqual({ t: 400, value: 3 });
  expect(nearestPoint(channel(-50, 9), 0)).toBeNull();
});
