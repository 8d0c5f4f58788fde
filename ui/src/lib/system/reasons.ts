/** Why samples are missing, in words, by the stable code of the reason. */
const REASONS: Record<string, string> = {
  link_lost: "the link was lost",
  source_stopped: "the source was stopped",
  connector_restarted: "the connector was started again",
  inbox_full: "the worker's inbox was full",
  recorder_full: "the recorder's queue was full",
  worker_panicked: "the worker failed with them in its hands",
  sensor_given_up: "the sensor failed again and again and was given up",
  disk_full: "the disk was full",
  write_failed: "the file could not be written",
  source_overrun: "the source could not keep up",
  dropped: "on the way; reasons are not told apart here",
  paused: "the source was paused: nobody watched it",
  unexplained: "not explained: a defect of the console",
};

/** The reason in words; one that is not known is shown as its code. */
export function reasonText(code: string): string {
  return REASONS[code] ?? code.replaceAll("_", " ");
}

export interface Drop {
  readonly reason: string;
  readonly samples: number;
}

/** The drops of many accounts by reason, the largest first. */
export function dropsByReason(lists: readonly (readonly Drop[])[]): Drop[] {
  const sums = new Map<string, number>();
  for (const { reason, samples } of lists.flat()) sums.set(reason, (sums.get(reason) ?? 0) + samples);
  return [...sums]
    .map(([reason, samples]) => ({ reason, samples }))
    .filter((drop) => drop.samples > 0)
    .sort((a, b) => b.samples - a.samples);
}
