import { expect, it } from "vitest";
import { rowAfterKey, rowsInSight } from "./rows";

it("renders a short list whole", () => {
  expect(rowsInSight(100, 58, 4000, 600)).toEqual({ from: 0, to: 100 });
});

it("renders what is in sight of a long list, and some around", () => {
  expect(rowsInSight(1000, 58, 58 * 500, 580)).toEqual({ from: 488, to: 522 });
});

it("stays inside the list when it has just become shorter", () => {
  expect(rowsInSight(200, 58, 58 * 5000, 580)).toEqual({ from: 200, to: 200 });
});

it("stops at both ends and leaves other keys alone", () => {
  expect(rowAfterKey("ArrowDown", 4, 5, 3)).toBe(4);
  expect(rowAfterKey("PageUp", 1, 5, 3)).toBe(0);
  expect(rowAfterKey("End", 0, 5, 3)).toBe(4);
  expect(rowAfterKey("x", 0, 5, 3)).toBeNull();
  expect(rowAfterKey("ArrowDown", -1, 0, 3)).toBeNull();
});
