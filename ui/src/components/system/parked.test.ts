import { expect, it } from "vitest";
import type { Request } from "../../api/Request";
import { DemoHost } from "../../host/demo-host";
import { parkedAt } from "../../host/demo/parked";
import { HOSTILE_NAME } from "../../host/demo/people";
import { openWindow, type Bench } from "../test-bench";

/** The window with its stores open. */
async function openStores(host: DemoHost): Promise<Bench> {
  const bench = await openWindow(host);
  bench.click("system-button");
  await bench.until(() => bench.get("verdict-line"));
  bench.all("system-tab").find((tab) => tab.dataset.id === "queues")?.click();
  await bench.until(() => bench.get("outbox"));
  return bench;
}

const asked = (host: DemoHost, kind: Request["ask"]): Request[] => host.asked.filter((request) => request.ask === kind);
const ids = ({ all }: Bench): (string | undefined)[] => all("parked-row").map((row) => row.dataset.id);

/** The host, which answers one kind of request otherwise. */
function answering(host: DemoHost, kind: Request["ask"], answer: () => Promise<never>): () => void {
  const ask = host.ask.bind(host);
  host.ask = (request) => (request.ask === kind ? answer() : ask(request));
  return () => (host.ask = ask);
}

const timeout = { code: "timeout", message: "Of the outbox: it did not answer in time.", remedy: "It may still be done." };

it("lists what was set aside with when, what and why, as text", async () => {
  const bench = await openStores(new DemoHost("failing"));
  await bench.until(() => expect(ids(bench)).toEqual(["4107", "4390", "4391"]));
  const row = bench.all("parked-row")[1]?.textContent;
  expect(row).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d.*history A0:9E:1A:7C:11:02 ecg.*its numbers overlap.*5.*96\.2 kB/s);
  expect(bench.get("parked").textContent).toContain(HOSTILE_NAME);
  expect(bench.get("parked").querySelector("img")).toBeNull();
  expect(bench.get("outbox").textContent).toMatch(/Set aside\s*3/);
  expect(bench.get("outbox").textContent).toContain("3 messages were set aside");
});

it("shows no list and asks for none where nothing was set aside", async () => {
  const bench = await openStores(new DemoHost());
  expect(bench.has("parked")).toBe(false);
  expect(asked(bench.host, "parked")).toEqual([]);
});

it("releases a message at once", async () => {
  const bench = await openStores(new DemoHost("failing"));
  await bench.until(() => expect(ids(bench)).toHaveLength(3));
  bench.click("parked-release", bench.all("parked-row")[1]);
  await bench.until(() => expect(ids(bench)).toEqual(["4107", "4391"]));
  expect(asked(bench.host, "release_parked")).toEqual([{ ask: "release_parked", id: 4390 }]);
});

it("asks once more before it discards a message, and keeps it where the operator says so", async () => {
  const bench = await openStores(new DemoHost("failing"));
  await bench.until(() => expect(ids(bench)).toHaveLength(3));
  bench.click("parked-discard", bench.all("parked-row")[0]);
  expect(bench.get("discard-dialog").getAttribute("role")).toBe("alertdialog");
  expect(bench.get("discard-dialog").textContent).toContain("4107");
  bench.click("discard-keep");
  await bench.until(() => expect(bench.has("discard-dialog")).toBe(false));
  expect(asked(bench.host, "discard_parked")).toEqual([]);
  bench.click("parked-discard", bench.all("parked-row")[0]);
  bench.click("discard-confirm");
  await bench.until(() => expect(ids(bench)).toEqual(["4390", "4391"]));
  expect(bench.has("discard-dialog")).toBe(false);
  expect(asked(bench.host, "discard_parked")).toEqual([{ ask: "discard_parked", id: 4107 }]);
});

it("takes the list away with the last message", async () => {
  const host = new DemoHost("failing");
  host.parked = host.parked.slice(0, 1);
  const bench = await openStores(host);
  await bench.until(() => expect(bench.get("outbox").textContent).toContain("1 message was set aside"));
  await bench.until(() => bench.click("parked-release"));
  await bench.until(() => expect(bench.has("parked")).toBe(false));
});

it("holds every button while a release is under way, and says beside them what went wrong", async () => {
  const bench = await openStores(new DemoHost("failing"));
  await bench.until(() => expect(ids(bench)).toHaveLength(3));
  let fail = (_: unknown): void => {};
  const recover = answering(bench.host, "release_parked", () => new Promise((_, reject) => (fail = reject)));
  bench.click("parked-release");
  const buttons = (): Element[] => [...bench.all("parked-release"), ...bench.all("parked-discard")];
  await bench.until(() => expect(buttons().every((button) => button.hasAttribute("disabled"))).toBe(true));
  fail(timeout);
  await bench.until(() => expect(bench.get("parked").querySelector('[role="alert"]')?.textContent).toContain("It may still be done."));
  await bench.until(() => expect(buttons().some((button) => button.hasAttribute("disabled"))).toBe(false));
  expect(ids(bench)).toHaveLength(3);
  recover();
  bench.click("parked-release");
  await bench.until(() => expect(bench.get("parked").querySelector('[role="alert"]')).toBeNull());
});

it("says in the question itself why a message could not be discarded", async () => {
  const bench = await openStores(new DemoHost("failing"));
  await bench.until(() => expect(ids(bench)).toHaveLength(3));
  answering(bench.host, "discard_parked", () => Promise.reject(timeout));
  bench.click("parked-discard");
  bench.click("discard-confirm");
  await bench.until(() => expect(bench.get("discard-dialog").querySelector('[role="alert"]')?.textContent).toContain("did not answer in time"));
});

it("says so when the list can't be read, shows no empty one, and asks again on demand", async () => {
  const host = new DemoHost("failing");
  const damaged = { code: "bad_file", message: "outbox.db is damaged.", remedy: "Move it away." };
  const recover = answering(host, "parked", () => Promise.reject(damaged));
  const bench = await openStores(host);
  await bench.until(() => expect(bench.get("parked").querySelector('[role="alert"]')?.textContent).toContain("outbox.db is damaged."));
  expect(bench.get("parked").textContent).not.toContain("Nothing");
  recover();
  bench.click("parked-again");
  await bench.until(() => expect(ids(bench)).toHaveLength(3));
});

it("goes through a long list page by page, and back to the first when a page has emptied", async () => {
  const host = new DemoHost("failing");
  const [one] = parkedAt(Date.now());
  host.parked = Array.from({ length: 21 }, (_, index) => ({ ...one!, id: index + 1 }));
  const bench = await openStores(host);
  await bench.until(() => expect(ids(bench)).toHaveLength(20));
  expect(bench.get("parked").textContent).toContain("20 of 21 messages");
  bench.click("parked-next");
  await bench.until(() => expect(ids(bench)).toEqual(["21"]));
  bench.click("parked-release");
  await bench.until(() => expect(ids(bench)).toHaveLength(20));
  expect(ids(bench)[0]).toBe("1");
});
