import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Gaze } from "./gaze";

const ROW = { sensor: "strap", attribute: null };
const ECG = { sensor: "strap", attribute: "ecg" };

/** jsdom has no layout: the test says what has come into sight. */
class Sight {
  static last: Sight | null = null;
  readonly elements = new Set<Element>();
  constructor(
    private readonly call: (entries: IntersectionObserverEntry[]) => void,
    readonly options: IntersectionObserverInit,
  ) {
    Sight.last = this;
  }
  observe(element: Element): void {
    this.elements.add(element);
  }
  unobserve(element: Element): void {
    this.elements.delete(element);
  }
  see(target: Element, isIntersecting: boolean): void {
    this.call([{ target, isIntersecting } as IntersectionObserverEntry]);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("IntersectionObserver", Sight);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function bench() {
  const changed = vi.fn();
  const gaze = new Gaze({ changed, hoverSettleMs: () => 80 });
  const sight = Sight.last;
  if (!sight) throw new Error("no observer");
  const element = document.createElement("div");
  return { gaze, changed, sight, element };
}

it("watches with a tenth of the element and a margin of 50 px", () => {
  const { sight } = bench();
  expect(sight.options).toMatchObject({ threshold: 0.1, rootMargin: "50px" });
});

it("believes what is in view after 300 ms, and what has gone after 300 ms", () => {
  const { gaze, changed, sight, element } = bench();
  gaze.watch(element, ROW);
  sight.see(element, true);
  vi.advanceTimersByTime(299);
  expect(gaze.looks()).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(gaze.looks()).toEqual([{ ...ROW, view: true, hover: false, focus: false, pin: false }]);
  sight.see(element, false);
  vi.advanceTimersByTime(299);
  expect(gaze.looks()).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(gaze.looks()).toEqual([]);
  expect(changed).toHaveBeenCalledTimes(2);
});

it("says nothing about a row that only scrolls past", () => {
  const { gaze, changed, sight, element } = bench();
  gaze.watch(element, ROW);
  sight.see(element, true);
  vi.advanceTimersByTime(200);
  sight.see(element, false);
  vi.advanceTimersByTime(1000);
  expect(changed).not.toHaveBeenCalled();
});

it("keeps a target in view while a list replaces its row", () => {
  const { gaze, changed, sight, element } = bench();
  const stop = gaze.watch(element, ROW);
  sight.see(element, true);
  vi.advanceTimersByTime(300);
  stop();
  const again = document.createElement("div");
  gaze.watch(again, ROW);
  sight.see(again, true);
  vi.advanceTimersByTime(299);
  expect(gaze.looks()).toMatchObject([{ view: true }]);
  vi.advanceTimersByTime(1000);
  expect(gaze.looks()).toMatchObject([{ view: true }]);
  expect(changed.mock.calls.length).toBeLessThanOrEqual(3);
});

it("forgets an element that has gone for good", () => {
  const { gaze, sight, element } = bench();
  const stop = gaze.watch(element, ROW);
  sight.see(element, true);
  vi.advanceTimersByTime(300);
  stop();
  vi.advanceTimersByTime(300);
  expect(gaze.looks()).toEqual([]);
  expect(sight.elements.size).toBe(0);
});

it("counts a pointer that rests, not one that passes", () => {
  const { gaze, element } = bench();
  gaze.watch(element, ECG);
  element.dispatchEvent(new Event("pointerenter"));
  vi.advanceTimersByTime(60);
  element.dispatchEvent(new Event("pointerleave"));
  vi.advanceTimersByTime(500);
  expect(gaze.looks()).toEqual([]);
  element.dispatchEvent(new Event("pointerenter"));
  vi.advanceTimersByTime(80);
  expect(gaze.looks()).toMatchObject([{ ...ECG, hover: true }]);
});

it("joins what several elements and the choice say about one target", () => {
  const { gaze, sight, element } = bench();
  const tile = document.createElement("button");
  gaze.watch(element, ECG);
  gaze.watch(tile, ECG);
  sight.see(element, true);
  sight.see(tile, true);
  vi.advanceTimersByTime(300);
  sight.see(tile, false);
  gaze.choose(ECG);
  gaze.pin("strap", true);
  vi.advanceTimersByTime(300);
  expect(gaze.looks()).toEqual([
    { ...ECG, view: true, hover: false, focus: true, pin: false },
    { ...ROW, view: false, hover: false, focus: false, pin: true },
  ]);
});

it("says once that the choice or a pin has changed, however often it is set", () => {
  const { gaze, changed } = bench();
  gaze.choose(ECG);
  gaze.choose({ ...ECG });
  gaze.pin("strap", true);
  gaze.pin("strap", true);
  expect(changed).toHaveBeenCalledTimes(2);
});

it("counts everything as in view where the browser can't tell", () => {
  vi.stubGlobal("IntersectionObserver", undefined);
  const gaze = new Gaze({ changed: vi.fn(), hoverSettleMs: () => 80 });
  gaze.watch(document.createElement("div"), ROW);
  vi.advanceTimersByTime(300);
  expect(gaze.looks()).toMatchObject([{ view: true }]);
});
