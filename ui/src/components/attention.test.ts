import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { DemoHost } from "../host/demo-host";
import { openWindow } from "./test-bench";

/** jsdom has no layout: the test says what is on screen. */
class Sight {
  static readonly all = new Set<Sight>();
  readonly #watched = new Set<Element>();
  constructor(private readonly call: (entries: IntersectionObserverEntry[]) => void) {
    Sight.all.add(this);
  }
  observe(element: Element): void {
    this.#watched.add(element);
  }
  unobserve(element: Element): void {
    this.#watched.delete(element);
  }
  disconnect(): void {
    this.#watched.clear();
  }
  /** Everything that the selector finds has come on screen, or has left it. */
  static show(selector: string, isIntersecting = true): void {
    for (const sight of Sight.all) {
      const entries = [...sight.#watched].filter((target) => target.matches(selector)).map((target) => ({ target, isIntersecting }));
      if (entries.length > 0) sight.call(entries as IntersectionObserverEntry[]);
    }
  }
}

beforeEach(() => void vi.stubGlobal("IntersectionObserver", Sight));
afterEach(() => {
  vi.unstubAllGlobals();
  Sight.all.clear();
});

it("pulls no frame for a chart that is not on screen, and only that one's when it is", async () => {
  const host = new DemoHost();
  const frame = vi.spyOn(host, "frame");
  const { all, until, get } = await openWindow(host);
  all("sensor-row").find((row) => row.dataset.id === "sg_person_1")?.click();
  await until(() => get("chart-canvas"));
  const before = host.snapshot().now_ms;
  await until(() => expect(host.snapshot().now_ms).toBeGreaterThan(before + 200));
  expect(frame).not.toHaveBeenCalled();
  Sight.show('[data-testid="chart-canvas"]');
  await until(() => expect(frame.mock.calls.length).toBeGreaterThan(3));
  expect(new Set(frame.mock.calls.map(([one]) => one.attribute))).toEqual(new Set(["ecg"]));
  Sight.show('[data-testid="chart-canvas"]', false);
  frame.mockClear();
  const hidden = host.snapshot().now_ms;
  await until(() => expect(host.snapshot().now_ms).toBeGreaterThan(hidden + 200));
  expect(frame).not.toHaveBeenCalled();
});
