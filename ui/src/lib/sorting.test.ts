import { expect, it } from "vitest";
import { sorted, turned } from "./sorting";

it("sorts figures and words both ways, and puts what is not known last", () => {
  const rows = [{ v: 3 }, { v: null }, { v: 10 }, { v: NaN }, { v: 1 }];
  expect(sorted(rows, (row) => row.v, false).map((row) => row.v)).toEqual([1, 3, 10, null, NaN]);
  expect(sorted(rows, (row) => row.v, true).map((row) => row.v)).toEqual([10, 3, 1, null, NaN]);
  expect(rows[0]).toEqual({ v: 3 });
});

it("puts participant 9 before participant 10", () => {
  const names = ["Participant 10", "participant 9", "Anna", "Participant 9b"];
  expect(sorted(names, (name) => name, false)).toEqual(["Anna", "participant 9", "Participant 9b", "Participant 10"]);
});

it("keeps the order of equal rows in both directions", () => {
  const rows = [{ id: "a", v: 1 }, { id: "b", v: 1 }, { id: "c", v: 1 }];
  const ids = (down: boolean): string => sorted(rows, (row) => row.v, down).map((row) => row.id).join("");
  expect([ids(false), ids(true)]).toEqual(["abc", "abc"]);
});

it("begins with the largest figure or the first word, and turns at a second click", () => {
  expect(turned({ by: "name", down: false }, "rate", true)).toEqual({ by: "rate", down: true });
  expect(turned({ by: "rate", down: true }, "rate", true)).toEqual({ by: "rate", down: false });
  expect(turned({ by: "rate", down: true }, "name", false)).toEqual({ by: "name", down: false });
});
