import { expect, it } from "vitest";
import { queueFill } from "./queue";

const queue = { name: "recorder", policy: "drop_newest", depth: 1, capacity: 10, bytes: 0, bytes_max: 100, dropped: 0, overtaken: 0, refused: 0, waits: 0, waited_ms: 0 };

it("is as full as the fuller of its two bounds", () => {
  expect(queueFill(queue)).toBe(0.1);
  expect(queueFill({ ...queue, bytes: 90 })).toBe(0.9);
});

it("that has but one bound is measured by it, and one without any is never full", () => {
  expect(queueFill({ ...queue, capacity: 0, bytes: 25 })).toBe(0.25);
  expect(queueFill({ ...queue, capacity: 0, bytes_max: 0 })).toBe(0);
});
