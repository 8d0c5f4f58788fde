/**
 * The moving part of a strip chart: the line and the gaps. A NaN breaks the
 * line; what lies between the points on either side of it is shaded, so that
 * missing samples are seen as missing.
 */
import type { Channel } from "../frame";
import { drawPen, drawPointer } from "./pen";
import { xOf, yOf, type Palette, type Plot, type Scene } from "./scene";

const LINE_PX = 1.5;
/**
 * Without a GPU a wide line costs nine times a hairline (1.9 ms against 0.2 ms
 * for 2,160 points in WebKitGTK): a dense trace is drawn as two hairlines.
 */
const DENSE_POINTS = 400;
const SHIFT_PX = 0.5;
const DOT_PX = 2.25;
/** Dots closer than this would run into a caterpillar. */
const DOT_GAP_PX = 7;
const NARROWEST_GAP_PX = 2;
/** A gap this wide has room for its word. */
const WORD_PX = 56;

export function drawMarks(ctx: CanvasRenderingContext2D, plot: Plot, scene: Scene, palette: Palette): void {
  const channel = scene.trace?.channels[scene.channel];
  if (!channel) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(plot.left, 0, plot.right - plot.left, plot.height);
  ctx.clip();
  drawGaps(ctx, plot, scene, palette, channel);
  drawLine(ctx, plot, palette, channel);
  if (scene.sparse) drawDots(ctx, plot, palette, channel);
  ctx.restore();
  drawPen(ctx, plot, scene, palette, channel);
  if (scene.pointerX !== null) drawPointer(ctx, plot, scene, palette, channel, scene.pointerX);
}

function drawLine(ctx: CanvasRenderingContext2D, plot: Plot, palette: Palette, channel: Channel): void {
  const path = pathOf(plot, channel);
  ctx.strokeStyle = palette.ink;
  ctx.lineJoin = "round";
  ctx.lineWidth = LINE_PX;
  if (channel.points.length < 2 * DENSE_POINTS || plot.ratio > 1) {
    ctx.stroke(path);
    return;
  }
  ctx.lineWidth = 1;
  ctx.stroke(path);
  ctx.translate(SHIFT_PX, SHIFT_PX);
  ctx.stroke(path);
  ctx.translate(-SHIFT_PX, -SHIFT_PX);
}

function pathOf(plot: Plot, channel: Channel): Path2D {
  const { points } = channel;
  const path = new Path2D();
  let broken = true;
  for (let index = 0; index < points.length; index += 2) {
    const value = points[index + 1] as number;
    const isBreak = Number.isNaN(value);
    if (!isBreak) {
      const x = xOf(plot, points[index] as number);
      const y = yOf(plot, value);
      if (broken) path.moveTo(x, y);
      else path.lineTo(x, y);
    }
    broken = isBreak;
  }
  return path;
}

function drawDots(ctx: CanvasRenderingContext2D, plot: Plot, palette: Palette, channel: Channel): void {
  const { points } = channel;
  if ((plot.right - plot.left) / Math.max(1, points.length / 2) < DOT_GAP_PX) return;
  ctx.fillStyle = palette.ink;
  ctx.beginPath();
  for (let index = 0; index < points.length; index += 2) {
    const value = points[index + 1] as number;
    if (Number.isNaN(value)) continue;
    const x = xOf(plot, points[index] as number);
    const y = yOf(plot, value);
    ctx.moveTo(x + DOT_PX, y);
    ctx.arc(x, y, DOT_PX, 0, Math.PI * 2);
  }
  ctx.fill();
}

/** A span without samples, and what it is called. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly word: string;
}

/** The gaps: between the points on either side of a NaN, and after the last point of a link that is not live. */
export function gapsOf(channel: Channel, windowMs: number, silent: string): Gap[] {
  const { points } = channel;
  const gaps: Gap[] = [];
  let before: number | null = null;
  let broken = false;
  for (let index = 0; index < points.length; index += 2) {
    if (Number.isNaN(points[index + 1])) {
      broken = true;
      continue;
    }
    const t = points[index] as number;
    if (broken) gaps.push({ from: before ?? 0, to: t, word: "gap" });
    broken = false;
    before = t;
  }
  if (broken || (silent && before !== null)) gaps.push({ from: before ?? 0, to: windowMs, word: silent || "gap" });
  return gaps;
}

function drawGaps(ctx: CanvasRenderingContext2D, plot: Plot, scene: Scene, palette: Palette, channel: Channel): void {
  for (const gap of gapsOf(channel, plot.windowMs, scene.silent)) {
    const x = Math.round(xOf(plot, Math.max(0, gap.from)));
    const width = Math.max(Math.round(xOf(plot, gap.to)) - x, NARROWEST_GAP_PX);
    ctx.fillStyle = palette.gap;
    ctx.fillRect(x, plot.top, width, plot.bottom - plot.top);
    ctx.fillStyle = palette.gapLine;
    if (gap.from > 0) ctx.fillRect(x, plot.top, 1, plot.bottom - plot.top);
    if (gap.to < plot.windowMs) ctx.fillRect(x + width, plot.top, 1, plot.bottom - plot.top);
    if (width >= WORD_PX && !scene.compact) drawWord(ctx, gap.word, x, plot, palette);
  }
}

function drawWord(ctx: CanvasRenderingContext2D, word: string, x: number, plot: Plot, palette: Palette): void {
  ctx.font = `11px ${palette.font}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  ctx.fillStyle = palette.label;
  ctx.fillText(word, x + 8, plot.top + 6);
}
