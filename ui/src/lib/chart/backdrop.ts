/**
 * The still part of a strip chart: ground, grid, axes and their labels. It is
 * drawn only when size, range, window or theme change, and copied below every
 * frame; text is what costs most on a machine without a GPU.
 */
import { formatNumber } from "../format";
import { ticks, type Ticks } from "../scale";
import { xOf, yOf, type Palette, type Plot, type Scene } from "./scene";

const LABEL_PX = 11;
const TICK_GAP_PX = 44;
/** A low chart has its ticks closer, so that at least two values can be read. */
const LOW_TICK_GAP_PX = 26;
const LOW_PLOT_PX = 180;
const TIME_GAP_PX = 68;

export function drawBackdrop(ctx: CanvasRenderingContext2D, plot: Plot, scene: Scene, palette: Palette): void {
  ctx.fillStyle = palette.ground;
  ctx.fillRect(0, 0, plot.width, plot.height);
  ctx.font = `${LABEL_PX}px ${palette.font}`;
  ctx.lineWidth = 1;
  if (scene.compact) {
    drawBounds(ctx, plot, scene, palette);
  } else {
    drawTimeAxis(ctx, plot, palette);
    drawValueAxis(ctx, plot, scene, palette);
  }
  ctx.fillStyle = palette.axis;
  ctx.fillRect(Math.round(plot.right), 0, 1, plot.bottom + (scene.compact ? plot.height - plot.bottom : 0));
}

function drawTimeAxis(ctx: CanvasRenderingContext2D, plot: Plot, palette: Palette): void {
  const seconds = plot.windowMs / 1000;
  const most = Math.max(2, Math.floor((plot.right - plot.left) / TIME_GAP_PX));
  const marks = ticks(-seconds, 0, most);
  ctx.textBaseline = "alphabetic";
  for (const value of marks.values) {
    const x = Math.round(xOf(plot, plot.windowMs + value * 1000));
    ctx.fillStyle = palette.grid;
    if (value < 0 && x > plot.left) ctx.fillRect(x, plot.top, 1, plot.bottom - plot.top);
    ctx.fillStyle = palette.label;
    ctx.textAlign = value === 0 ? "right" : "center";
    const text = value === 0 ? "now" : `${formatNumber(value, marks.digits)} s`;
    const half = ctx.measureText(text).width / 2;
    if (x - half >= plot.left) ctx.fillText(text, value === 0 ? x - 6 : x, plot.height - 7);
  }
  ctx.fillStyle = palette.axis;
  ctx.fillRect(plot.left, Math.round(plot.bottom), plot.right - plot.left, 1);
}

function drawValueAxis(ctx: CanvasRenderingContext2D, plot: Plot, scene: Scene, palette: Palette): void {
  const marks = valueTicks(plot);
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  for (const value of marks.values) {
    const y = Math.round(yOf(plot, value));
    ctx.fillStyle = value === 0 ? palette.axis : palette.grid;
    ctx.fillRect(plot.left, y, plot.right - plot.left, 1);
    ctx.fillStyle = palette.label;
    ctx.fillText(formatNumber(value, marks.digits), plot.right + 8, labelY(plot, y));
  }
  ctx.textBaseline = "alphabetic";
  ctx.fillText(scene.unit, plot.right + 8, plot.height - 7);
}

/** The small chart's axis: its upper and lower bound. */
function drawBounds(ctx: CanvasRenderingContext2D, plot: Plot, scene: Scene, palette: Palette): void {
  const { lo, hi } = plot.range;
  const digits = Math.min(scene.digits, ticks(lo, hi, 3).digits + 1);
  ctx.fillStyle = palette.label;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  const [upper, lower] = boundRows(plot);
  ctx.fillText(formatNumber(hi, digits), plot.right + 8, upper);
  ctx.fillText(formatNumber(lo, digits), plot.right + 8, lower);
  ctx.fillStyle = palette.grid;
  ctx.fillRect(plot.left, Math.round((plot.top + plot.bottom) / 2), plot.right - plot.left, 1);
}

/** Where the labels of the value axis stand: the centre of each, in pixels from the top. */
export function labelRows(plot: Plot, compact: boolean): readonly number[] {
  if (compact) return boundRows(plot);
  return valueTicks(plot).values.map((value) => labelY(plot, Math.round(yOf(plot, value))));
}

function valueTicks(plot: Plot): Ticks {
  const height = plot.bottom - plot.top;
  const most = Math.max(2, Math.floor(height / (height < LOW_PLOT_PX ? LOW_TICK_GAP_PX : TICK_GAP_PX)) + 1);
  return ticks(plot.range.lo, plot.range.hi, most);
}

function boundRows(plot: Plot): [number, number] {
  return [plot.top + 5, plot.bottom - 5];
}

function labelY(plot: Plot, y: number): number {
  return Math.min(Math.max(y, plot.top + 4), plot.bottom - 4) + 0.5;
}
