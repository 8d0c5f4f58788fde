/**
 * Numbers, times and sizes for the screen. Written without `Intl`: WebKitGTK
 * throws from it when the locale is unset, and every figure here has one form.
 * Groups are set apart by a narrow no-break space, as in the SI brochure.
 */

const GROUP = "\u202f";
const MINUS = "\u2212";
/** What stands where a value is not known. */
export const UNKNOWN = "–";

/** `12 345.60`: grouped, with a real minus. */
export function formatNumber(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  const fixed = Math.abs(value).toFixed(Math.min(Math.max(digits, 0), 12));
  const [whole = "0", fraction] = fixed.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, GROUP);
  const zero = Number(fixed) === 0;
  return (value < 0 && !zero ? MINUS : "") + grouped + (fraction ? `.${fraction}` : "");
}

/** A rate: `360 Hz`, `99.8 Hz`, `0.20 Hz`, `0.017 Hz`. */
export function formatRate(hz: number | null | undefined): string {
  if (hz === null || hz === undefined || !Number.isFinite(hz)) return `${UNKNOWN} Hz`;
  const size = Math.abs(hz);
  const digits = size >= 1000 || size === 0 ? 0 : size >= 9.995 ? 1 : size >= 0.095 ? 2 : 3;
  return `${formatNumber(hz, digits)} Hz`;
}

/** `00:07:42`; hours go on beyond 99. */
export function formatElapsed(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** `0.4 s`, `12 s`, `3 min`, `2 h`, `4 d`: how long ago, or how long. */
export function formatAge(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return UNKNOWN;
  const age = Math.max(0, seconds);
  if (age < 9.95) return `${formatNumber(age, 1)} s`;
  if (age < 99.5) return `${formatNumber(age)} s`;
  if (age < 5400) return `${formatNumber(age / 60)} min`;
  if (age < 129600) return `${formatNumber(age / 3600)} h`;
  return `${formatNumber(age / 86400)} d`;
}

/** A short time with three significant figures: `340 ns`, `18.2 µs`, `1.24 ms`, `2.10 s`. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return UNKNOWN;
  let size = Math.max(0, seconds) * 1e9;
  let unit = 0;
  while (size >= 999.5 && unit < TIME_UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = size === 0 || unit === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return `${formatNumber(size, digits)} ${TIME_UNITS[unit]}`;
}

const TIME_UNITS = ["ns", "µs", "ms", "s"];

/** A share as a percentage: `0 %`, `<1 %`, `42 %`. What is not nothing is not shown as nothing. */
export function formatShare(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return `${UNKNOWN} %`;
  return share > 0 && share < 0.005 ? "<1 %" : `${formatNumber(share * 100)} %`;
}

const SIZE_UNITS = ["B", "kB", "MB", "GB", "TB"];

/** A size with three significant figures, decimal units: `4.21 MB`. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) return UNKNOWN;
  let size = Math.max(0, bytes);
  let unit = 0;
  while (size >= 999.5 && unit < SIZE_UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return `${formatNumber(size, digits)} ${SIZE_UNITS[unit]}`;
}

/** `14:03:22`, local time. */
export function formatClock(ms: number): string {
  const at = new Date(ms);
  if (Number.isNaN(at.getTime())) return UNKNOWN;
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** `2025-11-23 14:03`, local time. */
export function formatDate(ms: number | null): string {
  const at = new Date(ms ?? NaN);
  if (Number.isNaN(at.getTime())) return UNKNOWN;
  const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${day.join("-")} ${formatClock(at.getTime()).slice(0, 5)}`;
}

/** `1 sensor`, `3 sensors`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
