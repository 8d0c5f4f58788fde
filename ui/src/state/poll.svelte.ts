/**
 * One question that is asked again and again while somebody looks: the latest
 * answer, how old it is, and what went wrong. Never asked twice at once; an
 * answer that does not come is given up and asked for again.
 */
import type { ApiError } from "../api/ApiError";
import { asApiError, within } from "../host/host";

const PAUSE_MS = 500;
const PAUSE_HIDDEN_MS = 2000;
const DEADLINE_MS = 3000;
/** An answer this old is called old. */
const STALE_MS = 2500;

export class Poll<T> {
  latest = $state.raw<T | null>(null);
  fault = $state.raw<ApiError | null>(null);
  /** Whether the latest answer is older than it should be. */
  stale = $state(false);

  #ask: () => Promise<T>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #answeredMs = 0;
  #underWay = false;
  #again = false;
  #running = false;
  #pauseMs = PAUSE_MS;

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
  }

  /** Begins to ask, with this pause behind each answer; gives the way to stop. */
  start(pauseMs = PAUSE_MS): () => void {
    this.#pauseMs = pauseMs;
    this.#running = true;
    this.#answeredMs = performance.now();
    const watch = setInterval(() => (this.stale = performance.now() - this.#answeredMs > STALE_MS + this.#pauseMs - PAUSE_MS), 500);
    const wake = (): void => this.refresh();
    document.addEventListener("visibilitychange", wake);
    void this.#turn();
    return () => {
      this.#running = false;
      clearInterval(watch);
      clearTimeout(this.#timer);
      document.removeEventListener("visibilitychange", wake);
    };
  }

  /** Asks now, or right after the answer under way. */
  refresh(): void {
    if (this.#underWay) this.#again = true;
    else if (this.#running) void this.#turn();
  }

  async #turn(): Promise<void> {
    clearTimeout(this.#timer);
    this.#underWay = true;
    this.#again = false;
    try {
      this.latest = await within(DEADLINE_MS, this.#ask());
      this.fault = null;
      this.#answeredMs = performance.now();
      this.stale = false;
    } catch (reason) {
      this.fault = asApiError(reason);
    }
    this.#underWay = false;
    const pause = this.#again ? 0 : document.hidden ? Math.max(PAUSE_HIDDEN_MS, this.#pauseMs) : this.#pauseMs;
    if (this.#running) this.#timer = setTimeout(() => void this.#turn(), pause);
  }
}
