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

it("says on the row and in the header that a source is paused, and why", async () => {
  const { all, until, get } = await openWindow(new DemoHost("failing"));
  const paused = all("sensor-row").filter((row) => row.querySelector("[data-testid=paused]"));
  expect(paused.map((row) => row.dataset.id)).toEqual(["sg_person_3", "sg_person_4"]);
  paused[0]?.click();
  await until(() => expect(get("detail-paused").textContent).toContain("Paused: nobody watches it, and the machine is at its limit."));
  expect(get("detail-attention").textContent).toContain("low");
  expect(get("system-button").textContent).toContain("2 paused");
});

/** What the page has told and not taken back: `strap/ecg view`. */
function standing(host: DemoHost): Set<string> {
  const marks = new Set<string>();
  const STARTS: Record<string, string> = { view_enter: "view", hover_enter: "hover", focus: "focus", pin: "pin" };
  const ENDS: Record<string, string> = { view_leave: "view", hover_leave: "hover", unfocus: "focus", unpin: "pin" };
  for (const event of host.attention.flatMap((one) => one.events)) {
    if (!("targets" in event)) continue;
    for (const { sensor, attribute } of event.targets) {
      const name = attribute === null ? sensor : `${sensor}/${attribute}`;
      if (STARTS[event.event]) marks.add(`${name} ${STARTS[event.event]}`);
      if (ENDS[event.event]) marks.delete(`${name} ${ENDS[event.event]}`);
    }
  }
  return marks;
}

it("tells what is in view, chosen and under the pointer, and takes it back", async () => {
  const { host, all, until, click } = await openWindow();
  all("sensor-row").find((row) => row.dataset.id === "sg_person_1")?.click();
  Sight.show('[data-testid="sensor-row"][data-id="sg_person_2"]');
  await until(() => expect(standing(host)).toEqual(new Set(["sg_person_2 view", "sg_person_1/ecg focus"])));
  all("sensor-row").find((row) => row.dataset.id === "quiet")?.dispatchEvent(new Event("pointerenter"));
  await until(() => expect(standing(host)).toContain("quiet hover"));
  Sight.show('[data-testid="sensor-row"][data-id="sg_person_2"]', false);
  all("sensor-row").find((row) => row.dataset.id === "quiet")?.dispatchEvent(new Event("pointerleave"));
  click("system-button");
  await until(() => expect(standing(host)).toEqual(new Set()));
});

it("pins by button and by key, shows it on the row, and lets go again", async () => {
  const { host, all, get, press, click, until } = await openWindow();
  all("sensor-row").find((row) => row.dataset.id === "sg_person_1")?.click();
  await until(() => expect(get("detail-name").textContent).toBe("Anna Keller"));
  press("p");
  await until(() => expect(standing(host)).toContain("sg_person_1 pin"));
  expect(get("pin").getAttribute("aria-pressed")).toBe("true");
  expect(all("sensor-row").find((row) => row.dataset.id === "sg_person_1")?.textContent).toContain("Pinned");
  click("pin");
  await until(() => expect(standing(host)).not.toContain("sg_person_1 pin"));
});

it("lists every sensor, says when the page is hidden and when it comes back, and that it goes", async () => {
  const { host, until } = await openWindow(new DemoHost("many"));
  const events = (): string[] => host.attention.flatMap((one) => one.events.map((event) => event.event));
  await until(() => expect(events().slice(0, 2)).toEqual(["page_visible", "register"]));
  const listed = host.attention.flatMap((one) => one.events).find((event) => event.event === "register");
  expect(listed && "targets" in listed && listed.targets).toHaveLength(300);
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  document.dispatchEvent(new Event("visibilitychange"));
  await until(() => expect(events()).toContain("page_hidden"));
  hidden.mockRestore();
  document.dispatchEvent(new Event("visibilitychange"));
  await until(() => expect(events().filter((event) => event === "page_visible")).toHaveLength(2));
  window.dispatchEvent(new Event("pagehide"));
  expect(events().at(-1)).toBe("gone");
});

it("does not trouble the operator with a core that takes no reports, but says so in the System view", async () => {
  const host = new DemoHost();
  const ask = host.ask.bind(host);
  host.ask = async (request) => {
    if (request.ask === "attention") throw { code: "timeout", message: "The attention service has too much to read.", remedy: "" };
    return ask(request);
  };
  const { has, click, get, until } = await openWindow(host);
  click("system-button");
  await until(() => expect(get("attention").textContent).toContain("could not be reported: The attention service has too much to read."));
  expect(has("notice")).toBe(false);
});

it("tells this window from the other views that the core serves", async () => {
  const host = new DemoHost();
  const system = host.system.bind(host);
  host.system = () => {
    const [view] = system().backpressure?.views ?? [];
    const views = view ? [{ ...view, name: host.attention[0]?.viewer ?? "" }, { ...view, name: "recorder-2" }] : [];
    return { ...system(), backpressure: { ...system().backpressure!, views } };
  };
  const { all, click, get, until } = await openWindow(host);
  click("system-button");
  all("system-tab").find((tab) => tab.dataset.id === "queues")?.click();
  await until(() => expect(get("views").textContent).toMatch(/this window.*recorder-2/s));
});

it("offers the quality of this view, and shows how it is served", async () => {
  const { host, all, click, get, until } = await openWindow();
  click("system-button");
  await until(() => get("quality"));
  const choice = (id: string): HTMLInputElement | undefined => all("quality-choice").find((one) => (one as HTMLInputElement).value === id) as HTMLInputElement | undefined;
  expect(choice("auto")?.checked).toBe(true);
  choice("minimal")?.click();
  await until(() => expect(get("quality").textContent).toContain("every 500 ms"));
  expect(host.asked).toContainEqual(expect.objectContaining({ ask: "set_quality", quality: "minimal" }));
  expect(choice("minimal")?.checked).toBe(true);
});
