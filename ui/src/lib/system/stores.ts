/** The stores of the runtime as lines of facts: a name, a figure, what it means. */
import type { HistoryView } from "../../api/HistoryView";
import type { OutboxView } from "../../api/OutboxView";
import type { TaskPoolView } from "../../api/TaskPoolView";
import type { TiersView } from "../../api/TiersView";
import { counted, formatAge, formatBytes, formatDate, formatNumber, UNKNOWN } from "../format";

export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly alarms?: boolean;
}

export function outboxFacts(box: OutboxView): Fact[] {
  return [
    { name: "Waiting", value: `${formatNumber(box.waiting)}${box.oldest_secs === null ? "" : `, the oldest for ${formatAge(box.oldest_secs)}`}` },
    { name: "Delivered", value: formatNumber(box.sent) },
    { name: "Failed and tried again", value: formatNumber(box.failed), alarms: box.failed > 0 },
    { name: "Set aside", value: formatNumber(box.parked), alarms: box.parked > 0 },
  ];
}

export function historyFacts(history: HistoryView): Fact[] {
  return [
    { name: "On disk", value: `${formatBytes(history.bytes)} of ${formatBytes(history.max_bytes)}` },
    { name: "Since", value: history.from_ms === null ? UNKNOWN : formatDate(history.from_ms) },
    { name: "Kept for", value: formatAge(history.max_age_secs) },
    { name: "Stored", value: counted(history.stored, "sample") },
    { name: "Dropped", value: counted(history.dropped, "sample"), alarms: history.dropped > 0 },
  ];
}

export function tierFacts(tiers: TiersView): Fact[] {
  const each = (bytes: number, samples: number): string =>
    `${formatBytes(bytes)} for ${counted(samples, "sample")}${samples > 0 ? `, ${formatNumber(bytes / samples, 1)} B each` : ""}`;
  return [
    { name: "Hot", value: each(tiers.hot_bytes, tiers.hot_samples) },
    { name: "Warm", value: each(tiers.warm_bytes, tiers.warm_samples) },
  ];
}

export function taskFacts(tasks: TaskPoolView): Fact[] {
  return [
    { name: "Running", value: `${formatNumber(tasks.running)} of at most ${formatNumber(tasks.limit)}` },
    { name: "Waiting", value: formatNumber(tasks.waiting) },
    { name: "Done", value: formatNumber(tasks.done) },
    { name: "Failed", value: formatNumber(tasks.failed), alarms: tasks.failed > 0 },
    { name: "Turned away", value: formatNumber(tasks.refused), alarms: tasks.refused > 0 },
  ];
}
