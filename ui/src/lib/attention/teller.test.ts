import { expect, it, vi } from "vitest";
import type { Request } from "../../api/Request";
import type { Look } from "./gaze";
import type { Report } from "./reporter";
import { AttentionTeller } from "./teller";

const look = (sensor: string): Look => ({ sensor, attribute: null, view: true, hover: false, focus: false, pin: false });
const report = (looks: Look[], more: Partial<Report> = {}): Report => ({ hidden: false, listed: [], looks, ...more });

function bench() {
  const asked: Extract<Request, { ask: "attention" }>[] = [];
  let fails = false;
  const ask = vi.fn(async (request: Request) => {
    if (request.ask === "attention") asked.push(request);
    if (fails) throw new Error("no");
  });
  const last = (): string[] =>
    (asked.at(-1)?.events ?? []).map((event) => ("targets" in event ? `${event.event} ${event.targets.map((one) => one.sensor).join(",")}` : event.event));
  return { teller: new AttentionTeller(ask), asked, last, fail: (on: boolean) => (fails = on) };
}

it("names itself once, in letters and digits, differently for each page", async () => {
  const [one, other] = [bench(), bench()];
  await one.teller.tell(report([]));
  expect(one.teller.viewer).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
  expect(one.asked[0]?.viewer).toBe(one.teller.viewer);
  expect(other.teller.viewer).not.toBe(one.teller.viewer);
});

it("says first that it is visible and what it lists, then what is in view", async () => {
  const { teller, last } = bench();
  await teller.tell(report([look("a")], { listed: ["a", "b"] }));
  expect(last()).toEqual(["page_visible", "register a,b", "view_enter a"]);
  await teller.tell(report([look("a")], { listed: ["a", "b", "c"], hidden: true }));
  expect(last()).toEqual(["page_hidden", "register c", "view_enter a"]);
});

it("takes back what may have arrived, though its answer got lost", async () => {
  const { teller, last, fail } = bench();
  fail(true);
  await expect(teller.tell(report([look("a")]))).rejects.toThrow();
  fail(false);
  await teller.tell(report([]));
  expect(last()).toEqual(["page_visible", "view_leave a"]);
});

it("lists a crowd in lots that the core takes, and says that there is more", async () => {
  const { teller, asked } = bench();
  const listed = Array.from({ length: 4500 }, (_, index) => `hall_${index}`);
  expect(await teller.tell(report([], { listed }))).toBe(true);
  expect(await teller.tell(report([], { listed }))).toBe(true);
  expect(await teller.tell(report([], { listed }))).toBe(false);
  const lots = asked.map(({ events }) => events.flatMap((event) => (event.event === "register" ? event.targets : [])).length);
  expect(lots).toEqual([2000, 2000, 500]);
});

it("lists everything anew from time to time, for a core that came back without memory", async () => {
  const { teller, asked } = bench();
  for (let n = 0; n < 13; n += 1) await teller.tell(report([], { listed: ["a"] }));
  expect(asked.filter(({ events }) => events.some((event) => event.event === "register"))).toHaveLength(2);
});

it("says that the page goes", async () => {
  const { teller, last } = bench();
  await teller.leave();
  expect(last()).toEqual(["gone"]);
});
