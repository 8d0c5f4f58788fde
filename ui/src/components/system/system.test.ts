import { expect, it, vi } from "vitest";
import type { System } from "../../api/System";
import { DemoHost } from "../../host/demo-host";
import { HOSTILE_NAME } from "../../host/demo/people";
import { openWindow, type Bench } from "../test-bench";

/** The window with its System view open, at a section. */
async function openSystem(host = new DemoHost(), section = "overview"): Promise<Bench> {
  const bench = await openWindow(host);
  bench.click("system-button");
  await bench.until(() => expect(bench.get("verdict-line").querySelector("svg")).not.toBeNull());
  bench.all("system-tab").find((tab) => tab.dataset.id === section)?.click();
  return bench;
}

/** The same host, with another inside. */
function hostWith(change: (system: System) => System, host = new DemoHost()): DemoHost {
  const system = host.system.bind(host);
  host.system = () => change(system());
  return host;
}

it("opens by key, button and status bar, goes back by Esc, and asks for the system only while it is open", async () => {
  const host = new DemoHost();
  const ask = vi.spyOn(host, "ask");
  const count = (kind: string): number => ask.mock.calls.filter(([request]) => request.ask === kind).length;
  const { press, click, has, until } = await openWindow(host);
  expect(count("system")).toBe(0);
  press("y");
  await until(() => expect(count("system")).toBeGreaterThan(1));
  press("Escape");
  await until(() => expect(has("system-page")).toBe(false));
  const [systems, snapshots] = [count("system"), count("snapshot")];
  await until(() => expect(count("snapshot")).toBeGreaterThan(snapshots + 3));
  expect(count("system")).toBe(systems);
  click("status-bar");
  expect(has("system-page")).toBe(true);
  click("system-button");
  expect(has("system-page")).toBe(false);
});

it("says in one line that all is well", async () => {
  const { get } = await openSystem();
  expect(get("verdict-line").textContent).toContain("All is well · 9 sensors · load normal");
});

it("has the load in the top bar while it is not normal, also beside another matter, and is quiet when it is", async () => {
  const host = new DemoHost();
  const snapshot = host.snapshot.bind(host);
  let load = { level: "normal", leading: "cpu", value: 0.3 };
  host.snapshot = () => ({ ...snapshot(), load });
  const { get, has, until } = await openWindow(host);
  await until(() => expect(get("system-button").textContent).toContain("well"));
  expect(has("load-level")).toBe(false);
  load = { level: "high", leading: "memory", value: 0.93 };
  await until(() => expect(get("load-level").textContent).toMatch(/load high\s*memory 93\s%/));
  expect(get("system-button").textContent).not.toContain("well");
  expect(get("system-button").getAttribute("aria-label")).toMatch(/^System: load high, memory 93\s%$/);
  host.failing = true;
  await until(() => expect(get("system-button").textContent).toMatch(/2 paused.*load high/s));
});

it("announces another trouble, but not another figure in it", async () => {
  let score = 0.91;
  let level = "critical";
  const host = hostWith((system) => ({ ...system, load: system.load && { ...system.load, score, level } }));
  const { get, until } = await openSystem(host);
  await until(() => expect(get("verdict-spoken").textContent).toBe("The load is critical (91 %)"));
  expect(get("verdict-spoken").getAttribute("role")).toBe("status");
  score = 0.95;
  await until(() => expect(get("verdict-line").textContent).toContain("95 %"));
  expect(get("verdict-spoken").textContent).toContain("91 %");
  [score, level] = [0.75, "high"];
  await until(() => expect(get("verdict-spoken").textContent).toBe("The load is high (75 %)"));
});

it("names the gravest trouble first, what was done about it, and leads to where it is", async () => {
  const { get, until } = await openSystem(new DemoHost("failing"));
  expect(get("verdict-line").textContent).toContain("The disk of the recording folder is full, and");
  expect(get("troubles").textContent).toContain("Make room on it");
  expect(get("troubles").textContent).toMatch(/2 sources are paused.*Because the load is critical and memory is short/s);
  [...get("troubles").querySelectorAll("button")].find((button) => button.textContent === "See the tree")?.click();
  await until(() => get("tree"));
});

