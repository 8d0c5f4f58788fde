/** The columns of the sensors' accounts: what they hold, how they sort, how they read. */
import type { SensorAccount } from "../../api/SensorAccount";
import { formatNumber, UNKNOWN } from "../format";
import type { Cell } from "../sorting";
import { adviceShort } from "./pressure";

export interface Column {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly figures: boolean;
  readonly width: string;
  cell(row: SensorAccount): Cell;
  text(row: SensorAccount): string;
  /** Said on the cell, where its text is short of it. */
  hint?(row: SensorAccount): string | undefined;
  /** Whether the operator should look here. */
  alarms?(row: SensorAccount): boolean;
}

const LEVELS = ["none", "low", "medium", "high"];

const rate = (hz: number | null): string => (hz === null ? UNKNOWN : formatNumber(hz, hz < 9.995 ? 2 : hz < 99.95 ? 1 : 0));

/** Why nothing stands where samples of a recording would. */
export const NOT_RECORDED = "No recording runs, so none holds samples of this sensor.";

/** Samples that were dropped, all reasons. */
export function droppedIn(row: Pick<SensorAccount, "drops">): number {
  return row.drops.reduce((sum, drop) => sum + drop.samples, 0);
}

function figure(id: string, name: string, title: string, of: (row: SensorAccount) => number | null, alarms = false, width = "4.75rem"): Column {
  const column = { id, name, title, figures: true, width, cell: of, text: (row: SensorAccount) => formatNumber(of(row)), hint: (row: SensorAccount) => formatNumber(of(row)) };
  return alarms ? { ...column, alarms: (row) => (of(row) ?? 0) > 0 } : column;
}

/** `10.0 messages a second, 250 samples a second`; empty where none is known. */
export function paceText({ message_hz: messages, sample_hz: samples }: SensorAccount): string {
  return messages === null ? "" : `${rate(messages)} messages a second, ${rate(samples)} samples a second`;
}

/** `12 late, 3 twice`; empty where none came out of its order. */
export function outOfOrderText({ late, duplicate }: SensorAccount): string {
  const part = (count: number | null, word: string): string => ((count ?? 0) > 0 ? `${formatNumber(count)} ${word}` : "");
  return [part(late, "late"), part(duplicate, "twice")].filter(Boolean).join(", ");
}

/** Grows where there is room: counts of a long run have many digits. */
const COUNT = "minmax(5.25rem, 0.4fr)";

/**
 * All of them fit beside the list of the sensors in a window of 1280 px. What else
 * is known of a sensor stands in its details.
 */
export const COLUMNS: readonly Column[] = [
  { id: "name", name: "Sensor", title: "", figures: false, width: "minmax(9rem, 1fr)", cell: (row) => row.name, text: (row) => row.name, hint: (row) => row.name },
  { id: "attention", name: "Attention", title: "How closely it is watched", figures: false, width: "4.25rem", cell: (row) => (row.attention ? LEVELS.indexOf(row.attention) : null), text: (row) => row.attention ?? UNKNOWN },
  { id: "advice", name: "Gathers for", title: "What its source is asked to do: gather for so long, and so many samples at least", figures: false, width: "5.25rem", cell: (row) => (row.advice?.paused ? Infinity : (row.advice?.window_ms ?? null)), text: (row) => (row.advice ? adviceShort(row.advice) : UNKNOWN), alarms: (row) => row.advice?.paused ?? false },
  { id: "samples", name: "Samples/s", title: "Samples a second, over the last 5 s", figures: true, width: "5rem", cell: (row) => row.sample_hz, text: (row) => rate(row.sample_hz) },
  figure("offered", "Offered", "Samples that its source numbered", (row) => row.offered, false, COUNT),
  figure("delivered", "Delivered", "Samples that reached the hot rings", (row) => row.delivered, false, COUNT),
  figure("dropped", "Dropped", "Samples dropped on the way, all reasons", droppedIn, true),
  figure("gaps", "Gaps", "Interruptions and drops so far", (row) => row.gaps, false, "3.25rem"),
  { ...figure("stored", "Recorded", "Samples that the running recording holds; empty while none runs", (row) => row.recorded?.stored ?? null, false, COUNT), hint: (row) => (row.recorded ? formatNumber(row.recorded.stored) : NOT_RECORDED) },
  figure("rejected", "Unreadable", "Packets that could not be decoded", (row) => row.rejected, true, "5.25rem"),
];

/** Between two columns, and left and right of them, rem. */
const BETWEEN_REM = 0.5;
const ASIDE_REM = 1.5;

/** So wide is the table at least, rem. */
export const MIN_WIDTH_REM = COLUMNS.reduce((sum, column) => sum + leastRem(column.width), (COLUMNS.length - 1) * BETWEEN_REM + ASIDE_REM);

function leastRem(width: string): number {
  return Number(/[\d.]+/.exec(width)?.[0] ?? 0);
}
