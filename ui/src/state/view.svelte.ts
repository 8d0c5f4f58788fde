/**
 * What the operator is looking at: which sensor, which of its streams and
 * channels, how wide a window, paused or not, the System view in its place, and
 * which dialog is open. It is the window's own state; the host never hears of it
 * but through frames and reports of attention.
 */
import { getContext, setContext } from "svelte";
import type { SensorRow } from "../api/SensorRow";
import type { StreamRow } from "../api/StreamRow";
import { recall, remember } from "../lib/remember";

export const WINDOWS_S = [5, 10, 30, 60, 120] as const;
export type WindowSecs = (typeof WINDOWS_S)[number];
export type DialogName = "scenarios" | "bluetooth" | "recordings" | "help" | "record";
/** What the large part of the window shows. */
export type Place = "sensor" | "system";
export const SECTIONS = ["overview", "tree", "sensors", "queues", "bio", "latencies"] as const;
export type Section = (typeof SECTIONS)[number];

export class View {
  sensorId = $state<string | null>(null);
  windowSecs = $state<WindowSecs>(recallWindow());
  paused = $state(false);
  dialog = $state<DialogName | null>(null);
  place = $state<Place>("sensor");
  /** The part of the System view that is open; kept while the window lives. */
  section = $state<Section>("overview");
  /** The chosen stream of each sensor, so that coming back finds it again. */
  #attributes = $state.raw<Readonly<Record<string, string>>>({});
  #channels = $state.raw<Readonly<Record<string, number>>>({});

  /** The chosen sensor, or the first where the chosen one is gone. */
  sensor(sensors: readonly SensorRow[]): SensorRow | null {
    return sensors.find((sensor) => sensor.id === this.sensorId) ?? sensors[0] ?? null;
  }

  /** The chosen stream of a sensor, or its most telling one. */
  stream(sensor: SensorRow): StreamRow | null {
    const chosen = this.#attributes[sensor.id];
    return sensor.streams.find((stream) => stream.attribute === chosen) ?? sensor.streams[0] ?? null;
  }

  channel(sensor: SensorRow, stream: StreamRow): number {
    const chosen = this.#channels[`${sensor.id} ${stream.attribute}`] ?? 0;
    return chosen < stream.channels.length ? chosen : 0;
  }

  chooseSensor(id: string): void {
    if (id !== this.sensorId) this.paused = false;
    this.sensorId = id;
    this.place = "sensor";
  }

  /** Opens the System view, at a section or where it was left. */
  openSystem(section: Section = this.section): void {
    this.section = section;
    this.place = "system";
  }

  toggleSystem(): void {
    if (this.place === "system") this.place = "sensor";
    else this.openSystem();
  }

  chooseStream(sensor: SensorRow, attribute: string): void {
    if (this.stream(sensor)?.attribute !== attribute) this.paused = false;
    this.#attributes = { ...this.#attributes, [sensor.id]: attribute };
  }

  chooseChannel(sensor: SensorRow, stream: StreamRow, channel: number): void {
    this.#channels = { ...this.#channels, [`${sensor.id} ${stream.attribute}`]: channel };
  }

  chooseWindow(secs: WindowSecs): void {
    this.windowSecs = secs;
    remember("window", String(secs));
  }
}

function recallWindow(): WindowSecs {
  const stored = recall("window", WINDOWS_S.map(String), "10");
  return WINDOWS_S.find((secs) => String(secs) === stored) ?? 10;
}

const KEY = Symbol("view");

export function provideView(view: View): View {
  return setContext(KEY, view);
}

export function useView(): View {
  return getContext<View>(KEY);
}
