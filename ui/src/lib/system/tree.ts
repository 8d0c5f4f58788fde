/** Words for the nodes of the supervision tree, and the part of it that has trouble. */
import { counted, formatNumber } from "../format";
import type { TreeNode } from "../../api/TreeNode";
import type { Tone } from "./tone";

export interface NodeState {
  readonly tone: Tone;
  readonly word: string;
}

const STATES: Record<string, NodeState> = {
  running: { tone: "calm", word: "Running" },
  waiting: { tone: "warn", word: "Waits to restart" },
  starting: { tone: "busy", word: "Starting" },
  restarting: { tone: "warn", word: "Restarting" },
  stopping: { tone: "busy", word: "Stopping" },
  stopped: { tone: "idle", word: "Stopped" },
  ended: { tone: "idle", word: "Ended" },
  given_up: { tone: "bad", word: "Given up" },
  abandoned: { tone: "bad", word: "Abandoned" },
};

/** The state in a word; one that is not known is shown as it is. */
export function stateOf(node: Pick<TreeNode, "state">): NodeState {
  return STATES[node.state] ?? { tone: "idle", word: node.state };
}

const STRATEGIES: Record<string, string> = {
  one_for_one: "one for one",
  one_for_all: "one for all",
  rest_for_one: "rest for one",
  simple_one_for_one: "as they come",
};

/** What happens when it fails: a supervisor's strategy and budget, a worker's kind. */
export function ruleOf(node: TreeNode): string {
  const strategy = node.strategy ? (STRATEGIES[node.strategy] ?? node.strategy) : node.restart;
  const budget = node.max_restarts !== null && node.within_secs !== null ? `${counted(node.max_restarts, "restart")} in ${formatNumber(node.within_secs)} s` : "";
  return [strategy, budget].filter(Boolean).join(", ");
}

/** Whether a node itself has failed, ever. */
export function isTroubled(node: TreeNode): boolean {
  const { tone } = stateOf(node);
  return node.restarts > 0 || node.last_failure !== "" || node.abandoned > 0 || tone === "warn" || tone === "bad";
}

/** Whether anything in it has failed, ever. */
export function hasTrouble(node: TreeNode): boolean {
  return isTroubled(node) || node.children.some(hasTrouble);
}

/** The tree without the branches in which nothing has failed. */
export function onlyTrouble(nodes: readonly TreeNode[]): TreeNode[] {
  return nodes.filter(hasTrouble).map((node) => ({ ...node, children: onlyTrouble(node.children) }));
}
