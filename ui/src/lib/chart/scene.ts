/**
 * What a strip chart draws, and where: the scene, the palette, the geometry.
 * All lengths are CSS pixels; the canvas is scaled once by the pixel ratio.
 */
import type { Trace } from "../frame";
import type { Span } from "../scale";

/** Colours, read from the design tokens. */
export interface Palette {
  readonly ink: string;
  readonly ground: string;
  readonly grid: string;
  readonly axis: string;
  readonly label: string;
  readonly gap: string;
  readonly gapLine: string;
  readonly onInk: string;
  readonly font: string;
}

export interface Scene {
  readonly trace: Trace | null;
  readonly channel: number;
  readonly windowMs: number;
  readonly unit: string;
  readonly digits: number;
  /** Few samples: they are marked, and the last value is held by a dotted line. */
  readonly sparse: boolean;
  /** Why nothing comes after the newest sample, in a word: "Lost"; empty while the link is live. */
  readonly silent: string;
  /** Where the pointer is, from the left; null where there is none. */
  readonly pointerX: number | null;
  /** A small chart: two labels on the value axis and none on the time axis. */
  readonly compact: boolean;
}

/** The plot's rectangle within the canvas, and the way from data to pixels. */
export interface Plot {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly windowMs: number;
  readonly range: Span;
  /** Device pixels for each CSS pixel. */
  readonly ratio: number;
}

const GUTTER_PX = 68;
const FOOT_PX = 24;
const HEAD_PX = 10;

export function plotOf(width: number, height: number, ratio: number, scene: Scene, range: Span): Plot {
  const foot = scene.compact ? 6 : FOOT_PX;
  const head = scene.compact ? 6 : HEAD_PX;
  return {
    width,
    height,
    left: 0,
    right: Math.max(1, width - GUTTER_PX),
    top: head,
    bottom: Math.max(head + 1, height - foot),
    windowMs: scene.windowMs,
    range,
    ratio,
  };
}

/** From ms after the left edge to pixels. */
export function xOf(plot: Plot, t: number): number {
  return plot.left + (t / plot.windowMs) * (plot.right - plot.left);
}

/** From a value to pixels. */
export function yOf(plot: Plot, value: number): number {
  const { lo, hi } = plot.range;
  return plot.bottom - ((value - lo) / (hi - lo)) * (plot.bottom - plot.top);
}

/** How wide the plot is on a canvas of this width. */
export function plotWidth(width: number): number {
  return Math.max(1, width - GUTTER_PX);
}

/** The palette as the tokens give it for this element. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const token = (name: string, fallback: string): string => style.getPropertyValue(name).trim() || fallback;
  return {
    ink: token("--ink", "#888"),
    ground: token("--chart-ground", "#000"),
    grid: token("--chart-grid", "#222"),
    axis: token("--chart-axis", "#444"),
    label: token("--chart-label", "#999"),
    gap: token("--chart-gap", "#333"),
    gapLine: token("--chart-gap-line", "#666"),
    onInk: token("--on-ink", "#000"),
    font: token("--font", "sans-serif"),
  };
}
