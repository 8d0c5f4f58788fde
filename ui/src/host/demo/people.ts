/** The sensors of the scripted host: a small group, hostile names, a lost strap, or three hundred. */
import type { Links } from "../../api/Links";
import type { LinkView } from "../../api/LinkView";
import type { NoData } from "../../api/NoData";
import type { SensorAlarm } from "../../api/SensorAlarm";
import type { SensorRow } from "../../api/SensorRow";
import { isOut, type Outages } from "./frame";
import {
  battery,
  bloodPressure,
  ecg,
  heartRate,
  location,
  respiration,
  rr,
  spo2,
  temperature,
  type DemoStream,
} from "./signals";

export interface DemoSensor {
  readonly id: string;
  readonly name: string;
  readonly source: "Bluetooth" | "Simulator";
  readonly link: LinkView;
  readonly note: string;
  readonly batteryPercent: number | null;
  readonly rssiDbm: number | null;
  readonly streams: readonly DemoStream[];
  readonly dropped: number;
  readonly rejected: number;
  readonly outages: Outages;
}

/** A name as a hostile device would give it. */
export const HOSTILE_NAME = "<img src=x onerror=alert(1)> \u202Egnorw si siht Strap with a very long name that does not end";

const plain = { link: "live", note: "", rssiDbm: null, dropped: 0, rejected: 0, outages: [], source: "Simulator" } as const;

/** The small group, as seen at `nowSecs`. */
export function smallGroup(nowSecs: number): DemoSensor[] {
  return [
    strap(nowSecs),
    { ...plain, id: "sg_person_1", name: "Anna Keller", batteryPercent: 82, streams: [ecg(68, 1), heartRate(68, 1), spo2(1), respiration(1), temperature(1), battery(82)] },
    { ...plain, id: "sg_person_2", name: "Ben Okafor", batteryPercent: 61, streams: [ecg(74, 2, 100), bloodPressure(2), temperature(2), battery(61)] },
    { ...plain, id: "sg_person_3", name: "Chiara Rossi", batteryPercent: 14, dropped: 1284, streams: [spo2(3), heartRate(81, 3), battery(14)], outages: [[nowSecs - 4.2, nowSecs - 2.6]] },
    { ...plain, id: "sg_person_4", name: "Daniel Weiss", batteryPercent: 97, streams: [location(4), battery(97)] },
    { ...plain, id: "hostile", name: HOSTILE_NAME, source: "Bluetooth", batteryPercent: null, rssiDbm: -88, link: "connecting", streams: [] },
    { ...plain, id: "gone", name: "HRM-Pro 8812", source: "Bluetooth", batteryPercent: 44, rssiDbm: -91, link: "lost", note: "Out of range or switched off; trying again in 8 s", rejected: 3, streams: [heartRate(90, 6), rr(90, 6)], outages: [[nowSecs - 6, Infinity]] },
    { ...plain, id: "quiet", name: "Chest belt 2", batteryPercent: 55, link: "silent", note: "Nothing has come for 7 s", streams: [respiration(8)], outages: [[nowSecs - 7, Infinity]] },
    { ...plain, id: "ended", name: "Emil Novak", batteryPercent: null, link: "stopped", note: "Its scenario was stopped", streams: [temperature(9)], outages: [[nowSecs - 40, Infinity]] },
  ];
}

function strap(nowSecs: number): DemoSensor {
  const gap = [[nowSecs - 31, nowSecs - 26], [nowSecs - 3.1, nowSecs - 2.2]] as const;
  return { ...plain, id: "ble:A0:9E:1A:7C:11:02", name: "Polar H10 7C11", source: "Bluetooth", batteryPercent: 90, rssiDbm: -61, outages: gap, streams: [heartRate(72, 5, 4), rr(72, 5)] };
}

/** A hall full of people. */
export function manySensors(count: number): DemoSensor[] {
  return Array.from({ length: count }, (_, index) => ({
    ...plain,
    id: `hall_${index + 1}`,
    name: `Participant ${String(index + 1).padStart(3, "0")}`,
    batteryPercent: 40 + (index % 60),
    streams: [ecg(60 + (index % 40), index, 100), heartRate(60 + (index % 40), index), temperature(index)],
  }));
}

