/**
 * The battery of the viewing machine, where the browser tells it (Chromium
 * does, WebKit does not): a machine that runs low asks for less.
 */
import type { BatteryState } from "./reporter";

interface BatteryManager extends EventTarget {
  readonly level: number;
  readonly charging: boolean;
}

/** Calls at once and after every change; gives the way to stop. Silent where there is no battery to ask. */
export function watchBattery(changed: (battery: BatteryState) => void): () => void {
  const ask = (navigator as { getBattery?: () => Promise<BatteryManager> }).getBattery;
  const stop = new AbortController();
  ask?.call(navigator).then((battery) => {
    if (stop.signal.aborted) return;
    const tell = (): void => changed({ percent: Math.round(battery.level * 100), charging: battery.charging });
    tell();
    for (const event of ["levelchange", "chargingchange"]) battery.addEventListener(event, tell, { signal: stop.signal });
  }, () => {});
  return () => stop.abort();
}
