/** The known devices of the scripted host, and what slow values were lately. */
import type { KnownDevices } from "../../api/KnownDevices";
import type { KnownRow } from "../../api/KnownRow";
import type { Request } from "../../api/Request";
import type { SensorTrails } from "../../api/SensorTrails";
import { HOSTILE_NAME } from "./people";
import { noise } from "./signals";

const DAY_MS = 86_400_000;

export function knownAt(nowMs: number): KnownRow[] {
  const device = (address: string, name: string, more: Partial<KnownRow>): KnownRow => ({
    device: address,
    name,
    alias: "",
    owner: "",
    room: "",
    driver: "",
    last_seen_ms: nowMs - 3 * DAY_MS,
    rates: [],
    reconnects: true,
    link: null,
    battery_percent: null,
    rssi_dbm: null,
    ...more,
  });
  return [
    device("A0:9E:1A:7C:11:02", "Polar H10 7C11", { alias: "Strap 1", owner: "Anna Keller", room: "Lab 3", driver: "Polar", last_seen_ms: nowMs, link: "live", battery_percent: 90, rssi_dbm: -61, rates: [{ attribute: "heart_rate", hz: 1 }] }),
    device("A0:9E:1A:7C:23:55", "Polar H10 2355", { alias: "Strap 2", owner: "Ben Okafor", room: "Lab 3", driver: "Polar", last_seen_ms: nowMs - 2 * DAY_MS }),
    device("C7:10:44:0B:9A:31", "Movesense 223430000112", { room: "Store room, second shelf", reconnects: false, last_seen_ms: nowMs - 40 * DAY_MS }),
    device("F1:00:00:00:66:07", HOSTILE_NAME, { owner: "A person with a name that is longer than the column in which it has to find its place", last_seen_ms: null }),
  ];
}

export function listOf(devices: readonly KnownRow[]): KnownDevices {
  return { devices: [...devices], max: 1000, words: "", problem: null };
}

/** What the operator says of a device; false if it is not known. */
export function saidOf(devices: readonly KnownRow[], said: Extract<Request, { ask: "set_known" }>): KnownRow[] | null {
  const { ask: _, ...words } = said;
  if (!devices.some((one) => one.device === said.device)) return null;
  return devices.map((one) => (one.device === said.device ? { ...one, ...words } : one));
}

/** The trails of a sensor with this signal and this charge. */
export function trailsOf(rssiDbm: number | null, batteryPercent: number | null): SensorTrails {
  const dots = (count: number, apart: number, value: (age: number) => number): SensorTrails["rssi"] =>
    Array.from({ length: count }, (_, index) => {
      const age_secs = (count - 1 - index) * apart + apart / 2;
      return { age_secs, value: value(age_secs) };
    });
  return {
    rssi: rssiDbm === null ? [] : dots(120, 30, (age) => rssiDbm + 6 * noise(Math.floor(age))).filter((dot) => dot.age_secs < 1500 || dot.age_secs > 1900),
    rssi_secs: 3600,
    battery: batteryPercent === null ? [] : dots(60, 600, (age) => Math.min(100, Math.round(batteryPercent + age / 3600))),
    battery_secs: 43_200,
    empty_in_secs: batteryPercent === null ? null : batteryPercent * 3600,
  };
}
