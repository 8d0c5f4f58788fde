/**
 * What the console knows about a kind of stream for the eye alone: its colour
 * token, the smallest span worth showing, and the values that can't occur.
 * Recognised by the host's label, then by the attribute's id; anything else is
 * generic. Nothing here decides what is recorded.
 */
import type { StreamRow } from "../api/StreamRow";
import type { RangeLimits } from "./scale";

export type Kind =
  | "ecg"
  | "heart-rate"
  | "rr-interval"
  | "hrv"
  | "spo2"
  | "respiration"
  | "temperature"
  | "blood-pressure"
  | "battery"
  | "location"
  | "energy"
  | "generic";

const LIMITS: Record<Kind, RangeLimits> = {
  ecg: { minSpan: 1, zeroShare: 0.25 },
  "heart-rate": { minSpan: 30, floor: 0 },
  "rr-interval": { minSpan: 200, floor: 0 },
  hrv: { minSpan: 20, floor: 0 },
  spo2: { minSpan: 8, floor: 0, ceiling: 100 },
  respiration: { minSpan: 20 },
  temperature: { minSpan: 1 },
  "blood-pressure": { minSpan: 40, floor: 0 },
  battery: { minSpan: 10, floor: 0, ceiling: 100 },
  location: { minSpan: 0.0005 },
  energy: { minSpan: 10, floor: 0 },
  generic: { minSpan: 0 },
};

const NAMES: readonly (readonly [Kind, RegExp])[] = [
  ["ecg", /^(ecg|ekg|electrocardio)/],
  ["hrv", /^(hrv|heart[ _-]?rate[ _-]?variability)/],
  ["heart-rate", /^(heart[ _-]?rate|hr$|pulse)/],
  ["rr-interval", /^(rr|ibi)/],
  ["spo2", /^(oxygen|spo2)/],
  ["respiration", /^(resp|breath)/],
  ["temperature", /(temperature|^temp)/],
  ["blood-pressure", /^(blood[ _-]?pressure|bp$)/],
  ["battery", /^battery/],
  ["location", /^(location|geo|gps|position)/],
  ["energy", /^energy/],
];

/** The kind of a stream, from its label and its id. */
export function kindOf(stream: Pick<StreamRow, "label" | "attribute">): Kind {
  for (const text of [stream.label, stream.attribute]) {
    const found = NAMES.find(([, pattern]) => pattern.test(text.toLowerCase()));
    if (found) return found[0];
  }
  return "generic";
}

/** The colour token of a kind, for `style="--ink: …"`. */
export function inkOf(kind: Kind): string {
  return `var(--ink-${kind})`;
}

/** Kinds whose second channel measures the same as the first: systolic and diastolic, latitude and longitude. */
const PAIRED: readonly Kind[] = ["blood-pressure", "location"];

/** The limits of a channel's axis. The kind's own hold for its first channel, or its pair. */
export function limitsOf(kind: Kind, channel: number, digits: number): RangeLimits {
  const finest = 4 * 10 ** -digits;
  const isOwn = channel === 0 || (channel === 1 && PAIRED.includes(kind));
  if (!isOwn) return { minSpan: finest };
  return { ...LIMITS[kind], minSpan: Math.max(LIMITS[kind].minSpan, finest) };
}
