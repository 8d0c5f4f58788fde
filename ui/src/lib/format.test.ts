import { describe, expect, it } from "vitest";
import {
  counted,
  formatAge,
  formatBytes,
  formatClock,
  formatDate,
  formatDuration,
  formatElapsed,
  formatNumber,
  formatRate,
  formatShare,
  UNKNOWN,
} from "./format";

describe("numbers", () => {
  it("groups the whole part alone and writes a real minus", () => {
    expect(formatNumber(1234567)).toBe("1\u202f234\u202f567");
    expect(formatNumber(-1234.56789, 4)).toBe("\u22121\u202f234.5679");
    expect(formatNumber(999.999, 0)).toBe("1\u202f000");
  });

  it("shows no minus before a zero", () => {
    expect(formatNumber(-0.0004, 3)).toBe("0.000");
    expect(formatNumber(-0, 0)).toBe("0");
  });

  it("says that a value is not known", () => {
    expect([null, undefined, NaN, Infinity].map((value) => formatNumber(value))).toEqual(Array(4).fill(UNKNOWN));
  });

  it("does not fail on digits out of range", () => {
    expect(formatNumber(1.5, -3)).toBe("2");
    expect(formatNumber(1, 255)).toBe("1.000000000000");
  });

  it("gives a rate as many digits as tell it apart", () => {
    expect([360, 99.98, 4, 0.2, 0.0998, 0.017, 0].map(formatRate)).toEqual(
      ["360.0 Hz", "100.0 Hz", "4.00 Hz", "0.20 Hz", "0.10 Hz", "0.017 Hz", "0 Hz"],
    );
    expect(formatRate(null)).toBe("– Hz");
  });

  it("counts in words", () => {
    expect([counted(1, "sensor"), counted(0, "sensor"), counted(2, "match", "matches")]).toEqual(["1 sensor", "0 sensors", "2 matches"]);
  });
});

describe("times and sizes", () => {
  it("shows elapsed time beyond a day in hours", () => {
    expect([0, 59.99, 3661, 100 * 3600].map(formatElapsed)).toEqual(["00:00:00", "00:00:59", "01:01:01", "100:00:00"]);
    expect([-5, NaN].map(formatElapsed)).toEqual(["00:00:00", "00:00:00"]);
  });

  it("shows ages coarser as they grow", () => {
    expect([0.44, 9.96, 72, 200, 7200, 300_000].map(formatAge)).toEqual(["0.4 s", "10 s", "72 s", "3 min", "2 h", "3 d"]);
  });

  it("shows sizes with three figures in decimal units", () => {
    expect([0, 999, 1000, 12_345, 999_500, 6_204_416, 81.4e9, 4.2e15].map(formatBytes)).toEqual(
      ["0 B", "999 B", "1.00 kB", "12.3 kB", "1.00 MB", "6.20 MB", "81.4 GB", "4\u202f200 TB"],
    );
  });

  it("shows local time, and nothing for a time that is none", () => {
    const at = new Date(2025, 10, 3, 4, 5, 6).getTime();
    expect(formatClock(at)).toBe("04:05:06");
    expect(formatDate(at)).toBe("2025-11-03 04:05");
    expect([formatClock(NaN), formatDate(null)]).toEqual([UNKNOWN, UNKNOWN]);
  });

  it("needs no Intl", () => {
    const kept = globalThis.Intl;
    Reflect.deleteProperty(globalThis, "Intl");
    try {
      expect(formatNumber(12345.6, 1) + formatClock(0).length).toBe("12\u202f345.68");
    } finally {
      globalThis.Intl = kept;
    }
  });
});

it("gives short times three significant figures", () => {
  expect([340e-9, 18.23e-6, 1.2351e-3, 0.0999, 2.1, 0].map(formatDuration)).toEqual(["340 ns", "18.2 µs", "1.24 ms", "99.9 ms", "2.10 s", "0 ns"]);
  expect(formatDuration(null)).toBe(UNKNOWN);
});

it("does not show a small share as nothing", () => {
  expect([0, 0.001, 0.42, 1].map(formatShare)).toEqual(["0 %", "<1 %", "42 %", "100 %"]);
});
