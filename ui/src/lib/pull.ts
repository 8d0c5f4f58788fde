/**
 * Pulls frames: one request per animation frame at most, never two under way,
 * none while nothing is wanted (paused, hidden, scrolled away). A slow host is
 * asked less often, so the page never falls behind; and each frame says when
 * the core is willing to give the next one. Who wants nothing any more says so,
 * so that the core does not take silence for slowness. Rests after a fault.
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
  /** Nothing is wanted any more, after frames were. */
  letGo(): void;
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
  /** Whether the core takes this chart as one that asks. */
  #asks = false;

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
    this.#letGo();
  }

  #tick(now: number): void {
    this.#handle = null;
    this.start();
    if (this.#underWay || now < this.#notBefore) return;
    const request = this.parts.wanted();
    if (request) void this.#pull(request, now);
    else this.#letGo();
  }

  /** A request under way would bring the chart back: it says so when it is answered. */
  #letGo(): void {
    if (this.#underWay || !this.#asks) return;
    this.#asks = false;
    this.parts.letGo();
  }

  async #pull(request: FrameRequest, now: number): Promise<void> {
    this.#underWay = true;
    this.#asks = true;
    this.#notBefore = now + gapMs(request);
    try {
      const { trace, nextMs } = decodeFrame(await this.parts.ask(request));
      this.#notBefore = now + Math.max(gapMs(request), nextMs);
      if (trace && this.#handle !== null) this.parts.deliver(trace, request);
    } catch (reason) {
      this.#notBefore = now + FAULT_REST_MS;
      if (this.#handle !== null) this.parts.fault(reason);
    } finally {
      this.#underWay = false;
      if (this.#handle === null) this.#letGo();
    }
  }
}

/** A trace that moves less than half a pixel need not be drawn again. */
function gapMs(request: FrameRequest): number {
  const halfPixelMs = request.window_ms / request.pixels / 2;
  return Math.min(Math.max(halfPixelMs, FINEST_GAP_MS), COARSEST_GAP_MS);
}
