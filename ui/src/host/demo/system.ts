/** The runtime of the scripted host: a tree with one crash, a busy machine, everybody's account. */
import type { DropRow } from "../../api/DropRow";
import type { LatencyRow } from "../../api/LatencyRow";
import type { SensorAccount } from "../../api/SensorAccount";
import type { Snapshot } from "../../api/Snapshot";
import type { System } from "../../api/System";
import type { TreeNode } from "../../api/TreeNode";
import { noise } from "./signals";

const node = (name: string, more: Partial<TreeNode> = {}): TreeNode => ({
  name,
  kind: "thread",
  strategy: null,
  max_restarts: null,
  within_secs: null,
  restart: "permanent",
  state: "running",
  restarts: 0,
  uptime_secs: 4210,
  last_failure: "",
  backtrace: null,
  abandoned: 0,
  children: [],
  ...more,
});

const supervisor = (name: string, strategy: string, children: TreeNode[], more: Partial<TreeNode> = {}): TreeNode =>
  node(name, { kind: "supervisor", strategy, max_restarts: 3, within_secs: 5, children, ...more });

const FAILED = node("HRM-Pro 8812", {
  restart: "transient",
  restarts: 3,
  uptime_secs: null,
  state: "given_up",
  last_failure: "panicked: index out of bounds: the len is 4 but the index is 4 (gatt/src/vendor.rs:88)",
  backtrace: "   0: gatt::vendor::decode\n             at gatt/src/vendor.rs:88\n   1: runtime::worker::run\n             at runtime/src/worker.rs:52",
});

function tree(): TreeNode {
  return supervisor("console", "rest_for_one", [
    supervisor("infrastructure", "one_for_one", [node("tasks"), node("telemetry", { kind: "task" })]),
    supervisor("registries", "one_for_one", []),
    supervisor("storage", "one_for_one", [node("recorder"), node("outbox", { restarts: 1, uptime_secs: 311, last_failure: "panicked: planted" })]),
    supervisor("bio", "one_for_one", [node("bio")]),
    supervisor("domain", "one_for_one", [
      supervisor("services", "one_for_one", [node("attention"), node("load")]),
      supervisor("sensors", "simple_one_for_one", [node("sensors 1"), node("sensors 2"), node("Polar H10 7C11"), FAILED]),
      supervisor("connectors", "simple_one_for_one", [node("simulator"), node("bluetooth")]),
    ]),
    supervisor("edge", "one_for_one", [node("http", { kind: "task" })]),
  ]);
}

const LEVELS = ["high", "medium", "low", "none"] as const;

function account(row: Snapshot["sensors"][number], index: number): SensorAccount {
  const sum = (of: (stream: (typeof row.streams)[number]) => number): number => row.streams.reduce((total, stream) => total + of(stream), 0);
  const [offered, dropped] = [sum((stream) => stream.offered), sum((stream) => stream.dropped)];
  const drops: DropRow[] = dropped > 0 ? [{ reason: "inbox_full", samples: dropped }] : [];
  const low = index % 4 === 2;
  return {
    id: row.id,
    name: row.name,
    attention: LEVELS[index % 4] ?? null,
    advice: { paused: index % 4 === 3, window_ms: low ? 2000 : 100, batch_size: low ? 10 : 1 },
    message_hz: row.streams.length * 2,
    sample_hz: sum((stream) => stream.rate_hz ?? 0),
    offered,
    delivered: offered - dropped,
    stored: null,
    drops,
    late: 0,
    duplicate: index === 0 ? 2 : 0,
    out_of_order: index === 0 ? 2 : 0,
    gaps: sum((stream) => stream.gaps),
    rejected: row.rejected,
  };
}

const latency = (call: string, count: number, p50_us: number): LatencyRow => ({ call, count, p50_us, p95_us: p50_us * 2.1, p99_us: p50_us * 4.7, max_us: p50_us * 19 });

