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

/** `measured 99.8 Hz, promised 100.0 Hz`. */
export function rateTitle(stream: StreamRow): string {
  const promised = stream.nominal_rate_hz === null ? "no rate promised" : `promised ${formatRate(stream.nominal_rate_hz)}`;
  return `measured ${formatRate(stream.rate_hz)}, ${promised}`;
}

/** Whether a link delivers: then its values are of now. */
export function isFlowing(sensor: SensorRow): boolean {
  return sensor.link === "live";
}
