import { expect, it } from "vitest";
import type { SensorAccount } from "../../api/SensorAccount";
import { DemoHost } from "../../host/demo-host";
import { COLUMNS, MIN_WIDTH_REM, NOT_RECORDED, outOfOrderText, paceText } from "./accounts";

const [FIRST] = new DemoHost().system().sensors;
const row = (change: Partial<SensorAccount>): SensorAccount => ({ ...FIRST!, ...change });
const column = (id: string) => COLUMNS.find((one) => one.id === id)!;

it("fits beside the list of the sensors in a window of 1280 px, with a scrollbar", () => {
  const [remPx, listPx, edgesPx, scrollbarPx] = [16, 294, 2 * 16 + 2, 16];
  expect(MIN_WIDTH_REM * remPx + listPx + edgesPx + scrollbarPx).toBeLessThanOrEqual(1280);
});

it("shows what the recording holds, and where none runs nothing and why", () => {
  const recorded = { offered: 12, stored: 0, dropped: 12 };
  expect(column("stored").text(row({ recorded }))).toBe("0");
  expect(column("stored").hint?.(row({ recorded }))).toBe("0");
  expect(column("stored").text(row({ recorded: null }))).toBe("–");
  expect(column("stored").hint?.(row({ recorded: null }))).toBe(NOT_RECORDED);
});

it("says in the details which way samples came out of order, and how fast they come", () => {
  expect(outOfOrderText(row({ late: 12, duplicate: 3, out_of_order: 15 }))).toBe("12 late, 3 twice");
  expect(paceText(row({ message_hz: 2, sample_hz: 250 }))).toBe("2.00 messages a second, 250 samples a second");
  expect(paceText(row({ message_hz: null }))).toBe("");
  expect(outOfOrderText(row({ late: 0, duplicate: null }))).toBe("");
});

it("has the whole name at hand where there is no room for it", () => {
  const name = "A very long name ".repeat(9);
  expect(column("name").hint?.(row({ name }))).toBe(name);
});