const LEVELS = ["high", "medium", "medium", "low", "none"] as const;
/** ms and samples by attention. */
export const GATHER = { high: [100, 1], medium: [500, 5], low: [2000, 10], none: [5000, 20] } as const;

/** A sensor as the snapshot shows it at `now`, seconds since 1970; `held`: the load is critical. */
export function rowOf(sensor: DemoSensor, now: number, index: number, held: boolean): SensorRow {
  const attention = LEVELS[index % LEVELS.length] ?? "low";
  const paused = held && sensor.link === "live" && (attention === "low" || attention === "none");
  const out = sensor.outages.find(([, to]) => to === Infinity);
  const alarm: SensorAlarm | null = out && sensor.link !== "stopped" && now - out[0] > 2 ? { words: "No data", secs: now - out[0] } : null;
  const strapped = sensor.source === "Bluetooth" && sensor.link === "live";
  return {
    id: sensor.id,
    name: strapped ? "Strap 1" : sensor.name,
    own_name: strapped ? sensor.name : null,
    owner: strapped ? "Anna Keller" : "",
    room: strapped ? "Lab 3" : "",
    alarm,
    health: alarm ? "silent" : sensor.dropped > 0 ? "short" : "good",
    source: sensor.source,
    device: sensor.source === "Bluetooth" ? sensor.id : null,
    link: sensor.link,
    link_note: paused && sensor.link === "live" ? "Paused: nobody watches it, and the machine is at its limit." : sensor.note,
    battery_percent: sensor.batteryPercent,
    rssi_dbm: sensor.rssiDbm,
    rejected: sensor.rejected,
    attention,
    obeys_advice: true,
    paused,
    advice: { paused, window_ms: GATHER[attention][0] * (held ? 5 : 1), batch_size: GATHER[attention][1] },
    streams: sensor.streams.map((stream, index) => {
      const ends = sensor.outages.find(([, to]) => to === Infinity);
      const newest = isOut(now, sensor.outages) && ends ? ends[0] : Math.floor(now * stream.rateHz) / stream.rateHz;
      const short = index === 0 && sensor.dropped > 0;
      const rate = stream.rateHz * (short ? 0.91 : 1);
      return {
        expected_rate_hz: stream.rateHz,
        expected_by: strapped ? "learned" : "promised",
        health: alarm ? "silent" : short ? "short" : "good",
        health_words: alarm ? `No data for ${Math.floor(alarm.secs)} s` : `${figure(rate)} of ${strapped ? "usually " : ""}${figure(stream.rateHz)} Hz${short ? ", too few" : ""}`,
        attribute: stream.attribute,
        label: stream.label,
        channels: stream.channels.map(({ name, unit, digits, at }) => ({ name, unit, digits, value: at(newest), words: null, plausible: true })),
        rate_hz: ends ? 0 : stream.rateHz * (1 + 0.0004 * Math.sin(now)),
        nominal_rate_hz: stream.rateHz,
        age_secs: now - newest,
        offered: 100_000,
        dropped: index === 0 ? sensor.dropped : 0,
        gaps: sensor.outages.length,
      };
    }),
  };
}

function figure(hz: number): string {
  return String(Number(hz.toFixed(hz >= 9.995 ? 1 : 2)));
}

/** Which of these sensors deliver nothing although they should. */
export function noDataOf(sensors: readonly SensorRow[]): NoData | null {
  const silent = sensors.filter((sensor) => sensor.alarm !== null);
  const first = silent[0];
  return first ? { sensors: silent.length, first: first.id, words: `No data from ${silent.map((sensor) => sensor.name).join(", ")}.` } : null;
}

export function linksOf(used: number): Links {
  return used < 6
    ? { used, usual: 7, room: "ample", words: `${used} of about 7 links in use.` }
    : { used, usual: 7, room: "near", words: `${used} of about 7 links in use; more may fail. For more, add a second adapter.` };
}
