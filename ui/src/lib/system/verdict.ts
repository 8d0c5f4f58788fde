/**
 * Is everything all right, and if not: what is it, what was done about it, and
 * where to look. Gathered from all parts of the System view, the gravest first.
 */
import type { Section } from "../../state/view.svelte";
import { counted, formatBytes, formatNumber, formatShare } from "../format";
import { queueFill } from "../queue";
import { dropsByReason, reasonText } from "./reasons";
import { loadTone, pressureName } from "./load";
import { pauseReason } from "./pressure";
import { stateOf } from "./tree";
import type { CheckRow } from "../../api/CheckRow";
import type { LoadView } from "../../api/LoadView";
import type { System } from "../../api/System";
import type { TreeNode } from "../../api/TreeNode";

export interface Trouble {
  /** What it is without its figures: a new one is worth saying aloud, a new figure is not. */
  readonly key: string;
  /** A note is worth knowing, and nothing that is wrong. */
  readonly tone: "note" | "warn" | "bad";
  readonly what: string;
  /** What the console did about it, or what the operator can do. */
  readonly done: string;
  readonly where: Section;
}

const FULL = 0.8;
const GRAVITY: readonly Trouble["tone"][] = ["bad", "warn", "note"];
/** Where a failed check is explained. */
const PLACES: Record<string, Section> = { tree: "tree", connectors: "tree", recorder: "queues", disk: "queues", registries: "queues" };

/** Everything that is not as it should be; `droppedLately` are the samples of the last minute. */
export function troubles(system: System, droppedLately: number): Trouble[] {
  const [tree, load] = [ofTree(system.tree), ofLoad(system)];
  // What the parts say in detail need not be said again by their check.
  const told = [tree.length > 0 ? "tree" : "", load.length > 0 ? "load" : ""];
  const checks = ofChecks(system.checks.filter((check) => !told.includes(check.name)));
  const all = [...checks, ...tree, ...load, ...ofSources(system), ...ofAccounts(system, droppedLately), ...ofStores(system)];
  return all.sort((a, b) => GRAVITY.indexOf(a.tone) - GRAVITY.indexOf(b.tone));
}

/** The verdict in one sentence. */
export function verdict(system: System, found: readonly Trouble[]): string {
  const [first] = found;
  if (first) return found.length === 1 ? first.what : `${first.what}, and ${counted(found.length - 1, "other matter")}`;
  const load = system.load ? `load ${system.load.level}` : "";
  return ["All is well", counted(system.sensors_total, "sensor"), load].filter(Boolean).join(" · ");
}

function ofChecks(checks: readonly CheckRow[]): Trouble[] {
  return checks
    .filter((check) => check.status !== "good")
    .map((check) => ({ key: `check ${check.name} ${check.status}`, tone: check.status === "failed" ? "bad" : "warn", what: check.words || `${check.name} is not well`, done: check.remedy, where: PLACES[check.name] ?? "overview" }));
}

function ofTree(tree: TreeNode): Trouble[] {
  const found: Trouble[] = [];
  const walk = (node: TreeNode): void => {
    const { tone, word } = stateOf(node);
    const key = `tree ${node.name} ${node.state}`;
    if (tone === "bad") found.push({ key, tone, what: `“${node.name}” is ${word.toLowerCase()}`, done: node.last_failure || "The rest goes on without it.", where: "tree" });
    if (tone === "warn") found.push({ key, tone, what: `“${node.name}” is ${word.toLowerCase()}`, done: node.last_failure, where: "tree" });
    // A supervisor counts what its children left behind; only what is its own is said of it.
    const left = node.children.reduce((rest, child) => rest - child.abandoned, node.abandoned);
    if (left > 0) found.push({ key: `left ${node.name}`, tone: "warn", what: `“${node.name}” left ${counted(left, "run")} behind`, done: "It did not stop in time and is waited for no longer.", where: "tree" });
    node.children.forEach(walk);
  };
  walk(tree);
  return found;
}

