import { afterEach, expect, it, vi } from "vitest";
import { watchBattery } from "./battery";

afterEach(() => vi.unstubAllGlobals());

function browserWith(level: number, charging: boolean) {
  const battery = Object.assign(new EventTarget(), { level, charging });
  vi.stubGlobal("navigator", { getBattery: async () => battery });
  return battery;
}

it("tells the battery at once and after every change, until it is stopped", async () => {
  const battery = browserWith(0.29, false);
  const changed = vi.fn();
  const stop = watchBattery(changed);
  await vi.waitFor(() => expect(changed).toHaveBeenCalledWith({ percent: 29, charging: false }));
  Object.assign(battery, { charging: true }).dispatchEvent(new Event("chargingchange"));
  expect(changed).toHaveBeenLastCalledWith({ percent: 29, charging: true });
  stop();
  battery.dispatchEvent(new Event("levelchange"));
  expect(changed).toHaveBeenCalledTimes(2);
});

it("is silent where the browser does not tell", () => {
  vi.stubGlobal("navigator", {});
  expect(() => watchBattery(vi.fn())()).not.toThrow();
});