/** The runtime behind a snapshot, `secs` after the start. */
export function systemOf(snapshot: Snapshot, secs: number, switches: ReadonlyMap<string, boolean>): System {
  const cpu = 0.31 + 0.08 * noise(Math.floor(secs));
  const bio = (name: string, factor: number, words: string): NonNullable<System["bio"]>[number] => {
    const enabled = switches.get(name) ?? true;
    return { name, factor: enabled ? factor : 1, min: 0.5, max: 5, enabled, words: enabled ? words : "Switched off." };
  };
  return {
    now_ms: snapshot.now_ms,
    uptime_secs: 4210 + secs,
    version: "0.1.0",
    checks: [
      { name: "recorder", status: snapshot.recording.problem ? "failed" : "good", words: snapshot.recording.problem || "The recorder takes data.", remedy: "", since_secs: 4210 + secs },
      { name: "disk", status: "good", words: "81 GB are free in the recording folder.", remedy: "", since_secs: 4210 + secs },
      { name: "connectors", status: "good", words: "The simulator and Bluetooth answer.", remedy: "", since_secs: 4210 + secs },
      { name: "load", status: "good", words: "The load is normal.", remedy: "", since_secs: 1210 + secs },
      { name: "tree", status: "warning", words: "“HRM-Pro 8812” was given up.", remedy: "Disconnect and connect the device again.", since_secs: 311 + secs },
    ],
    tree: tree(),
    load: {
      level: "normal",
      level_secs: 1210 + secs,
      score: cpu * 0.45 + 0.06,
      thresholds: { elevated: 0.5, high: 0.7, critical: 0.85 },
      pressures: [
        { name: "cpu", value: cpu, weight: 0.45 },
        { name: "event_bus", value: 0.02, weight: 0.3 },
        { name: "queues", value: 0.04, weight: 0.15 },
        { name: "memory", value: 0.41, weight: 0.1 },
      ],
      memory: { used_bytes: 6_710_886_400, limit_bytes: 16_777_216_000, ratio: 0.4, start: 0.85, critical: 0.92, protected: false, source: "host" },
      actions: [],
    },
    attention: { levels: { none: 0, low: 2, medium: 3, high: 2 }, viewers: 1, battery: "normal" },
    backpressure: {
      load: "normal",
      memory_protected: false,
      advice: [
        { attention: "high", advice: { paused: false, window_ms: 100, batch_size: 1 } },
        { attention: "medium", advice: { paused: false, window_ms: 500, batch_size: 5 } },
        { attention: "low", advice: { paused: false, window_ms: 2000, batch_size: 10 } },
        { attention: "none", advice: { paused: false, window_ms: 5000, batch_size: 20 } },
      ],
      paused_sources: 0,
      views: [{ name: "window", quality: "high", flush_ms: 64, streams: 22, waiting: 3, delivered: 911_204, coalesced: 2_310, overwritten: 0 }],
    },
    counters: snapshot.counters,
    sensors: snapshot.sensors.map(account),
    sensors_total: snapshot.sensors.length,
    queues: snapshot.queues,
    queues_total: snapshot.queues.length,
    outbox: { waiting: 3, oldest_secs: 0.4, sent: 18_220, failed: 2, problem: "" },
    history: { bytes: 48_234_496, from_ms: snapshot.now_ms - 3_600_000, max_bytes: 1_073_741_824, max_age_secs: 86_400, stored: 1_204_310, dropped: 0, problem: "" },
    tiers: { hot_bytes: 2_310_144, hot_samples: 140_020, warm_bytes: 4_194_304, warm_samples: 1_900_000 },
    breakers: [{ name: "replica", state: "closed", failures: 0, opened: 1, next_try_secs: null, last_error: "timed out after 5 s" }],
    entrances: [{ name: "http", rate_hz: 50, burst: 100, passed: 1_204, refused: 0 }],
    tasks: { running: 1, waiting: 0, limit: 4, done: 311, failed: 0, refused: 0 },
    bio: [
      bio("novelty", 0.96, "1 of 7 sensors shows something new."),
      bio("circadian", 1.15, "A busy hour comes near."),
      bio("arbiter", 1, "Equal shares."),
    ],
    latencies: [latency("api snapshot", 9_120, 310), latency("recorder commit", 1_420, 2_150), latency("sample to ring", 20_110, 38)],
  };
}
