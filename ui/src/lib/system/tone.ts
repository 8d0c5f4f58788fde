/** How grave something is, with its shape: colour alone would not do. Calm is good without saying so. */
import type { IconName } from "../icons";

export type Tone = "good" | "calm" | "idle" | "busy" | "warn" | "bad";

export const TONE_ICONS: Record<Tone, IconName> = {
  good: "check",
  calm: "check",
  idle: "stopped",
  busy: "connecting",
  warn: "warning",
  bad: "error",
};

const RANK: readonly Tone[] = ["good", "calm", "idle", "busy", "warn", "bad"];

/** The gravest of them; good where there is none. */
export function gravest(tones: readonly Tone[]): Tone {
  return tones.reduce<Tone>((most, tone) => (RANK.indexOf(tone) > RANK.indexOf(most) ? tone : most), "good");
}
