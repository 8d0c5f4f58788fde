import { expect, it } from "vitest";
import type { System } from "../../api/System";
import type { TreeNode } from "../../api/TreeNode";
import { DemoHost } from "../../host/demo-host";
import { troubles, verdict } from "./verdict";

const WELL = new DemoHost().system();
const whats = (system: System, droppedLately = 0): string[] => troubles(system, droppedLately).map((trouble) => trouble.what);

function treeWith(change: Partial<TreeNode>): TreeNode {
  const [first, ...rest] = WELL.tree.children;
  if (!first) throw new Error("the tree has no children");
  return { ...WELL.tree, children: [{ ...first, ...change }, ...rest] };
}

it("finds nothing where nothing is, also when samples were dropped an hour ago", () => {
  expect(whats(WELL)).toEqual([]);
  expect(verdict(WELL, [])).toBe("All is well · 9 sensors · load normal");
});

it("finds what is given up or was left behind, with its failure", () => {
  expect(troubles({ ...WELL, tree: treeWith({ state: "given_up", last_failure: "panicked: planted" }) }, 0)).toMatchObject([
    { tone: "bad", what: "“infrastructure” is given up", done: "panicked: planted", where: "tree" },
  ]);
  const left = { ...treeWith({ abandoned: 2 }), abandoned: 2 };
  expect(whats({ ...WELL, tree: left })).toEqual(["“infrastructure” left 2 runs behind"]);
});

it("does not call it well under elevated load, and says what presses and what is done", () => {
  const load = { ...WELL.load!, level: "elevated", score: 0.58, actions: ["Sources gather 1.5 times as long before they deliver."] };
  const system = { ...WELL, load };
  const found = troubles(system, 0);
  expect(found).toMatchObject([{ tone: "note", what: "The load is elevated (58 %)", done: expect.stringMatching(/^The processor presses most \(\d+ %\)\. Sources gather 1\.5 times as long/) }]);
  expect(verdict(system, found)).toBe("The load is elevated (58 %)");
  const both = { ...system, breakers: [{ name: "replica", state: "open", failures: 5, opened: 1, next_try_secs: 3, last_error: "" }] };
  expect(whats(both)).toEqual(["“replica” is cut off for now", "The load is elevated (58 %)"]);
});

it("does not call it well at a level that it does not know", () => {
  expect(whats({ ...WELL, load: { ...WELL.load!, level: "melting", score: 0.99 } })).toEqual(["The load is melting (99 %)"]);
});

it("says a thing once: the check of the tree gives way to what the tree says itself", () => {
  const checks: System["checks"] = [{ name: "tree", status: "failed", words: "A worker was given up.", remedy: "", since_secs: 3 }];
  expect(whats({ ...WELL, checks })).toEqual(["A worker was given up."]);
  expect(whats({ ...WELL, checks, tree: treeWith({ state: "given_up" }) })).toEqual(["“infrastructure” is given up"]);
});

it("puts what is bad before what only warns, and counts the rest in the verdict", () => {
  const breakers: System["breakers"] = [{ name: "replica", state: "open", failures: 5, opened: 1, next_try_secs: 3, last_error: "timed out" }];
  const system = { ...WELL, breakers, tree: treeWith({ state: "abandoned" }) };
  expect(whats(system, 7)).toEqual(["“infrastructure” is abandoned", "7 samples dropped in the last minute", "“replica” is cut off for now"]);
  expect(verdict(system, troubles(system, 7))).toBe("“infrastructure” is abandoned, and 2 other matters");
});

it("calls a sample that is missing without a reason a defect, however long ago", () => {
  expect(troubles({ ...WELL, drops: [{ reason: "unexplained", samples: 1 }] }, 0)).toMatchObject([{ tone: "bad", what: "1 sample missing without a reason" }]);
});

it("leads from a registry that fills up to where all of them stand", () => {
  const checks: System["checks"] = [{ name: "registries", status: "warning", words: "Nearly full or full: “peers”.", remedy: "", since_secs: 3 }];
  expect(troubles({ ...WELL, checks }, 0)).toMatchObject([{ what: "Nearly full or full: “peers”.", where: "queues" }]);
});

it("warns of a queue that fills, but not of one that keeps the latest alone", () => {
  const queue = (policy: string): System["queues"][number] => ({ name: "views", policy, capacity: 10, depth: 9, bytes: 0, bytes_max: 1000, dropped: 0, overtaken: 0, refused: 0, waits: 0, waited_ms: 0 });
  expect(whats({ ...WELL, queues: [queue("drop_oldest")] })).toEqual(["The queue “views” is 90 % full"]);
  expect(whats({ ...WELL, queues: [queue("latest_wins")] })).toEqual([]);
});

it("counts paused sources beyond those that are listed", () => {
  const backpressure = { ...WELL.backpressure!, load: "critical", paused_sources: 4000 };
  expect(troubles({ ...WELL, backpressure }, 0)).toMatchObject([{ what: "4\u202f000 sources are paused", done: expect.stringContaining("the load is critical") }]);
});
