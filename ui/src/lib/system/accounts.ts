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
  /** Whether the operator should look here. */
  alarms?(row: SensorAccount): boolean;
}

const LEVELS = ["none", "low", "medium", "high"];

const rate = (hz: number | null): string => (hz === null ? UNKNOWN : formatNumber(hz, hz < 9.995 ? 2 : hz < 99.95 ? 1 : 0));

/** Samples that were dropped, all reasons. */
export function droppedIn(row: SensorAccount): number {
  return row.drops.reduce((sum, drop) => sum + drop.samples, 0);
}

function figure(id: string, name: string, title: string, of: (row: SensorAccount) => number | null, alarms = false, width = "4.75rem"): Column {
  const column = { id, name, title, figures: true, width, cell: of, text: (row: SensorAccount) => formatNumber(of(row)) };
  return alarms ? { ...column, alarms: (row) => (of(row) ?? 0) > 0 } : column;
}

/** The telling ones first: a narrow window shows those without scrolling. */
export const COLUMNS: readonly Column[] = [
  { id: "name", name: "Sensor", title: "", figures: false, width: "minmax(10rem, 1fr)", cell: (row) => row.name, text: (row) => row.name },
  { id: "attention", name: "Attention", title: "How closely it is watched", figures: false, width: "4.5rem", cell: (row) => (row.attention ? LEVELS.indexOf(row.attention) : null), text: (row) => row.attention ?? UNKNOWN },
  { id: "advice", name: "Gathers for", title: "What its source is asked to do: gather for so long, and so many samples at least", figures: false, width: "6rem", cell: (row) => (row.advice?.paused ? Infinity : (row.advice?.window_ms ?? null)), text: (row) => (row.advice ? adviceShort(row.advice) : UNKNOWN), alarms: (row) => row.advice?.paused ?? false },
  { id: "messages", name: "Messages/s", title: "Messages a second, over the last 5 s", figures: true, width: "5rem", cell: (row) => row.message_hz, text: (row) => rate(row.message_hz) },
  { id: "samples", name: "Samples/s", title: "Samples a second, over the last 5 s", figures: true, width: "4.75rem", cell: (row) => row.sample_hz, text: (row) => rate(row.sample_hz) },
  figure("offered", "Offered", "Samples that its source numbered", (row) => row.offered, false, "5.5rem"),
  figure("delivered", "Delivered", "Samples that reached the hot rings", (row) => row.delivered, false, "5.5rem"),
  figure("dropped", "Dropped", "Samples dropped on the way, all reasons", droppedIn, true),
  figure("gaps", "Gaps", "Interruptions and drops so far", (row) => row.gaps, false, "3.5rem"),
  figure("stored", "Recorded", "Samples that the recording holds", (row) => row.stored, false, "5.5rem"),
  figure("late", "Late", "Samples that came after their time and were left out", (row) => row.late, false, "3.5rem"),
  figure("duplicate", "Twice", "Samples that came a second time and were left out", (row) => row.duplicate, false, "3.5rem"),
  figure("out_of_order", "Out of order", "Late and duplicate samples together", (row) => row.out_of_order, false, "5.25rem"),
  figure("rejected", "Unreadable", "Packets that could not be decoded", (row) => row.rejected, true, "5rem"),
];
