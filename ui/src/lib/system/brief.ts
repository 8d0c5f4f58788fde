/** How the system does, in two words for the top bar, from what every snapshot tells. */
import type { Snapshot } from "../../api/Snapshot";
import { formatNumber } from "../format";
import type { Tone } from "./tone";

export interface Brief {
  readonly tone: Tone;
  readonly words: string;
}

/** The gravest matter; `droppedLately` are the samples of the last minute. */
export function briefOf(snapshot: Snapshot, droppedLately: number): Brief {
  const down = snapshot.workers.filter((worker) => worker.state === "given_up").length;
  if (down > 0) return { tone: "bad", words: `${down} given up` };
  if (snapshot.workers.some((worker) => worker.state === "restarting")) return { tone: "warn", words: "restarting" };
  const paused = snapshot.sensors.filter((sensor) => sensor.paused).length;
  if (paused > 0) return { tone: "warn", words: `${paused} paused` };
  if (droppedLately > 0) return { tone: "warn", words: `${formatNumber(droppedLately)} dropped` };
  return { tone: "good", words: "well" };
}
