import { describe, expect, it } from "vitest";
import { AutoRange, niceStep, roomyRange, ticks } from "./scale";

const FREE = { minSpan: 0 };

describe("ticks", () => {
  it("steps by 1, 2 or 5 at every power of ten", () => {
    expect([0.011, 0.2, 0.21, 1, 3, 7, 1200].map(niceStep)).toEqual([0.02, 0.2, 0.5, 1, 5, 10, 2000]);
  });

  it("survives spans that are no spans", () => {
    expect([0, -1, NaN, Infinity].map(niceStep)).toEqual([1, 1, 1, 1]);
    expect(ticks(5, 5, 4).values).toEqual([]);
    expect(ticks(NaN, 1, 4).values).toEqual([]);
  });

  it("lands on round values within the range, without float dust", () => {
    expect(ticks(-0.25, 0.35, 8)).toEqual({ step: 0.1, digits: 1, values: [-0.2, -0.1, 0, 0.1, 0.2, 0.3] });
    expect(ticks(36.1, 37.2, 4)).toMatchObject({ step: 0.5, digits: 1, values: [36.5, 37] });
  });

  it("never gives more ticks than asked for", () => {
    for (let most = 2; most < 20; most += 1) {
      for (const hi of [0.07, 1, 3.3, 99, 12345]) expect(ticks(0, hi, most).values.length).toBeLessThanOrEqual(most);
    }
  });
});

describe("roomyRange", () => {
  it("gives a flat line the kind's span", () => {
    const { lo, hi } = roomyRange({ lo: 72, hi: 72 }, { minSpan: 30 });
    expect(hi - lo).toBeGreaterThanOrEqual(30);
    expect((lo + hi) / 2).toBeCloseTo(72, -1);
  });

  it("does not show values that can't occur", () => {
    expect(roomyRange({ lo: 98, hi: 99.5 }, { minSpan: 8, floor: 0, ceiling: 100 })).toEqual({ lo: 92, hi: 100 });
    expect(roomyRange({ lo: 1, hi: 2 }, { minSpan: 30, floor: 0 }).lo).toBe(0);
  });

  it("keeps room on the other side of zero for an ECG", () => {
    const { lo, hi } = roomyRange({ lo: -0.1, hi: 1.2 }, { minSpan: 1, zeroShare: 0.25 });
    expect(-lo / (hi - lo)).toBeGreaterThanOrEqual(0.24);
  });
});

describe("AutoRange", () => {
  const settled = (range: AutoRange, data: { lo: number; hi: number }, from: number, to: number): void => {
    for (let now = from; now <= to; now += 16) range.follow(data, now);
  };

  it("takes the first trace at once and then stands still", () => {
    const range = new AutoRange(FREE);
    range.follow({ lo: 0, hi: 10 }, 0);
    const first = range.shown;
    expect(first).toEqual({ lo: -2, hi: 12 });
    settled(range, { lo: 0.3, hi: 9.8 }, 16, 3000);
    expect(range.shown).toBe(first);
  });

  it("grows without a jump when the trace leaves it, and then holds it", () => {
    const range = new AutoRange(FREE);
    range.follow({ lo: 0, hi: 10 }, 0);
    const before = range.shown.hi;
    range.follow({ lo: 0, hi: 40 }, 16);
    expect(range.shown.hi).toBeGreaterThan(before);
    expect(range.shown.hi).toBeLessThan(40);
    settled(range, { lo: 0, hi: 40 }, 32, 1000);
    expect(range.shown.hi).toBeGreaterThanOrEqual(40);
  });

  it("shrinks only after the trace has been small for four seconds", () => {
    const range = new AutoRange(FREE);
    range.follow({ lo: 0, hi: 100 }, 0);
    settled(range, { lo: 0, hi: 10 }, 16, 3900);
    expect(range.shown.hi).toBeGreaterThanOrEqual(100);
    settled(range, { lo: 0, hi: 10 }, 3916, 6000);
    expect(range.shown.hi).toBeLessThan(20);
  });

  it("starts the four seconds afresh when the trace is large again", () => {
    const range = new AutoRange(FREE);
    range.follow({ lo: 0, hi: 100 }, 0);
    settled(range, { lo: 0, hi: 10 }, 16, 3000);
    settled(range, { lo: 0, hi: 90 }, 3016, 3100);
    settled(range, { lo: 0, hi: 10 }, 3116, 6900);
    expect(range.shown.hi).toBeGreaterThanOrEqual(100);
  });

  it("jumps where motion is not wanted, and keeps its range without data", () => {
    const range = new AutoRange(FREE);
    range.follow({ lo: 0, hi: 10 }, 0);
    range.follow({ lo: 0, hi: 40 }, 16, true);
    expect(range.shown.hi).toBeGreaterThanOrEqual(40);
    const kept = range.shown;
    range.follow(null, 32);
    expect(range.shown).toBe(kept);
  });
});
