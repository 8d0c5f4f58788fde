import { expect, it } from "vitest";
import { actsBetween } from "./acts";
import type { Look } from "./gaze";

const look = (sensor: string, marks: Partial<Look> = {}): Look => ({ sensor, attribute: null, view: false, hover: false, focus: false, pin: false, ...marks });
const said = (before: Look[], now: Look[]): string[] => actsBetween(before, now).map((act) => `${act.kind} ${act.targets.map((target) => target.sensor).join(",")}`);

it("says what came into view in one act", () => {
  expect(said([], [look("a", { view: true }), look("b", { view: true, focus: true })])).toEqual(["view_enter a,b", "focus b"]);
});

it("says what left before what stays, so that a focus outlives its view", () => {
  expect(said([look("a", { view: true, focus: true })], [look("a", { focus: true })])).toEqual(["view_leave a", "focus a"]);
});

it("says every mark that is gone", () => {
  expect(said([look("a", { view: true, hover: true, focus: true, pin: true })], [])).toEqual(["unpin a", "unfocus a", "hover_leave a", "view_leave a"]);
});

it("takes back the view that a focus or a pointer stood for, however short it was", () => {
  expect(said([look("a", { focus: true })], [])).toEqual(["unfocus a", "view_leave a"]);
  expect(said([look("a", { hover: true })], [])).toEqual(["hover_leave a", "view_leave a"]);
  expect(said([look("a", { hover: true, focus: true })], [look("a", { focus: true })])).toEqual(["hover_leave a", "focus a"]);
});

it("says the whole of what is true again, for a core that has forgotten", () => {
  const looks = [look("a", { view: true }), look("b", { pin: true })];
  expect(said(looks, looks)).toEqual(["view_enter a", "pin b"]);
});

it("keeps a sensor and its streams apart", () => {
  const before = [look("a", { view: true }), { ...look("a", { view: true }), attribute: "ecg" }];
  expect(actsBetween(before, [look("a", { view: true })])[0]).toEqual({ kind: "view_leave", targets: [{ sensor: "a", attribute: "ecg" }] });
});
