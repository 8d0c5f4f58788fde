/**
 * The page's own health: how many pictures a second it draws and how many it
 * missed, summed up every 2 s. Says nothing about a hidden page, which draws
 * none on purpose.
 */
export interface Pace {
  /** Animation frames a second. */
  readonly fps: number;
  /** Frames that were due at 60 Hz and were not drawn. */
  readonly dropped: number;
  /** The longest pause between two frames, ms. */
  readonly longestMs: number;
}

/** Where the frames come from; the browser, or a test's own hand. */
export interface Frames {
  request(tick: (nowMs: number) => void): number;
  cancel(handle: number): void;
}

const REPORT_MS = 2000;
const FRAME_MS = 1000 / 60;
/** A pause so many frames long has missed some. */
const LATE = 1.5;

const browserFrames: Frames = {
  request: (tick) => requestAnimationFrame(tick),
  cancel: (handle) => cancelAnimationFrame(handle),
};

/** Counts frames and reports; gives the way to stop. */
export function watchPace(report: (pace: Pace) => void, frames: Frames = browserFrames): () => void {
  let since: number | null = null;
  let last = 0;
  let count = 0;
  let dropped = 0;
  let longestMs = 0;
  let handle = frames.request(tick);

  function begin(nowMs: number | null): void {
    since = nowMs;
    last = nowMs ?? 0;
    count = dropped = longestMs = 0;
  }

  function tick(nowMs: number): void {
    handle = frames.request(tick);
    if (since === null) return begin(nowMs);
    const pause = nowMs - last;
    last = nowMs;
    count += 1;
    longestMs = Math.max(longestMs, pause);
    if (pause > FRAME_MS * LATE) dropped += Math.round(pause / FRAME_MS) - 1;
    if (nowMs - since < REPORT_MS) return;
    report({ fps: (count * 1000) / (nowMs - since), dropped, longestMs });
    begin(nowMs);
  }

  // A hidden page gets no frames: what it has counted until then says nothing.
  const afresh = (): void => begin(null);
  document.addEventListener("visibilitychange", afresh);
  return () => {
    frames.cancel(handle);
    document.removeEventListener("visibilitychange", afresh);
  };
}
