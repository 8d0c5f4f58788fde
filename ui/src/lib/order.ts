/**
 * An order of devices that stays while their signals jitter: what is known
 * keeps its place, what is new comes to the end. When it begins, what the
 * console can read comes first, then the stronger signal.
 */
import type { DeviceRow } from "../api/DeviceRow";

/** More places than devices in any room; the oldest are forgotten beyond it. */
const PLACES_MAX = 2000;

export class StableOrder {
  #places = new Map<string, number>();
  #next = 0;

  /** The devices in their order. */
  arrange(devices: readonly DeviceRow[]): DeviceRow[] {
    const fresh = devices.filter((device) => !this.#places.has(device.device));
    if (this.#places.size + fresh.length > PLACES_MAX) this.#places.clear();
    for (const device of fresh.sort(byWorth)) this.#places.set(device.device, this.#next++);
    const place = (device: DeviceRow): number => this.#places.get(device.device) ?? Infinity;
    return [...devices].sort((a, b) => place(a) - place(b));
  }

  /** Orders afresh at the next chance. */
  forget(): void {
    this.#places.clear();
  }
}

function byWorth(a: DeviceRow, b: DeviceRow): number {
  if (a.supported !== b.supported) return a.supported ? -1 : 1;
  return (b.rssi_dbm ?? -999) - (a.rssi_dbm ?? -999);
}
