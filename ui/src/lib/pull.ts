/**
 * Pulls frames: one request per animation frame at most, never two under way,
 * none while nothing is wanted (paused, hidden, scrolled away). A slow host is
 * asked less often, so the page never falls behind. Rests after a fault.
 */
import type { FrameRequest } from "../api/FrameRequest";
import { decodeFrame, type Trace } from "./frame";

/** Where the ticks come from; the browser, or a test's own hand. */
export interface Ticker {
  request(tick: (nowMs: number) => void): number;
  cancel(handle: number): void;
}

export interface PullParts {
  /** What to ask for now; null when nothing is wanted. */
  wanted(): FrameRequest | null;
  ask(request: FrameRequest): Promise<ArrayBuffer>;
  /** Takes a trace, with the request that it answers. */
  deliver(trace: Trace, request: FrameRequest): void;
  fault(reason: unknown): void;
  /** The least time from one frame to the next that the core asks for, ms. */
  leastGapMs?(): number;
}

const FAULT_REST_MS = 500;
const FINEST_GAP_MS = 12;
const COARSEST_GAP_MS = 100;

const browserTicker: Ticker = {
  request: (tick) => requestAnimationFrame(tick),
  cancel: (handle) => cancelAnimationFrame(handle),
};

export class FramePull {
  #handle: number | null = null;
  #underWay = false;
  #notBefore = 0;

  constructor(
    private readonly parts: PullParts,
    private readonly ticker: Ticker = browserTicker,
  ) {}

  start(): void {
    this.#handle ??= this.ticker.request((now) => this.#tick(now));
  }

  stop(): void {
    if (this.#handle !== null) this.ticker.cancel(this.#handle);
    this.#handle = null;
  }

  #tick(now: number): void {
    this.#handle = null;
    this.start();
    const request = this.#underWay || now < this.#notBefore ? null : this.parts.wanted();
    if (request) void this.#pull(request, now);
  }

  async #pull(request: FrameRequest, now: number): Promise<void> {
    this.#underWay = true;
    this.#notBefore = now + Math.max(gapMs(request), this.parts.leastGapMs?.() ?? 0);
    try {
      const trace = decodeFrame(await this.parts.ask(request));
      if (this.#handle !== null) this.parts.deliver(trace, request);
    } catch (reason) {
      this.#notBefore = now + FAULT_REST_MS;
      if (this.#handle !== null) this.parts.fault(reason);
    } finally {
      this.#underWay = false;
    }
  }
}

/** A trace that moves less than half a pixel need not be drawn again. */
function gapMs(request: FrameRequest): number {
  const halfPixelMs = request.window_ms / request.pixels / 2;
  return Math.min(Math.max(halfPixelMs, FINEST_GAP_MS), COARSEST_GAP_MS);
}
