import { expect, it } from "vitest";
import type { SensorAccount } from "../../api/SensorAccount";
import { DemoHost } from "../../host/demo-host";
import { COLUMNS, MIN_WIDTH_REM, NOT_RECORDED, outOfOrderText } from "./accounts";

const [FIRST] = new DemoHost().system().sensors;
const row = (change: Partial<SensorAccount>): SensorAccount => ({ ...FIRST!, ...change });
const column = (id: string) => COLUMNS.find((one) => one.id === id)!;

it("fits into a window of 1280 px, with the page's edges and a scrollbar", () => {
  const [remPx, edgesPx, scrollbarPx] = [16, 2 * 16 + 2, 16];
  expect(MIN_WIDTH_REM * remPx + edgesPx + scrollbarPx).toBeLessThanOrEqual(1280);
});

it("shows what the recording holds, and where none runs nothing and why", () => {
  const recorded = { offered: 12, stored: 0, dropped: 12 };
  expect(column("stored").text(row({ recorded }))).toBe("0");
  expect(column("stored").hint?.(row({ recorded }))).toBeUndefined();
  expect(column("stored").text(row({ recorded: null }))).toBe("–");
  expect(column("stored").hint?.(row({ recorded: null }))).toBe(NOT_RECORDED);
});

it("says in one column what came out of order, and which way in the hint", () => {
  const late = row({ late: 12, duplicate: 3, out_of_order: 15 });
  expect(column("out_of_order").text(late)).toBe("15");
  expect(column("out_of_order").hint?.(late)).toBe("12 late, 3 twice");
  expect(outOfOrderText(row({ late: 0, duplicate: null }))).toBe("");
});

it("has the whole name at hand where there is no room for it", () => {
  const name = "A very long name ".repeat(9);
  expect(column("name").hint?.(row({ name }))).toBe(name);
});
