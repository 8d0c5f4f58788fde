import { expect, it } from "vitest";
import { DemoHost } from "../../host/demo-host";
import { COLUMNS } from "./accounts";
import { briefOf } from "./brief";
import { loadWords } from "./load";
import { adviceShort, adviceText, pauseReason } from "./pressure";
import { dropsByReason, reasonText } from "./reasons";
import { tierFacts } from "./stores";
import { onlyTrouble, ruleOf, stateOf } from "./tree";

it("says why sources are paused, and nothing where none has to be", () => {
  expect(pauseReason(null)).toBe("");
  expect(pauseReason({ load: "high", memory_protected: false })).toBe("");
  expect(pauseReason({ load: "critical", memory_protected: true })).toBe("the load is critical and memory is short, and nobody looks at it");
});

it("words advice long and short", () => {
  const advice = { paused: false, window_ms: 2000, batch_size: 10 };
  expect([adviceText(advice), adviceShort(advice)]).toEqual(["2\u202f000 ms, 10 samples", "2 s · 10"]);
  expect(adviceShort({ ...advice, window_ms: 7500 })).toBe("7.5 s · 10");
  expect(adviceText({ ...advice, paused: true })).toBe("Paused");
});

it("sums drops by reason, the largest first, and shows a reason that it does not know by its code", () => {
  const drops = dropsByReason([[{ reason: "inbox_full", samples: 2 }], [{ reason: "solar_flare", samples: 9 }, { reason: "inbox_full", samples: 3 }, { reason: "disk_full", samples: 0 }]]);
  expect(drops).toEqual([{ reason: "solar_flare", samples: 9 }, { reason: "inbox_full", samples: 5 }]);
  expect(drops.map((drop) => reasonText(drop.reason))).toEqual(["solar flare", "the worker's inbox was full"]);
});

it("shows a state that it does not know as it is", () => {
  expect(stateOf({ state: "dreaming" })).toEqual({ tone: "idle", word: "dreaming" });
});

it("words a supervisor's rule with its budget, and a worker's with its kind", () => {
  const { tree } = new DemoHost().system();
  expect(ruleOf(tree)).toBe("rest for one, 3 restarts in 5 s");
  expect(ruleOf(tree.children[0]!.children[0]!)).toBe("permanent");
});

it("keeps the way to what has failed and leaves out the rest", () => {
  const [root] = onlyTrouble([new DemoHost("failing").system().tree]);
  expect(root?.children.map((node) => node.name)).toEqual(["storage", "domain"]);
});

it("sorts a paused source above every window", () => {
  const column = COLUMNS.find((one) => one.id === "advice");
  const row = new DemoHost("failing").system().sensors.find((one) => one.advice?.paused);
  expect(row && column?.cell(row)).toBe(Infinity);
});

it("tells how many bytes a sample takes, and nothing of the kind where there are none", () => {
  expect(tierFacts({ hot_bytes: 1640, hot_samples: 100, warm_bytes: 0, warm_samples: 0 }).map((fact) => fact.value)).toEqual(["1.64 kB for 100 samples, 16.4 B each", "0 B for 0 samples"]);
});

it("is quiet about a normal load, and names level and leading pressure of any other", () => {
  expect(loadWords(null)).toBeNull();
  expect(loadWords({ level: "normal", leading: "cpu", value: 0.4 })).toBeNull();
  expect(loadWords({ level: "elevated", leading: "event_bus", value: 0.9 })).toEqual({ tone: "note", level: "load elevated", leading: "messages 90 %" });
  expect(loadWords({ level: "critical", leading: "memory", value: 0.97 })).toEqual({ tone: "bad", level: "load critical", leading: "memory 97 %" });
  expect(loadWords({ level: "high", leading: "", value: 0 })).toEqual({ tone: "warn", level: "load high", leading: "" });
});

it("says the gravest matter in two words for the top bar", () => {
  const snapshot = new DemoHost().snapshot();
  expect(briefOf(snapshot, 0)).toEqual({ tone: "good", words: "well" });
  expect(briefOf(snapshot, 12)).toEqual({ tone: "warn", words: "12 dropped" });
  expect(briefOf(new DemoHost("failing").snapshot(), 12)).toEqual({ tone: "warn", words: "2 paused" });
  const workers = [{ name: "ble", state: "given_up", restarts: 3, last_failure: "" }];
  expect(briefOf({ ...snapshot, workers }, 12)).toEqual({ tone: "bad", words: "1 given up" });
});
