import { expect, it } from "vitest";
import { sparkPath } from "./spark";

const frame = { secs: 100, low: 0, high: 10, width: 100, height: 14 };
const dot = (age_secs: number, value: number) => ({ age_secs, value });

it("runs from the left edge to the newest value at the right", () => {
  expect(sparkPath([dot(100, 0), dot(50, 5), dot(0, 10)], frame)).toBe("M0.0 12.0h0L50.0 7.0L100.0 2.0");
});

it("breaks where nothing was known, and keeps what is out of range at the edge", () => {
  const path = sparkPath([dot(90, -5), dot(80, 5), dot(30, 5), dot(20, 50)], frame);
  expect(path).toBe("M10.0 12.0h0L20.0 7.0M70.0 7.0h0L80.0 2.0");
});

it("is empty without a value and never divides by nothing", () => {
  expect(sparkPath([], frame)).toBe("");
  expect(sparkPath([dot(0, 3)], { ...frame, low: 3, high: 3 })).not.toContain("NaN");
});
