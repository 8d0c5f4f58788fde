import { expect, it } from "vitest";
import type { DeviceRow } from "../api/DeviceRow";
import { StableOrder } from "./order";

const device = (id: string, dbm: number | null, supported = true): DeviceRow => ({
  device: id,
  name: id,
  known: false,
  rssi_dbm: dbm,
  services: [],
  supported,
  link: null,
  age_secs: 0,
});
const ids = (rows: readonly DeviceRow[]): string => rows.map((row) => row.device).join(" ");

it("begins with what can be read, the strongest first", () => {
  const rows = [device("lamp", -40, false), device("weak", -80), device("strong", -50), device("mute", null)];
  expect(ids(new StableOrder().arrange(rows))).toBe("strong weak mute lamp");
});

it("keeps every place while signals jitter, and puts newcomers last", () => {
  const order = new StableOrder();
  order.arrange([device("a", -50), device("b", -60)]);
  expect(ids(order.arrange([device("b", -40), device("new", -30), device("a", -90)]))).toBe("a b new");
});

it("gives a device its old place when it comes back", () => {
  const order = new StableOrder();
  order.arrange([device("a", -50), device("b", -60), device("c", -70)]);
  expect(ids(order.arrange([device("c", -70), device("a", -50)]))).toBe("a c");
  expect(ids(order.arrange([device("c", -70), device("b", -60), device("a", -50)]))).toBe("a b c");
});

it("orders afresh when asked", () => {
  const order = new StableOrder();
  order.arrange([device("a", -50), device("b", -60)]);
  order.forget();
  expect(ids(order.arrange([device("a", -90), device("b", -60)]))).toBe("b a");
});
