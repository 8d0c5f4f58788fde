/** What lies on the desk of the scripted host: scenarios, devices in range, recordings, queues. */
import type { DeviceRow } from "../../api/DeviceRow";
import type { KnownRow } from "../../api/KnownRow";
import type { NoticeRow } from "../../api/NoticeRow";
import type { QueueRow } from "../../api/QueueRow";
import type { RecordingEntry } from "../../api/RecordingEntry";
import type { ScenarioEntry } from "../../api/ScenarioEntry";
import type { Verdict } from "../../api/Verdict";
import type { WorkerRow } from "../../api/WorkerRow";
import { HOSTILE_NAME } from "./people";
import { noise } from "./signals";

export const FOLDER = "/home/lab/Recordings/Sensocto";

export const SCENARIOS: readonly ScenarioEntry[] = [
  { id: "scenarios/resting_pair.yaml", name: "Resting pair", description: "Two people at rest: ECG, heart rate, SpO₂ and respiration.", sensors: 2, streams: 8, samples_per_sec: 552, problem: null },
  { id: "scenarios/small_group.yaml", name: "Small group", description: "Small group study: five persons with mixed rates, ECG at 100 and 250 Hz, slow vitals.", sensors: 8, streams: 22, samples_per_sec: 403.4, problem: null },
  { id: "scenarios/lake_walk.yaml", name: "Lake walk", description: "Three walkers on a recorded track around a lake, with heart rate.", sensors: 3, streams: 9, samples_per_sec: 6.2, problem: null },
  { id: "scenarios/broken.yaml", name: "Winter study (draft)", description: "", sensors: 0, streams: 0, samples_per_sec: 0, problem: "line 14, column 9: did not find expected ‘-’ indicator, while parsing a block collection" },
];

/** The devices in range at `nowSecs`: their signal jitters, two a second. */
export function devicesAt(nowSecs: number, known: readonly KnownRow[] = []): DeviceRow[] {
  const device = (id: string, name: string, dbm: number, services: string[], supported: boolean, more: Partial<DeviceRow> = {}): DeviceRow => ({
    device: id,
    name,
    known: known.some((one) => one.device === id),
    rssi_dbm: dbm + Math.round(5 * noise(Math.floor(nowSecs * 2) + dbm)),
    services,
    supported,
    link: null,
    age_secs: 0.4,
    ...more,
  });
  const rows = [
    device("A0:9E:1A:7C:11:02", "Polar H10 7C11", -61, ["Heart rate", "Battery", "Device information"], true, { link: "live" }),
    device("D3:44:09:AB:55:19", "HRM-Pro 8812", -78, ["Heart rate", "Battery"], true),
    device("F1:00:00:00:66:06", HOSTILE_NAME, -84, ["Heart rate"], true),
    device("4C:11:AE:90:02:7B", "Living-room lamp", -70, [], false),
    device("6A:2F:18:C4:9E:31", "6A:2F:18:C4:9E:31", -93, ["Immediate alert"], false, { age_secs: 18 }),
  ];
  return rows.sort((a, b) => (b.rssi_dbm ?? -999) - (a.rssi_dbm ?? -999));
}

const HOUR_MS = 3_600_000;

export function recordingsAt(nowMs: number): RecordingEntry[] {
  const entry = (hours: number, title: string, more: Partial<RecordingEntry>): RecordingEntry => {
    const file_name = `${title.toLowerCase().replace(/\W+/g, "-") || "recording"}-${Math.round(hours)}.sensocto`;
    return { path: `${FOLDER}/${file_name}`, file_name, title, started_ms: nowMs - hours * HOUR_MS, seconds: 1834, streams: 22, samples: 742_118, bytes: 6_204_416, closed: true, problem: null, ...more };
  };
  return [
    entry(2, "Baseline, group A", {}),
    entry(26, "Stress test with paced breathing and cold pressor, second attempt", { seconds: 5411, samples: 2_183_402, bytes: 17_901_568, closed: false }),
    entry(51, "", { seconds: 62, samples: 25_011, bytes: 311_296, streams: 8 }),
    entry(80, "Old trial", { problem: "The file comes from a newer version of the console (schema 4; this one reads up to 1). Open it with the newer version." }),
  ];
}

export function verdictOf(path: string, good: boolean): Verdict {
  const row = (sensor_name: string, attribute: string, rate: number, dropped: number): Verdict["streams"][number] => {
    const offered = Math.round(rate * 1834);
    return { sensor: sensor_name.toLowerCase(), sensor_name, attribute, offered, stored: offered - dropped, dropped, gaps: dropped > 0 ? 1 : 0, first_ms: 1.7e12, last_ms: 1.7e12 + 1834e3, rate_hz: rate * 0.9998, nominal_rate_hz: rate };
  };
  return {
    path,
    good,
    closed: good,
    problems: good ? [] : ["Stream chest_belt_2/respiration: block 41 does not match its checksum (1 000 samples)."],
    streams: [row("Anna Keller", "ecg", 250, 0), row("Anna Keller", "heart_rate", 1, 0), row("Chiara Rossi", "spo2", 1, 12), row(HOSTILE_NAME, "heart_rate", 4, 0)],
  };
}

export function queuesAt(nowSecs: number): QueueRow[] {
  const queue = (name: string, policy: string, capacity: number, fill: number): QueueRow => {
    const depth = Math.round(capacity * Math.max(0, fill + 0.02 * noise(Math.floor(nowSecs * 4) + capacity)));
    const overtaken = policy === "latest_wins" ? Math.floor(nowSecs / 3) : 0;
    return { name, policy, capacity, depth, bytes: depth * 400, bytes_max: capacity * 400, dropped: 0, overtaken, refused: 0, waits: 0, waited_ms: 0 };
  };
  return [queue("recorder", "drop_newest", 65536, 0.03), queue("commands to bluetooth", "block", 64, 0), queue("sensor worker 1", "drop_oldest", 1024, 0.01), queue("sensor worker 2", "drop_oldest", 1024, 0.12), queue("ble events", "drop_newest", 512, 0), queue("advice to bluetooth", "latest_wins", 64, 0.02)];
}

export const WORKERS: readonly WorkerRow[] = [
  { name: "store-writer", state: "running", restarts: 0, last_failure: "" },
  { name: "sensor-A0:9E:1A:7C:11:02", state: "running", restarts: 1, last_failure: "panicked: index out of bounds in a vendor packet (at 14:02:11)" },
  { name: "sim-small_group", state: "running", restarts: 0, last_failure: "" },
  { name: "ble", state: "running", restarts: 0, last_failure: "" },
];

export function sampleNotices(): NoticeRow[] {
  return [
    { id: 3, severity: "warning", text: "“Chiara Rossi” sent more than its queue could take; 1 284 samples were dropped and marked as gaps.", remedy: "Lower its rate, or close other programs.", times: 4 },
    { id: 2, severity: "error", text: "The disk of the recording folder is full.", remedy: "Make room on it; the recording goes on by itself.", times: 1 },
    { id: 1, severity: "info", text: "Scenario “Small group”: the key “colour” is not known and was ignored.", remedy: "", times: 1 },
  ];
}
