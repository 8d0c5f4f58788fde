/**
 * By how much a counter has risen in the last while. The first reading is the
 * ground: what was counted before anybody looked is not of now. A counter that
 * falls has begun anew.
 */
const STEP_MS = 1000;

export class Trend {
  #readings: { atMs: number; value: number }[] = [];

  constructor(private readonly spanMs: number) {}

  /** Takes a reading; gives the rise within the span up to it. */
  rise(value: number, nowMs: number): number {
    const last = this.#readings.at(-1);
    if (last && value < last.value) this.#readings = [];
    if (!last || value !== last.value || nowMs - last.atMs >= STEP_MS) this.#readings.push({ atMs: nowMs, value });
    // One reading from before the span stays: it is the ground of the rise.
    while ((this.#readings[1]?.atMs ?? Infinity) <= nowMs - this.spanMs) this.#readings.shift();
    return value - (this.#readings[0]?.value ?? value);
  }
}
