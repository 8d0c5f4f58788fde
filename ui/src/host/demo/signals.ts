/**
 * Lifelike signals as pure functions of time, for the scripted host: the same
 * time gives the same value, so that frames of any width agree.
 */

/** What a stream of the demo measures, and how. */
export interface DemoStream {
  readonly attribute: string;
  readonly label: string;
  readonly rateHz: number;
  readonly channels: readonly DemoChannel[];
}

export interface DemoChannel {
  readonly name: string;
  readonly unit: string;
  readonly digits: number;
  readonly at: (seconds: number) => number;
}

/** Even noise in -1..1, from an index. */
export function noise(index: number): number {
  const x = Math.sin(index * 12.9898) * 43758.5453;
  return (x - Math.floor(x)) * 2 - 1;
}

/** P, Q, R, S, T as bumps over the beat: centre, width (share of the beat), height (mV). */
const WAVES = [
  [0.18, 0.028, 0.12],
  [0.275, 0.009, -0.11],
  [0.3, 0.011, 1.15],
  [0.326, 0.011, -0.24],
  [0.52, 0.055, 0.28],
] as const;

function ecgAt(seconds: number, bpm: number, seed: number): number {
  const beats = (seconds * bpm) / 60 + 0.06 * Math.sin(seconds * 0.9 + seed) + seed * 0.37;
  const phase = beats - Math.floor(beats);
  const waves = WAVES.reduce((sum, [at, width, mv]) => sum + mv * Math.exp(-(((phase - at) / width) ** 2) / 2), 0);
  return waves + 0.06 * Math.sin(seconds * 1.6 + seed) + 0.012 * noise(Math.round(seconds * 1000));
}

const slow = (mid: number, swing: number, seed: number) => (seconds: number) =>
  mid + swing * Math.sin(seconds / 11 + seed) + swing * 0.45 * Math.sin(seconds / 3.7 + seed * 2);

const one = (
  attribute: string,
  label: string,
  rateHz: number,
  unit: string,
  digits: number,
  at: (seconds: number) => number,
): DemoStream => ({ attribute, label, rateHz, channels: [{ name: label.toLowerCase(), unit, digits, at }] });

export const ecg = (bpm: number, seed: number, hz = 250): DemoStream =>
  one("ecg", "ECG", hz, "mV", 3, (s) => ecgAt(s, bpm, seed));
export const heartRate = (bpm: number, seed: number, hz = 1): DemoStream =>
  one("heart_rate", "Heart rate", hz, "bpm", 0, slow(bpm, 3.4, seed));
export const rr = (bpm: number, seed: number): DemoStream =>
  one("rr_interval", "RR interval", bpm / 60, "ms", 0, (s) => 60000 / slow(bpm, 4, seed)(s) + 18 * noise(Math.round(s)));
export const spo2 = (seed: number): DemoStream =>
  one("spo2", "Oxygen saturation", 1, "%", 0, (s) => Math.min(100, slow(97.2, 0.9, seed)(s)));
export const temperature = (seed: number): DemoStream =>
  one("temperature", "Temperature", 0.2, "°C", 2, slow(36.62, 0.11, seed));
export const respiration = (seed: number): DemoStream =>
  one("respiration", "Respiration", 25, "%", 1, (s) => 50 + 26 * Math.sin(s * 1.5 + seed) + 5 * Math.sin(s * 0.31));
export const battery = (percent: number): DemoStream => one("battery", "Battery", 0.1, "%", 0, () => percent);
export const bloodPressure = (seed: number): DemoStream => ({
  attribute: "blood_pressure",
  label: "Blood pressure",
  rateHz: 0.1,
  channels: [
    { name: "systolic", unit: "mmHg", digits: 0, at: slow(118, 5, seed) },
    { name: "diastolic", unit: "mmHg", digits: 0, at: slow(76, 4, seed) },
  ],
});

/** A walk around a lake, six channels. */
export const location = (seed: number): DemoStream => ({
  attribute: "geolocation",
  label: "Location",
  rateHz: 1,
  channels: [
    { name: "latitude", unit: "°", digits: 6, at: (s) => 47.36667 + 0.0031 * Math.sin(s / 90 + seed) },
    { name: "longitude", unit: "°", digits: 6, at: (s) => 8.55 + 0.0042 * Math.cos(s / 90 + seed) },
    { name: "altitude", unit: "m", digits: 1, at: slow(408, 3, seed) },
    { name: "accuracy", unit: "m", digits: 1, at: slow(4.2, 0.8, seed) },
    { name: "speed", unit: "m/s", digits: 2, at: slow(1.4, 0.3, seed) },
    { name: "heading", unit: "°", digits: 0, at: (s) => (((s / 90) * 57.3) % 360) + 0 },
  ],
});
