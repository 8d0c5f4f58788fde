import { expect, it } from "vitest";
import { outline, sideStep } from "./outline";

interface Node {
  name: string;
  children: Node[];
}
const node = (name: string, ...children: Node[]): Node => ({ name, children });
const ROOT = node("root", node("storage", node("writer"), node("outbox")), node("edge"));

it("shows the children of open nodes alone, each with its depth and place", () => {
  const lines = outline([ROOT], (path) => path === "root");
  expect(lines.map((line) => `${line.level} ${line.path} ${line.position}/${line.siblings} ${line.open}`)).toEqual([
    "1 root 1/1 true",
    "2 root/storage 1/2 false",
    "2 root/edge 2/2 null",
  ]);
});

it("keeps nodes apart that share a name under different parents", () => {
  const lines = outline([node("a", node("x")), node("b", node("x"))], () => true);
  expect(new Set(lines.map((line) => line.path)).size).toBe(4);
});

it("keeps siblings apart that share a name", () => {
  const paths = outline([node("sensors", node("strap"), node("strap"), node("strap"))], () => true).map((line) => line.path);
  expect(paths).toEqual(["sensors", "sensors/strap", "sensors/strap (2)", "sensors/strap (3)"]);
});

it("opens and enters with the right arrow, closes and leaves with the left", () => {
  const closed = outline([ROOT], (path) => path === "root");
  expect(sideStep("ArrowRight", closed, 1)).toEqual({ open: true });
  expect(sideStep("ArrowLeft", closed, 1)).toEqual({ go: "root" });
  const open = outline([ROOT], () => true);
  expect(sideStep("ArrowRight", open, 1)).toEqual({ go: "root/storage/writer" });
  expect(sideStep("ArrowLeft", open, 1)).toEqual({ open: false });
  expect(sideStep("ArrowRight", open, 2)).toBeNull();
  expect(sideStep("ArrowLeft", open, 0)).toEqual({ open: false });
  expect(sideStep("Enter", open, 0)).toBeNull();
});
