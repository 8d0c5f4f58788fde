/** How grave something is, with its shape: colour alone would not do. Calm is good without saying so. */
import type { IconName } from "../icons";

export type Tone = "good" | "calm" | "idle" | "busy" | "note" | "warn" | "bad";

export const TONE_ICONS: Record<Tone, IconName> = {
  good: "check",
  calm: "check",
  idle: "stopped",
  busy: "connecting",
  note: "info",
  warn: "warning",
  bad: "error",
};
