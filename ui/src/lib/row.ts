/** Sums and words for a sensor's row, from what the snapshot says. */
import type { ChannelRow } from "../api/ChannelRow";
import type { SensorRow } from "../api/SensorRow";
import type { StreamRow } from "../api/StreamRow";
import { formatNumber, formatRate, UNKNOWN } from "./format";
import { kindOf } from "./kinds";

/** Samples of a sensor that were dropped, all its streams together. */
export function droppedOf(sensor: SensorRow): number {
  return sensor.streams.reduce((sum, stream) => sum + stream.dropped, 0);
}

/** The value of a channel, ready to be shown, without its unit. */
export function valueText(channel: ChannelRow | undefined): string {
  if (channel?.words != null) return channel.words;
  return channel ? formatNumber(channel.value, channel.digits) : UNKNOWN;
}

/** The main value of a stream; blood pressure is written as usual, `118/76`. */
export function mainValue(stream: StreamRow): string {
  const [first, second] = stream.channels;
  if (kindOf(stream) === "blood-pressure" && second && second.value !== null) {
    return `${valueText(first)}/${valueText(second)}`;
  }
  return valueText(first);
}

/**
 * The stream that tells most in one figure: the source's first, but the heart
 * rate in place of an ECG, whose momentary voltage nobody can read.
 */
export function mainStream(sensor: SensorRow): StreamRow | undefined {
  const [first] = sensor.streams;
  if (!first || kindOf(first) !== "ecg") return first;
  return sensor.streams.find((stream) => kindOf(stream) === "heart-rate") ?? first;
}

/** How many channels the main value stands for. */
export function channelsInMain(stream: StreamRow): number {
  return mainValue(stream).includes("/") ? 2 : 1;
}

/** `ECG: measured 99.8 Hz, promised 100.0 Hz`. */
export function rateTitle(stream: StreamRow): string {
  const basis = BASES[stream.expected_by];
  const expected = basis ? `${basis} ${formatRate(stream.expected_rate_hz)}` : "no rate known to compare with";
  const verdict = stream.health === "short" ? ": too few samples" : stream.health === "over" ? ": too many samples" : "";
  return `${stream.label}: measured ${formatRate(stream.rate_hz)}, ${expected}${verdict}`;
}

const BASES: Record<string, string> = { promised: "promised", remembered: "as it is remembered", learned: "as it has been steadily" };

/** The rate against what is expected, `128.6 of 130 Hz`; the bare rate where nothing is. */
export function rateWords(stream: StreamRow): string {
  return stream.health_words || formatRate(stream.rate_hz ?? stream.nominal_rate_hz);
}

/** Whether it delivers clearly less, or more, than it should. */
export function isOff(stream: StreamRow): boolean {
  return stream.health === "short" || stream.health === "over";
}

/** The stream whose rate a row shows: the one that does worst, or else the main one. */
export function rateStream(sensor: SensorRow): StreamRow | undefined {
  return sensor.streams.find(isOff) ?? mainStream(sensor);
}

/** Whether a link delivers: then its values are of now. */
export function isFlowing(sensor: SensorRow): boolean {
  return sensor.link === "live";
}
