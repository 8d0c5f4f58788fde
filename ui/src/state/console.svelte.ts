/**
 * The console as the screen sees it: the latest snapshot, asked for every
 * {@link POLL_MS} and never twice at once, and the faults of the operator's
 * own actions. After an action the next snapshot is asked for at once.
 */
import { getContext, setContext } from "svelte";
import type { ApiError } from "../api/ApiError";
import type { Request } from "../api/Request";
import type { Response } from "../api/Response";
import type { Snapshot } from "../api/Snapshot";
import { answered, asApiError, within, type Host } from "../host/host";
import { Trend } from "../lib/trend";

const POLL_MS = 250;
const POLL_HIDDEN_MS = 1000;
/** After so long without an answer the operator is told. */
const SILENT_MS = 2000;
/** After so long an unanswered snapshot is given up and asked for again. */
const DEADLINE_MS = 5000;
const FAULTS_MAX = 5;
const LATELY_MS = 60_000;

/** An action of the operator that failed. */
export interface Fault extends ApiError {
  readonly id: number;
}

export class Console {
  snapshot = $state.raw<Snapshot | null>(null);
  /** Whether the host has not answered for {@link SILENT_MS}. */
  hostSilent = $state(false);
  /** What it said, if it answered with an error. */
  hostFault = $state.raw<ApiError | null>(null);
  faults = $state.raw<readonly Fault[]>([]);
  /** Samples dropped in the last minute, all streams. */
  droppedLately = $state(0);

  #drops = new Trend(LATELY_MS);
  #lastAnswerMs = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #polling = false;
  #again = false;
  #running = false;
  #nextFault = 1;

  constructor(readonly host: Host) {}

  /** Starts polling; gives the way to stop. */
  start(): () => void {
    this.#running = true;
    this.#lastAnswerMs = performance.now();
    const watch = setInterval(() => this.#watch(), 500);
    const wake = (): void => this.refresh();
    document.addEventListener("visibilitychange", wake);
    void this.#poll();
    return () => {
      this.#running = false;
      clearInterval(watch);
      clearTimeout(this.#timer);
      document.removeEventListener("visibilitychange", wake);
    };
  }

  /** Asks for a snapshot now, or right after the one under way. */
  refresh(): void {
    if (this.#polling) this.#again = true;
    else void this.#poll();
  }

  /** Asks the host and refreshes the screen; rejects with an {@link ApiError}. */
  async ask(request: Request): Promise<Response> {
    try {
      return await this.host.ask(request);
    } catch (reason) {
      throw asApiError(reason);
    } finally {
      if (this.#running) this.refresh();
    }
  }

  /** Asks, and shows a failure as a card; says whether it worked. */
  async act(request: Request): Promise<boolean> {
    try {
      await this.ask(request);
      return true;
    } catch (reason) {
      this.report(reason);
      return false;
    }
  }

  /** Shows a failure as a card. */
  report(reason: unknown): void {
    const fault = { ...asApiError(reason), id: this.#nextFault++ };
    const others = this.faults.filter((other) => other.message !== fault.message);
    this.faults = [fault, ...others].slice(0, FAULTS_MAX);
  }

  dismissFault(id: number): void {
    this.faults = this.faults.filter((fault) => fault.id !== id);
  }

  async #poll(): Promise<void> {
    if (this.#polling || !this.#running) return;
    clearTimeout(this.#timer);
    this.#polling = true;
    this.#again = false;
    try {
      this.#take(answered(await within(DEADLINE_MS, this.host.ask({ ask: "snapshot" })), "snapshot").with);
    } catch (reason) {
      this.hostFault = asApiError(reason);
    }
    this.#polling = false;
    const pause = this.#again ? 0 : document.hidden ? POLL_HIDDEN_MS : POLL_MS;
    if (this.#running) this.#timer = setTimeout(() => void this.#poll(), pause);
  }

  #take(snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.droppedLately = this.#drops.rise(snapshot.counters.dropped, performance.now());
    this.#lastAnswerMs = performance.now();
    this.hostFault = null;
    this.hostSilent = false;
  }

  #watch(): void {
    this.hostSilent = performance.now() - this.#lastAnswerMs > SILENT_MS;
  }
}

const KEY = Symbol("console");

export function provideConsole(console: Console): Console {
  return setContext(KEY, console);
}

export function useConsole(): Console {
  return getContext<Console>(KEY);
}
