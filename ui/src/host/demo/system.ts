/** The inside of the scripted host's runtime: a tree, a load, accounts, queues. */
import type { RecordingStatus } from "../../api/RecordingStatus";
import type { SensorRow } from "../../api/SensorRow";
import type { SensorAccount } from "../../api/SensorAccount";
import type { Snapshot } from "../../api/Snapshot";
import type { System } from "../../api/System";
import type { TreeNode } from "../../api/TreeNode";
import type { ParkedRow } from "../../api/ParkedRow";
import { parkedWords } from "./parked";
import { GATHER } from "./people";

const BACKTRACE = `   0: sensocto_connect::ble::vendor::decode
             at src-tauri/crates/connect/src/ble/vendor.rs:118:21
   1: sensocto_runtime::worker::turn
             at src-tauri/crates/runtime/src/worker.rs:84:9
   2: sensocto_runtime::supervisor::body
             at src-tauri/crates/runtime/src/supervisor.rs:61:5`;

function worker(name: string, more: Partial<TreeNode> = {}): TreeNode {
  return { name, kind: "thread", strategy: null, state: "running", restarts: 0, max_restarts: null, within_secs: null, restart: "permanent", uptime_secs: 4210, last_failure: "", backtrace: null, abandoned: 0, children: [], ...more };
}

function supervisor(name: string, strategy: string, children: TreeNode[], more: Partial<TreeNode> = {}): TreeNode {
  return worker(name, { kind: "supervisor", strategy, max_restarts: 3, within_secs: 5, children, ...more });
}

export function treeOf(sensors: readonly SensorRow[], failing: boolean): TreeNode {
  const bad = { state: "given_up", restarts: 4, last_failure: "panicked: index out of bounds: the len is 7 but the index is 7, in a vendor packet", backtrace: BACKTRACE, uptime_secs: null };
  return supervisor("root", "rest_for_one", [
    supervisor("infrastructure", "one_for_one", [worker("clock"), worker("store-writer"), worker("task-pool"), worker("telemetry")]),
    supervisor("registries", "one_for_one", [worker("sensors"), worker("attributes"), worker("connectors")]),
    supervisor("storage", "one_for_one", [worker("recorder"), worker("outbox", failing ? { state: "restarting", restarts: 2, last_failure: "database or disk is full" } : {})]),
    supervisor("bio", "one_for_one", [worker("novelty"), worker("homeostatic"), worker("circadian")]),
    supervisor("domain", "one_for_one", [
      worker("attention"),
      worker("load-monitor"),
      supervisor("connectors", "one_for_one", [worker("ble", { restarts: 1, last_failure: "the adapter went away" }), worker("sim-small_group")]),
      supervisor("sensors", "simple_one_for_one", sensors.map((sensor, index) => worker(`sensor-${sensor.name}`, failing && index === 1 ? bad : {}))),
    ]),
    supervisor("edge", "one_for_one", [worker("ipc"), worker("http"), worker("health")]),
  ]);
}

/** A recording holds what came since it began; every third stream lost something meanwhile. */
function recordedOf({ state, seconds }: RecordingStatus, index: number, rate: number, dropped: number): SensorAccount["recorded"] {
  if (state !== "recording" && state !== "failing") return null;
  const [offered, gone] = [Math.round(rate * seconds), index % 3 === 0 ? Math.min(dropped, 84) : 0];
  return { offered: offered + gone, stored: offered, dropped: gone };
}