function ofLoad({ load }: System): Trouble[] {
  if (!load) return [];
  const found: Trouble[] = [];
  const done = load.actions.join(" ");
  const tone = loadTone(load.level);
  if (tone !== "calm") {
    found.push({ key: `load ${load.level}`, tone, what: `The load is ${load.level} (${formatShare(load.score)})`, done: [leadingText(load), done].filter(Boolean).join(" "), where: "overview" });
  }
  if (load.memory.protected) {
    found.push({ key: "memory", tone: "warn", what: `Memory is short (${formatShare(load.memory.ratio)})`, done: found.length > 0 ? "" : done, where: "overview" });
  }
  return found;
}

function leadingText({ leading, pressures }: LoadView): string {
  const pressure = pressures.find(({ name }) => name === leading);
  return pressure ? `The ${pressureName(leading)} press${leading === "cpu" || leading === "memory" ? "es" : ""} most (${formatShare(pressure.value)}).` : "";
}

function ofSources({ sensors, backpressure }: System): Trouble[] {
  const listed = sensors.filter((sensor) => sensor.advice?.paused);
  const count = Math.max(backpressure?.paused_sources ?? 0, listed.length);
  if (count === 0) return [];
  const what = count === 1 && listed[0] ? `“${listed[0].name}” is paused` : `${counted(count, "source")} ${count === 1 ? "is" : "are"} paused`;
  const reason = pauseReason(backpressure);
  return [{ key: "paused", tone: "warn", what, done: reason ? `Because ${reason}. To have one back, look at it or pin it.` : "", where: "sensors" }];
}

/** A drop of an hour ago stays in the account, but is no trouble of now. */
function ofAccounts({ counters, drops }: System, droppedLately: number): Trouble[] {
  const found: Trouble[] = [];
  if (counters.offered < counters.delivered + counters.dropped) {
    found.push({ key: "account", tone: "bad", what: "The account does not add up", done: "More samples were counted than offered: a defect of the console. Please report it.", where: "sensors" });
  }
  const reasons = dropsByReason([drops]);
  const unexplained = reasons.find((drop) => drop.reason === "unexplained");
  if (unexplained) found.push({ key: "unexplained", tone: "bad", what: `${counted(unexplained.samples, "sample")} missing without a reason`, done: "A defect of the console. Please report it.", where: "sensors" });
  const [most] = reasons;
  if (droppedLately > 0) {
    const why = most ? `Since the start mostly because: ${reasonText(most.reason)}. ` : "";
    found.push({ key: "dropped", tone: "warn", what: `${counted(droppedLately, "sample")} dropped in the last minute`, done: `${why}Each is counted and marked as a gap.`, where: "sensors" });
  }
  return found;
}

function ofStores({ queues, breakers, outbox, history }: System): Trouble[] {
  const full = queues
    .filter((queue) => queue.policy !== "latest_wins" && queueFill(queue) > FULL)
    .map((queue): Trouble => ({ key: `queue ${queue.name}`, tone: "warn", what: `The queue “${queue.name}” is ${formatShare(queueFill(queue))} full`, done: `It takes ${queue.capacity > 0 ? `${formatNumber(queue.capacity)} entries, ` : ""}at most ${formatBytes(queue.bytes_max)}.`, where: "queues" }));
  const open = breakers
    .filter((breaker) => breaker.state !== "closed")
    .map((breaker): Trouble => ({ key: `breaker ${breaker.name}`, tone: "warn", what: `“${breaker.name}” is cut off for now`, done: breaker.last_error, where: "queues" }));
  const stores = [["The outbox", outbox], ["The history", history]] as const;
  const stuck = stores.flatMap(([name, store]): Trouble[] => (store?.problem ? [{ key: name, tone: "warn", what: `${name} has a problem`, done: store.problem, where: "queues" }] : []));
  return [...full, ...open, ...stuck];
}
