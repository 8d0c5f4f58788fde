/** The path of a small line: the newest value at the right edge, a rift where nothing was known. */
import type { TrailDot } from "../api/TrailDot";

export interface SparkFrame {
  /** How far back the left edge lies, seconds. */
  readonly secs: number;
  readonly low: number;
  readonly high: number;
  readonly width: number;
  readonly height: number;
}

/** Points further apart than so many of their usual distances are not joined. */
const RIFT = 2.5;
const EDGE = 2;

export function sparkPath(dots: readonly TrailDot[], frame: SparkFrame): string {
  const usual = usualDistance(dots);
  const span = frame.high - frame.low || 1;
  let path = "";
  let before: TrailDot | null = null;
  for (const dot of dots) {
    const share = Math.min(Math.max((dot.value - frame.low) / span, 0), 1);
    const x = frame.width * (1 - Math.min(dot.age_secs / frame.secs, 1));
    const y = EDGE + (frame.height - 2 * EDGE) * (1 - share);
    const joined = before !== null && before.age_secs - dot.age_secs <= usual * RIFT;
    // A lone point is a line of no length, which round caps show as a dot.
    path += joined ? `L${x.toFixed(1)} ${y.toFixed(1)}` : `M${x.toFixed(1)} ${y.toFixed(1)}h0`;
    before = dot;
  }
  return path;
}

function usualDistance(dots: readonly TrailDot[]): number {
  const distances = dots.slice(1).map((dot, index) => (dots[index]?.age_secs ?? 0) - dot.age_secs);
  distances.sort((a, b) => a - b);
  return distances[Math.floor(distances.length / 2)] ?? Infinity;
}
