/** Back-pressure in words: what is held back, and why. */
import type { AdviceRow } from "../../api/AdviceRow";
import type { Backpressure } from "../../api/Backpressure";
import { formatNumber } from "../format";

/** Why sources that nobody watches are paused; empty where none has to be. */
export function pauseReason(pressure: Pick<Backpressure, "load" | "memory_protected"> | null): string {
  const reasons = [pressure?.load === "critical" ? "the load is critical" : "", pressure?.memory_protected ? "memory is short" : ""];
  const found = reasons.filter(Boolean);
  return found.length > 0 ? `${found.join(" and ")}, and nobody looks at it` : "";
}

/** For a narrow column: `Paused`, `500 ms · 5`, `2 s · 10`. */
export function adviceShort(advice: AdviceRow): string {
  if (advice.paused) return "Paused";
  const window = advice.window_ms < 1000 ? `${formatNumber(advice.window_ms)} ms` : `${formatNumber(advice.window_ms / 1000, advice.window_ms % 1000 ? 1 : 0)} s`;
  return `${window} · ${formatNumber(advice.batch_size)}`;
}

/** What a source was asked to do: `Paused`, `500 ms, 5 samples`. */
export function adviceText(advice: AdviceRow | null): string {
  if (!advice) return "not asked";
  if (advice.paused) return "Paused";
  return `${formatNumber(advice.window_ms)} ms, ${formatNumber(advice.batch_size)} ${advice.batch_size === 1 ? "sample" : "samples"}`;
}
