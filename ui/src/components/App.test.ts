import { expect, it, vi } from "vitest";
import { DemoHost } from "../host/demo-host";
import { HOSTILE_NAME } from "../host/demo/people";
import { openWindow } from "./test-bench";

it("shows a hostile name as text, in the list and in the detail", async () => {
  const { get, all, until } = await openWindow();
  const row = all("sensor-row").find((one) => one.dataset.id === "hostile");
  row?.click();
  await until(() => expect(get("detail-name").textContent).toBe(HOSTILE_NAME));
  expect(row && get("sensor-name", row).textContent).toBe(HOSTILE_NAME);
  expect(document.querySelector("img")).toBeNull();
});

it("says every link state in a word", async () => {
  const { all } = await openWindow();
  const words = all("sensor-row").map((row) => row.querySelector("[data-link]")?.textContent?.trim());
  expect(new Set(words)).toEqual(new Set(["Live", "Connecting", "Lost", "Silent", "Stopped"]));
});

it("shows live values with their digits, and what a lost sensor last said with its age", async () => {
  const { all, until, get } = await openWindow();
  all("sensor-row").find((row) => row.dataset.id === "gone")?.click();
  await until(() => expect(get("stream-tile").textContent).toMatch(/\d+ bpm/));
  expect(get("stream-tile").textContent).toMatch(/No data for \d+ s/);
});

it("walks the list of sensors with the keyboard", async () => {
  const { press, get, until } = await openWindow();
  const list = document.querySelector('[role="listbox"]');
  const chosen = (): string | undefined => document.querySelector<HTMLElement>('[role="option"][aria-selected="true"]')?.dataset.id;
  if (!list) throw new Error("no list");
  const first = chosen();
  press("ArrowDown", list);
  await until(() => expect(chosen()).not.toBe(first));
  press("Home", list);
  await until(() => expect(chosen()).toBe(first));
  press("End", list);
  await until(() => expect(chosen()).toBe("ended"));
  expect(list.getAttribute("aria-activedescendant")).toBe("sensor-ended");
  expect(get("detail-name").textContent).toBe("Emil Novak");
});

it("renders a part of three hundred sensors, and filters them", async () => {
  const { all, get, until } = await openWindow(new DemoHost("many"));
  expect(all("sensor-row").length).toBeLessThan(60);
  const filter = get("sensor-filter") as HTMLInputElement;
  filter.value = "participant 29";
  filter.dispatchEvent(new Event("input", { bubbles: true }));
  await until(() => expect(all("sensor-row").map((row) => row.dataset.id)).toContain("hall_290"));
  expect(all("sensor-row")).toHaveLength(10);
});

it("offers both ways out when there is no sensor", async () => {
  const { until, has } = await openWindow(new DemoHost("empty"));
  expect(document.body.textContent).toContain("Start a scenario or connect a strap");
  [...document.querySelectorAll("button")].find((one) => one.textContent?.includes("Connect a strap"))?.click();
  await until(() => expect(has("bluetooth-dialog")).toBe(true));
});

it("says so when the core has not answered for two seconds", async () => {
  const { until, get } = await openWindow(new DemoHost("dead"));
  await until(() => expect(get("host-banner").textContent).toContain("does not answer"));
});

it("never has two snapshot requests under way", async () => {
  const host = new DemoHost();
  const ask = host.ask.bind(host);
  let underWay = 0;
  let most = 0;
  let count = 0;
  host.ask = async (request) => {
    if (request.ask !== "snapshot") return ask(request);
    most = Math.max(most, ++underWay);
    count += 1;
    await new Promise((resolve) => setTimeout(resolve, 5));
    underWay -= 1;
    return ask(request);
  };
  const { until } = await openWindow(host);
  for (let n = 0; n < 20; n += 1) document.dispatchEvent(new Event("visibilitychange"));
  await until(() => expect(count).toBeGreaterThan(3));
  expect(most).toBe(1);
});

it("asks for frames of what is on screen alone, and for none while paused", async () => {
  const host = new DemoHost();
  const frame = vi.spyOn(host, "frame");
  const { all, press, until, get } = await openWindow(host);
  all("sensor-row").find((row) => row.dataset.id === "sg_person_2")?.click();
  await until(() => expect(frame.mock.calls.some(([one]) => one.sensor === "sg_person_2")).toBe(true));
  frame.mockClear();
  await until(() => expect(frame.mock.calls.length).toBeGreaterThan(4));
  expect(new Set(frame.mock.calls.map(([one]) => one.sensor))).toEqual(new Set(["sg_person_2"]));
  press(" ");
  await until(() => expect(get("pause").getAttribute("aria-pressed")).toBe("true"));
  frame.mockClear();
  await until(() => expect(frame.mock.calls.some(([one]) => one.attribute === "battery")).toBe(true));
  expect(frame.mock.calls.filter(([one]) => one.attribute === "ecg").length).toBeLessThanOrEqual(1);
});

it("gives every control a name", async () => {
  const { press, until, has } = await openWindow(new DemoHost("notices"));
  for (const [key, dialog] of [["", ""], ["s", "scenario-dialog"], ["b", "bluetooth-dialog"], ["l", "recordings-dialog"], ["?", "help-dialog"]] as const) {
    if (key) {
      press(key);
      await until(() => expect(has(dialog)).toBe(true));
    }
    for (const control of document.querySelectorAll("button, input, select, [role=option], [role=listbox]")) {
      const name = control.getAttribute("aria-label") || control.textContent?.trim() || (control as HTMLInputElement).labels?.[0]?.textContent?.trim();
      expect(name, control.outerHTML).toBeTruthy();
    }
    document.querySelector("dialog")?.dispatchEvent(new Event("cancel", { cancelable: true }));
    await until(() => expect(document.querySelector("dialog")).toBeNull());
  }
});