function accountOf(sensor: SensorRow, index: number, secs: number, recording: RecordingStatus): SensorAccount {
  const rate = sensor.streams.reduce((sum, stream) => sum + (stream.rate_hz ?? 0), 0);
  const dropped = sensor.streams.reduce((sum, stream) => sum + stream.dropped, 0);
  const offered = 100_000 + Math.round(rate * secs);
  const { paused } = sensor;
  return {
    id: sensor.id,
    name: sensor.name,
    attention: sensor.attention,
    advice: sensor.advice,
    message_hz: paused ? 0 : Math.min(rate, 10),
    sample_hz: paused ? 0 : rate,
    offered,
    delivered: offered - dropped,
    recorded: recordedOf(recording, index, rate, dropped),
    drops: dropped > 0 ? [{ reason: "inbox_full", samples: dropped - 84 }, { reason: "worker_panicked", samples: 84 }] : [],
    late: index === 2 ? 41 : 0,
    duplicate: index === 2 ? 3 : 0,
    out_of_order: index === 2 ? 44 : 0,
    rejected: sensor.rejected,
    gaps: sensor.streams.reduce((sum, stream) => sum + stream.gaps, 0),
  };
}

function checksOf(failing: boolean): System["checks"] {
  const good = (name: string, words: string): System["checks"][number] => ({ name, status: "good", words, remedy: "", since_secs: 4210 });
  const disk = { name: "disk", status: "failed", words: "The disk of the recording folder is full", remedy: "Make room on it; the recording goes on by itself.", since_secs: 42 } as const;
  return [good("recorder", "ready"), failing ? disk : good("disk", "81.4 GB free"), good("connectors", "2 of 2 answer"), good("tree", "all runs")];
}

function pressureOf(sensors: readonly SensorRow[], failing: boolean): System["backpressure"] {
  const advice = (["high", "medium", "low", "none"] as const).map((attention) => {
    const [window_ms, batch_size] = GATHER[attention];
    return { attention, advice: { paused: failing && (attention === "low" || attention === "none"), window_ms: window_ms * (failing ? 5 : 1), batch_size } };
  });
  const views = [{ name: "window", quality: failing ? "low" : "high", flush_ms: failing ? 250 : 64, streams: 6, waiting: 0, delivered: 82_113, coalesced: 911, overwritten: 0 }];
  return { load: failing ? "critical" : "normal", memory_protected: failing, advice, paused_sources: sensors.filter((sensor) => sensor.paused).length, views };
}

function bioOf(switches: ReadonlyMap<string, boolean>, failing: boolean): System["bio"] {
  const row = (name: string, factor: number, min: number, max: number, words: string): NonNullable<System["bio"]>[number] => {
    const enabled = switches.get(name) ?? true;
    return { name, factor: enabled ? factor : 1, min, max, enabled, words: enabled ? words : "Switched off." };
  };
  return [
    row("novelty", failing ? 1 : 0.96, 0.5, 1, failing ? "Nothing new in the last 10 s." : "“Anna Keller” shows something new: heart rate, 3.4 σ above its mean."),
    row("predictive", 1, 0.75, 1.2, "50 observations are needed before it predicts; it has 12."),
    row("arbiter", 1, 0.5, 5, "Equal shares."),
    row("circadian", 1.15, 0.85, 1.2, "A busy hour comes near."),
    row("homeostat", 1, 0.9, 1.1, "Thresholds are 0.01 below their start."),
  ];
}

