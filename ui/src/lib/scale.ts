/**
 * Axes: round ticks, and a value range that follows the trace without
 * jumping. It grows at once when the trace leaves it, and shrinks only after
 * the trace has used little of it for {@link SLACK_HOLD_MS}.
 */

export interface Ticks {
  readonly step: number;
  readonly values: number[];
  /** Digits behind the point that tell neighbouring ticks apart. */
  readonly digits: number;
}

export interface Span {
  readonly lo: number;
  readonly hi: number;
}

/** What limits a range: known from the kind of the stream. */
export interface RangeLimits {
  /** The smallest span that is ever shown, in the value's unit. */
  readonly minSpan: number;
  /** Values below can't occur. */
  readonly floor?: number;
  /** Values above can't occur. */
  readonly ceiling?: number;
  /** Keeps zero inside, with at least this share of the span on either side. */
  readonly zeroShare?: number;
}

const SLACK_HOLD_MS = 4000;
/** Below this share of use the range is too wide. */
const SLACK_USE = 0.55;
const PADDING = 0.08;
/** Time constant of the visible change. */
const EASE_MS = 90;

/** The smallest of 1, 2, 5 × 10ⁿ that is not below `raw`. */
export function niceStep(raw: number): number {
  if (!(raw > 0) || !Number.isFinite(raw)) return 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const lead = raw / power;
  const factor = [1, 2, 5].find((candidate) => lead <= candidate * (1 + 1e-9)) ?? 10;
  return factor * power;
}

/** Round ticks within `lo..hi`, at most `most` of them. */
export function ticks(lo: number, hi: number, most: number): Ticks {
  if (!(hi > lo)) return { step: 1, values: [], digits: 0 };
  const step = niceStep((hi - lo) / Math.max(1, most - 1));
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const values: number[] = [];
  const last = Math.floor(hi / step + 1e-6);
  for (let index = Math.ceil(lo / step - 1e-6); index <= last; index += 1) {
    values.push(Number((index * step).toFixed(digits)) + 0);
  }
  return { step, values, digits };
}

/** The range that shows `data` with room around it, on round bounds. */
export function roomyRange(data: Span, limits: RangeLimits): Span {
  const pad = Math.max((data.hi - data.lo) * PADDING, (limits.minSpan - (data.hi - data.lo)) / 2, 0);
  let lo = data.lo - pad;
  let hi = data.hi + pad;
  if (limits.zeroShare !== undefined) {
    const share = limits.zeroShare / (1 - limits.zeroShare);
    lo = Math.min(lo, -share * Math.max(hi, 0), 0);
    hi = Math.max(hi, -share * Math.min(lo, 0), 0);
  }
  return roundOut(clampSpan({ lo, hi }, limits), limits);
}

/** Moves the span inside what can occur, keeping its width where it can. */
function clampSpan(span: Span, limits: RangeLimits): Span {
  const floor = limits.floor ?? -Infinity;
  const ceiling = limits.ceiling ?? Infinity;
  let { lo, hi } = span;
  if (lo < floor) [lo, hi] = [floor, Math.min(hi + (floor - lo), ceiling)];
  if (hi > ceiling) [lo, hi] = [Math.max(lo - (hi - ceiling), floor), ceiling];
  return { lo, hi };
}

function roundOut(span: Span, limits: RangeLimits): Span {
  const step = niceStep((span.hi - span.lo) / 10);
  const lo = Math.floor(span.lo / step + 1e-6) * step;
  const hi = Math.ceil(span.hi / step - 1e-6) * step;
  return {
    lo: Math.max(lo, limits.floor ?? -Infinity),
    hi: Math.min(hi, limits.ceiling ?? Infinity),
  };
}

/** A value range with hysteresis. Time is a parameter. */
export class AutoRange {
  #shown: Span | null = null;
  #target: Span | null = null;
  #slackSince: number | null = null;
  #lastMs = 0;

  constructor(private readonly limits: RangeLimits) {}

  /** The range to draw now. */
  get shown(): Span {
    return this.#shown ?? roomyRange({ lo: 0, hi: 0 }, this.limits);
  }

  /** Takes the trace's extent at `nowMs`; `still` jumps where it would glide. */
  follow(data: Span | null, nowMs: number, still = false): void {
    if (data) this.#aim(data, nowMs);
    this.#ease(nowMs, still);
    this.#lastMs = nowMs;
  }

  #aim(data: Span, nowMs: number): void {
    const want = roomyRange(data, this.limits);
    const target = this.#target;
    if (!target) {
      this.#target = want;
      this.#shown = want;
    } else if (data.lo < target.lo || data.hi > target.hi) {
      this.#target = { lo: Math.min(want.lo, target.lo), hi: Math.max(want.hi, target.hi) };
      this.#slackSince = null;
    } else if (want.hi - want.lo >= SLACK_USE * (target.hi - target.lo)) {
      this.#slackSince = null;
    } else if (this.#slackSince === null) {
      this.#slackSince = nowMs;
    } else if (nowMs - this.#slackSince >= SLACK_HOLD_MS) {
      this.#target = want;
      this.#slackSince = null;
    }
  }

  #ease(nowMs: number, still: boolean): void {
    const { lo, hi } = this.#shown ?? {};
    const target = this.#target;
    if (!target || lo === undefined || hi === undefined || (lo === target.lo && hi === target.hi)) return;
    const share = still ? 1 : 1 - Math.exp(-Math.max(0, nowMs - this.#lastMs) / EASE_MS);
    const next = { lo: lo + (target.lo - lo) * share, hi: hi + (target.hi - hi) * share };
    const off = Math.abs(next.lo - target.lo) + Math.abs(next.hi - target.hi);
    this.#shown = off < 0.004 * (target.hi - target.lo) ? target : next;
  }
}
