/**
 * What marks single samples on a strip chart: the pen at the latest one with
 * its value on the axis, and the pointer with the value below it.
 */
import { formatNumber } from "../format";
import { lastPoint, type Channel } from "../frame";
import { labelRows } from "./backdrop";
import { xOf, yOf, type Palette, type Plot, type Scene } from "./scene";

/** Height of the readout on the axis. */
const PILL_PX = 18;

/** The latest sample: a dot on the line, its value on the axis; a dotted line holds it where samples are few. */
export function drawPen(ctx: CanvasRenderingContext2D, plot: Plot, scene: Scene, palette: Palette, channel: Channel): void {
  const last = lastPoint(channel);
  if (!last) return;
  const x = Math.max(plot.left, xOf(plot, last.t));
  const y = Math.min(Math.max(yOf(plot, last.value), plot.top), plot.bottom);
  if (scene.sparse && !scene.silent) drawHeld(ctx, x, y, plot, palette);
  ctx.fillStyle = palette.ink;
  if (last.t >= 0) {
    ctx.beginPath();
    ctx.arc(Math.min(x, plot.right), y, 3, 0, Math.PI * 2);
    ctx.fill();
  }
  drawReadout(ctx, y, plot, scene, palette, formatPoint(last.value, scene.digits));
}

function drawHeld(ctx: CanvasRenderingContext2D, x: number, y: number, plot: Plot, palette: Palette): void {
  ctx.save();
  ctx.globalAlpha = 0.55;
  ctx.strokeStyle = palette.ink;
  ctx.lineWidth = 1;
  ctx.setLineDash([1, 4]);
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(plot.right, y);
  ctx.stroke();
  ctx.restore();
}

/** The value on the axis. A label that it would cover in part goes: half a figure would be misread. */
function drawReadout(
  ctx: CanvasRenderingContext2D,
  y: number,
  plot: Plot,
  scene: Scene,
  palette: Palette,
  text: string,
): void {
  const top = Math.min(Math.max(Math.round(y) - PILL_PX / 2, 0), plot.height - PILL_PX);
  const middle = top + PILL_PX / 2;
  const left = plot.right + 1;
  const right = plot.width - 2;
  ctx.fillStyle = palette.ground;
  for (const row of labelRows(plot, scene.compact)) {
    if (Math.abs(row - middle) < PILL_PX) ctx.fillRect(left, row - 7, right - left, 14);
  }
  ctx.fillStyle = scene.silent ? palette.gapLine : palette.ink;
  ctx.beginPath();
  ctx.moveTo(left, middle);
  ctx.lineTo(left + 5, top);
  ctx.lineTo(right, top);
  ctx.lineTo(right, top + PILL_PX);
  ctx.lineTo(left + 5, top + PILL_PX);
  ctx.fill();
  ctx.fillStyle = scene.silent ? palette.ground : palette.onInk;
  ctx.font = `600 11px ${palette.font}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillText(text, left + 8, middle + 0.5, right - left - 10);
}

/** The sample nearest to the pointer, with its value and its time before now. */
export function drawPointer(
  ctx: CanvasRenderingContext2D,
  plot: Plot,
  scene: Scene,
  palette: Palette,
  channel: Channel,
  pointerX: number,
): void {
  const near = nearestPoint(channel, ((pointerX - plot.left) / (plot.right - plot.left)) * plot.windowMs);
  if (!near || pointerX > plot.right) return;
  const x = xOf(plot, near.t);
  const y = yOf(plot, near.value);
  ctx.fillStyle = palette.label;
  ctx.fillRect(Math.round(x), plot.top, 1, plot.bottom - plot.top);
  ctx.beginPath();
  ctx.arc(x, y, 3.5, 0, Math.PI * 2);
  ctx.fillStyle = palette.ground;
  ctx.fill();
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = palette.ink;
  ctx.stroke();
  const value = `${formatPoint(near.value, scene.digits)} ${scene.unit}`;
  const text = `${value}   ${formatNumber((near.t - plot.windowMs) / 1000, 2)} s`;
  drawFlag(ctx, text, x, plot, palette);
}

function drawFlag(ctx: CanvasRenderingContext2D, text: string, x: number, plot: Plot, palette: Palette): void {
  ctx.font = `600 11px ${palette.font}`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  const width = ctx.measureText(text).width + 16;
  const left = x + 8 + width > plot.right ? x - 8 - width : x + 8;
  ctx.fillStyle = palette.label;
  ctx.fillRect(left, plot.top + 2, width, 20);
  ctx.fillStyle = palette.ground;
  ctx.fillText(text, left + 8, plot.top + 12.5);
}

/** The finite point nearest to `t`, in ms after the left edge. */
export function nearestPoint(channel: Channel, t: number): { t: number; value: number } | null {
  const { points } = channel;
  let best: { t: number; value: number } | null = null;
  for (let index = 0; index < points.length; index += 2) {
    const at = points[index] as number;
    const value = points[index + 1] as number;
    if (Number.isNaN(value) || at < 0) continue;
    if (!best || Math.abs(at - t) < Math.abs(best.t - t)) best = { t: at, value };
  }
  return best;
}

/** Frames carry 32-bit floats: no more than seven figures of a point are true. */
function formatPoint(value: number, digits: number): string {
  const before = Math.max(1, Math.floor(Math.log10(Math.max(Math.abs(value), 1))) + 1);
  return formatNumber(value, Math.min(digits, Math.max(0, 7 - before)));
}
