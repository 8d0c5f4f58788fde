/** The load in words: how high it is, what presses most, and what that does. */
import type { LoadBrief } from "../../api/LoadBrief";
import { formatShare } from "../format";
import type { Tone } from "./tone";

const PRESSURES: Record<string, string> = { cpu: "processor", event_bus: "messages", queues: "queues", memory: "memory" };
const TONES: Record<string, "note" | "warn" | "bad"> = { elevated: "note", high: "warn", critical: "bad" };

/** A pressure by its name; one that is not known is shown as it is. */
export function pressureName(code: string): string {
  return PRESSURES[code] ?? code.replaceAll("_", " ");
}

/** How grave a level is; a level that is not known is worth a look. */
export function loadTone(level: string): Extract<Tone, "calm" | "note" | "warn" | "bad"> {
  return level === "normal" ? "calm" : (TONES[level] ?? "warn");
}

export interface LoadWords {
  readonly tone: Tone;
  /** `load high` */
  readonly level: string;
  /** `processor 82 %`; empty where nothing leads. */
  readonly leading: string;
}

/** For the top bar; nothing while the load is normal or not known. */
export function loadWords(load: LoadBrief | null): LoadWords | null {
  if (!load || load.level === "normal") return null;
  const leading = load.leading ? `${pressureName(load.leading)} ${formatShare(load.value)}` : "";
  return { tone: loadTone(load.level), level: `load ${load.level}`, leading };
}