/** The runtime behind a snapshot, `secs` after the start. */
export function systemOf(snapshot: Snapshot, secs: number, switches: ReadonlyMap<string, boolean>, failing: boolean, parked: readonly ParkedRow[]): System {
  const { now_ms: nowMs, sensors, counters, queues, recording } = snapshot;
  const wave = 0.03 * Math.sin(secs / 3);
  const level = snapshot.load?.level ?? "normal";
  return {
    now_ms: nowMs,
    uptime_secs: 4210 + secs,
    version: "0.1.0",
    checks: checksOf(failing),
    tree: treeOf(sensors, failing),
    load: {
      level,
      level_secs: 41 + secs,
      score: (failing ? 0.88 : level === "elevated" ? 0.58 : 0.23) + wave,
      leading: "cpu",
      thresholds: { elevated: 0.5, high: 0.7, critical: 0.85 },
      pressures: [
        { name: "cpu", value: (failing ? 0.97 : 0.31) + wave / 2, weight: 0.45 },
        { name: "event_bus", value: failing ? 0.85 : 0.12, weight: 0.3 },
        { name: "queues", value: failing ? 0.6 : 0.08, weight: 0.15 },
        { name: "memory", value: failing ? 0.91 : 0.34, weight: 0.1 },
      ],
      memory: { used_bytes: failing ? 7.3e9 : 2.8e9, limit_bytes: 8e9, ratio: failing ? 0.912 : 0.345, start: 0.85, critical: 0.92, protected: failing, source: "cgroup_v2" },
      actions: failing ? ["Sources gather 25 times as long before they deliver.", "Views get their samples in fewer, larger pieces.", "Less is kept in memory (limits for critical load).", "Sensors that nobody watches pause, unless a recording runs."] : [],
    },
    attention: { levels: { high: 1, medium: 4, low: Math.max(0, sensors.length - 6), none: 1 }, viewers: 1, battery: "charging", refused: failing ? 12 : 0, stale_viewers: 0 },
    backpressure: pressureOf(sensors, failing),
    counters,
    drops: counters.dropped > 0 ? [{ reason: "inbox_full", samples: counters.dropped - 84 }, { reason: "worker_panicked", samples: 84 }] : [],
    ended: { sensors: 12, offered: 304_310, delivered: 304_310, drops: [], late: 0, duplicate: 0, gaps: 12, rejected: 0 },
    sensors_total: sensors.length,
    queues_total: queues.length,
    sensors: sensors.map((sensor, index) => accountOf(sensor, index, secs, recording)),
    queues,
    outbox: { waiting: 12, oldest_secs: 4, sent: 9120, failed: failing ? 3 : 0, parked: parked.length, problem: parkedWords(parked) },
    history: { bytes: 82e6, from_ms: nowMs - 7.2e6, max_bytes: 5e8, max_age_secs: 86400, stored: 3_120_442, dropped: 0, problem: "" },
    tiers: { hot_bytes: 6.2e6, warm_bytes: 1.1e6, hot_samples: 402_000, warm_samples: 521_000 },
    breakers: [{ name: "replicator", state: failing ? "open" : "closed", failures: failing ? 5 : 0, opened: failing ? 2 : 0, next_try_secs: failing ? 14 : null, last_error: failing ? "the store did not answer in 10 s" : "" }],
    entrances: [{ name: "rpc", rate_hz: 200, burst: 400, passed: 20_412, refused: 0 }],
    registries: [
      { name: "sensors", held: sensors.length, bound: 131_072, refused_full: 0, refused_taken: 0 },
      { name: "attributes", held: 3 * sensors.length, bound: 1_048_576, refused_full: 0, refused_taken: 0 },
      { name: "connectors", held: 2, bound: 64, refused_full: 0, refused_taken: 0 },
      { name: "rooms", held: 0, bound: 5000, refused_full: 0, refused_taken: 0 },
      { name: "join codes", held: 0, bound: 5000, refused_full: 0, refused_taken: 0 },
      { name: "peers", held: failing ? 1024 : 0, bound: 1024, refused_full: failing ? 7 : 0, refused_taken: 0 },
    ],
    tasks: { running: 1, limit: 8, waiting: 0, done: 212, failed: 0, refused: 0 },
    bio: bioOf(switches, failing),
    latencies: [
      { call: "snapshot", count: 16_840, p50_us: 210, p95_us: 480, p99_us: 1240, max_us: 9100 },
      { call: "outbox delivery", count: 9120, p50_us: 8200, p95_us: 31_000, p99_us: failing ? 14_200_000 : 64_000, max_us: failing ? 41_000_000 : 180_000 },
      { call: "frame", count: 240_120, p50_us: 61, p95_us: 142, p99_us: 390, max_us: 4100 },
    ],
    events: [
      { name: "api errors", count: failing ? 41 : 0 },
      { name: "sensor calls late", count: failing ? 3 : 0 },
    ],
  };
}
