/**
 * What marks single samples on a strip chart: the pen at the latest one with
 * its value on the axis, and the pointer with the value below it.
 */
import { formatNumber } from "../format";
import { lastPoint, type Channel } from "../frame";
import { xOf, yOf, type Palette, type Plot, type Scene } from "./scene";

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
  drawReadout(ctx, formatNumber(last.value, scene.digits), y, plot, palette, scene.silent);
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

function drawReadout(
  ctx: CanvasRenderingContext2D,
  text: string,
  y: number,
  plot: Plot,
  palette: Palette,
  faded: boolean,
): void {
  const top = Math.min(Math.max(Math.round(y) - 9, 0), plot.height - 18);
  ctx.save();
  ctx.fillStyle = faded ? palette.gapLine : palette.ink;
  ctx.beginPath();
  ctx.moveTo(plot.right + 1, top + 9);
  ctx.lineTo(plot.right + 6, top);
  ctx.lineTo(plot.width - 2, top);
  ctx.lineTo(plot.width - 2, top + 18);
  ctx.lineTo(plot.right + 6, top + 18);
  ctx.fill();
  ctx.fillStyle = faded ? palette.ground : palette.onInk;
  ctx.font = `600 11px ${palette.font}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillText(text, plot.right + 9, top + 9.5, plot.width - plot.right - 12);
  ctx.restore();
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
  const value = `${formatNumber(near.value, scene.digits)} ${scene.unit}`;
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