it("shows every pressure of the load as a meter that can be read without seeing it", async () => {
  const { get } = await openSystem();
  const meters = [...get("load").querySelectorAll('[role="meter"]')];
  expect(meters.map((meter) => meter.getAttribute("aria-label"))).toEqual(["Load", "Processor", "Messages", "Queues", "Memory", "Memory in use"]);
  expect(meters[0]?.getAttribute("aria-valuetext")).toMatch(/^\d+ %, normal$/);
  expect(get("load").textContent).toContain("50 % (elevated), 70 % (high), 85 % (critical)");
});

it("shows that the account adds up, and why samples are missing, two clicks from the screen", async () => {
  const { get } = await openSystem();
  expect(get("identity").dataset.holds).toBe("true");
  expect(get("identity").textContent).toContain("adds up");
  expect(get("account").textContent).toMatch(/1\s200 the worker's inbox was full/);
});

it("keeps the part of ended sensors in view, also where no sensor is left", async () => {
  const drops = [{ reason: "inbox_full", samples: 7 }];
  let ended = { sensors: 2, offered: 100, delivered: 93, drops, late: 0, duplicate: 0, gaps: 2, rejected: 0 };
  const host = hostWith((system) => ({ ...system, ended, sensors: [], sensors_total: 0 }));
  const { get, has, all, until } = await openSystem(host);
  await until(() => expect(get("ended").textContent).toMatch(/2 ended sensors.*100 offered.*93 delivered.*7 dropped.*adds up/s));
  all("system-tab").find((tab) => tab.dataset.id === "sensors")?.click();
  await until(() => expect(get("absent").textContent).toBe("No sensor is there."));
  expect(get("ended").title).toBe("7 samples: the worker's inbox was full");
  ended = { ...ended, sensors: 0, offered: 0, delivered: 0, drops: [] };
  await until(() => expect(has("ended")).toBe(false));
});

it("says so when the account does not add up", async () => {
  const host = hostWith((system) => ({ ...system, counters: { offered: 10, delivered: 10, dropped: 3 } }));
  const { get } = await openSystem(host);
  expect(get("identity").textContent).toContain("does not add up");
  expect(get("verdict-line").textContent).toContain("does not add up");
});

it("walks the tree with the keyboard, opens and closes branches, and shows a backtrace on demand", async () => {
  const { get, press, until } = await openSystem(new DemoHost("failing"), "tree");
  const grid = await until(() => get("tree"));
  const at = (): string | undefined => grid.querySelector<HTMLElement>('[aria-selected="true"]')?.dataset.key;
  press("ArrowDown", grid);
  await until(() => expect(at()).toBe("root"));
  press("ArrowRight", grid);
  await until(() => expect(at()).toBe("root/infrastructure"));
  press("ArrowLeft", grid);
  await until(() => expect(grid.querySelector('[data-key="root/infrastructure"]')?.getAttribute("aria-expanded")).toBe("false"));
  expect(grid.querySelector('[data-key="root/infrastructure/clock"]')).toBeNull();
  const given = [...grid.querySelectorAll<HTMLElement>("[role=row]")].find((row) => row.textContent?.includes("Given up"));
  expect(given?.querySelector("svg")).not.toBeNull();
  given?.click();
  await until(() => expect(get("backtrace").textContent).toContain("vendor::decode"));
  expect(get("backtrace").closest("details")?.open).toBe(false);
});

it("shows only what has failed, when asked", async () => {
  const { get, click, until } = await openSystem(new DemoHost("failing"), "tree");
  await until(() => get("tree"));
  click("trouble-only");
  await until(() => expect(get("tree").textContent).not.toContain("telemetry"));
  expect(get("tree").textContent).toMatch(/outbox.*Restarting/s);
});

it("renders a part of a thousand accounts, sorts and filters them, and shows one in full", async () => {
  const { all, get, until } = await openSystem(new DemoHost("thousand"), "sensors");
  await until(() => get("accounts"));
  expect(all("grid-row").length).toBeLessThan(80);
  expect(get("accounts").getAttribute("aria-rowcount")).toBe("1001");
  const names = (): (string | undefined)[] => all("grid-row").map((row) => row.dataset.key);
  all("sort").find((head) => head.dataset.id === "name")?.click();
  await until(() => expect(names()[0]).toBe("hall_1000"));
  all("sort").find((head) => head.dataset.id === "offered")?.click();
  await until(() => expect(all("sort").find((head) => head.dataset.id === "offered")?.closest("[role=columnheader]")?.getAttribute("aria-sort")).toBe("descending"));
  const filter = get("account-filter") as HTMLInputElement;
  filter.value = "participant 99";
  filter.dispatchEvent(new Event("input", { bubbles: true }));
  await until(() => expect(names()).toHaveLength(10));
  all("grid-row")[0]?.click();
  await until(() => expect(get("account-facts").textContent).toContain("adds up"));
});

it("tells what the recording holds of a sensor while one runs, and says that none does", async () => {
  const { host, all, get, until } = await openSystem(new DemoHost(), "sensors");
  await until(() => all("grid-row")[0]?.click());
  await until(() => expect(get("recorded").textContent).toContain("No recording runs"));
  await host.ask({ ask: "start_recording", title: "" });
  await until(() => expect(get("recorded").textContent).toMatch(/offered.*stored.*dropped.*adds up/s));
});

it("asks the worker of a chosen sensor for its last values, and says when it does not answer", async () => {
  const { host, all, click, get, until } = await openSystem(new DemoHost(), "sensors");
  await until(() => all("grid-row")[0]?.click());
  await until(() => get("ask-worker"));
  click("ask-worker");
  await until(() => expect(get("asked").textContent).toMatch(/Answered in .*samples delivered/));
  const ask = host.ask.bind(host);
  host.ask = async (request) => {
    if (request.ask === "ask_sensor") throw { code: "timeout", message: "It did not answer within 3s.", remedy: "Look at the tree." };
    return ask(request);
  };
  click("ask-worker");
  await until(() => expect(get("account-facts").querySelector('[role="alert"]')?.textContent).toContain("did not answer"));
});

it("begins with a branch of a thousand closed, and opens it on demand", async () => {
  const { all, get, until, press } = await openSystem(new DemoHost("thousand"), "tree");
  const grid = await until(() => get("tree"));
  expect(all("grid-row").length).toBeLessThan(40);
  const sensors = await until(() => all("grid-row").find((row) => row.dataset.key === "root/domain/sensors"));
  expect(sensors?.textContent).toMatch(/1\s000/);
  sensors?.click();
  press("Enter", grid);
  await until(() => expect(grid.getAttribute("aria-rowcount")).toMatch(/^10\d\d$/));
  expect(all("grid-row").length).toBeLessThan(160);
});

it("shows forty queues at first, all on demand, and says how many are not listed", async () => {
  const queues = Array.from({ length: 300 }, (_, index) => ({ name: `inbox ${index}`, policy: "drop_oldest", capacity: 64, depth: 0, bytes: 0, bytes_max: 1000, dropped: 0, overtaken: 0, refused: 0, waits: 0, waited_ms: 0 }));
  const { get, click, until } = await openSystem(hostWith((system) => ({ ...system, queues, queues_total: 4300 })), "queues");
  const rows = (): number => get("queues").querySelectorAll("tbody tr").length;
  await until(() => expect(rows()).toBe(40));
  expect(get("queues").textContent).toMatch(/4\s000 more queues are not listed/);
  click("all-queues");
  await until(() => expect(rows()).toBe(300));
});

it("shows a hostile name as text in the accounts", async () => {
  const { get, until } = await openSystem(new DemoHost(), "sensors");
  await until(() => expect(get("accounts").textContent).toContain(HOSTILE_NAME));
  expect(document.querySelector("img")).toBeNull();
});

it("says which sources are paused, in the table and in full", async () => {
  const { all, get, until } = await openSystem(new DemoHost("failing"), "sensors");
  const paused = await until(() => {
    const rows = all("grid-row").filter((row) => row.textContent?.includes("Paused"));
    expect(rows).toHaveLength(2);
    return rows;
  });
  paused[0]?.click();
  await until(() => expect(get("account-facts").textContent).toContain("Paused: the load is critical and memory is short"));
});

it("shows beside the latencies what was counted", async () => {
  const { get, until } = await openSystem(new DemoHost("failing"), "latencies");
  await until(() => expect(get("events").textContent).toContain("sensor calls late"));
});

it("shows every registry with its bound and what it refused", async () => {
  const { get, until } = await openSystem(new DemoHost("failing"), "queues");
  await until(() => expect(get("registries").textContent).toMatch(/peers.*1.?024.*7/s));
  expect(get("registries").textContent).toContain("join codes");
});

it("says plainly which parts are not there", async () => {
  const bare = { load: null, attention: null, backpressure: null, outbox: null, history: null, tiers: null, tasks: null, bio: null };
  const host = hostWith((system) => ({ ...system, ...bare, checks: [], breakers: [], entrances: [], latencies: [], sensors: [], sensors_total: 0, queues: [], queues_total: 0 }));
  const { all, until } = await openSystem(host);
  const absent = (count: number): Promise<void> => until(() => expect(all("absent")).toHaveLength(count));
  await absent(4);
  for (const [section, count] of [["sensors", 1], ["queues", 6], ["bio", 1], ["latencies", 1]] as const) {
    all("system-tab").find((tab) => tab.dataset.id === section)?.click();
    await absent(count);
  }
});

it("says what went wrong when the core refuses, keeps what it knows, and recovers", async () => {
  let refuses = true;
  const host = new DemoHost();
  const ask = host.ask.bind(host);
  host.ask = async (request) => {
    if (request.ask === "system" && refuses) throw { code: "internal", message: "The core is busy.", remedy: "" };
    return ask(request);
  };
  const { click, get, until } = await openWindow(host);
  click("system-button");
  await until(() => expect(get("verdict-line").textContent).toContain("did not answer"));
  await until(() => expect(get("system-page").querySelector('[role="alert"]')?.textContent).toContain("The core is busy."));
  refuses = false;
  await until(() => expect(get("verdict-line").textContent).toContain("All is well"));
});

it("switches a bio module and shows its factor gone", async () => {
  const { host, all, until } = await openSystem(new DemoHost(), "bio");
  const circadian = (): HTMLElement | undefined => all("bio-switch").find((one) => one.dataset.name === "circadian");
  await until(() => expect(circadian()?.getAttribute("aria-checked")).toBe("true"));
  circadian()?.click();
  await until(() => expect(circadian()?.getAttribute("aria-checked")).toBe("false"));
  expect(host.asked).toContainEqual({ ask: "set_switch", name: "circadian", enabled: false });
  expect(circadian()?.closest("tr")?.textContent).toContain("×1.00");
});

it("walks the tabs with the arrow keys and gives every control a name", async () => {
  const { all, press, until } = await openSystem();
  for (const id of ["tree", "sensors", "queues", "bio", "latencies"]) {
    const chosen = all("system-tab").find((tab) => tab.getAttribute("aria-selected") === "true");
    press("ArrowRight", chosen);
    await until(() => expect((document.activeElement as HTMLElement).dataset.id).toBe(id));
    for (const control of document.querySelectorAll("button, input, [role=meter], [role=treegrid], [role=grid]")) {
      const name = control.getAttribute("aria-label") || control.textContent?.trim() || (control as HTMLInputElement).labels?.[0]?.textContent?.trim();
      expect(name, control.outerHTML).toBeTruthy();
    }
  }
});
