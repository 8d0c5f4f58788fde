/**
 * Tells the core what the operator looks at: the whole of it, when something
 * has changed and as a heartbeat, so that a lost report heals itself and a
 * window that is gone is swept. At most four reports a second, never two under
 * way.
 */
import { within } from "../../host/host";
import type { Look } from "./gaze";

/** The battery of the viewing machine. */
export interface BatteryState {
  readonly percent: number;
  readonly charging: boolean;
}

/** All that one page says about its attention. */
export interface Report {
  readonly hidden: boolean;
  /** The sensors that it lists, in sight or not. */
  readonly listed: readonly string[];
  readonly looks: readonly Look[];
}

export interface ReporterParts {
  report(): Report;
  send(report: Report): Promise<void>;
  /** A report went through, or did not. */
  outcome(fault: unknown): void;
}

const PAUSE_MS = 250;
const BEAT_MS = 5000;
const DEADLINE_MS = 3000;
const LATENCIES = 10;
const HOVER_MIN_MS = 50;
const HOVER_MAX_MS = 500;

export class Reporter {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  #underWay = false;
  #changed = false;
  #notBefore = 0;
  #latencies: number[] = [];

  constructor(private readonly parts: ReporterParts) {}

  /** Starts with a first report; gives the way to stop. */
  start(): () => void {
    this.#running = true;
    this.changed();
    return () => {
      this.#running = false;
      clearTimeout(this.#timer);
    };
  }

  /** Something has changed: a report is due as soon as the pause allows. */
  changed(): void {
    this.#changed = true;
    if (this.#running && !this.#underWay) this.#due(Math.max(0, this.#notBefore - performance.now()));
  }

  /** Twice the mean time of the last reports, within bounds: how long the pointer has to rest. */
  hoverSettleMs(): number {
    const sum = this.#latencies.reduce((total, one) => total + one, 0);
    const mean = this.#latencies.length > 0 ? sum / this.#latencies.length : 0;
    return Math.min(Math.max(2 * mean, HOVER_MIN_MS), HOVER_MAX_MS);
  }

  #due(inMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#tell(), inMs);
  }

  async #tell(): Promise<void> {
    const began = performance.now();
    this.#underWay = true;
    this.#changed = false;
    try {
      await within(DEADLINE_MS, this.parts.send(this.parts.report()));
      this.parts.outcome(null);
    } catch (reason) {
      this.parts.outcome(reason);
    }
    this.#underWay = false;
    this.#notBefore = began + PAUSE_MS;
    this.#latencies = [...this.#latencies, performance.now() - began].slice(-LATENCIES);
    if (this.#running) this.#due(this.#changed ? Math.max(0, this.#notBefore - performance.now()) : BEAT_MS);
  }
}
