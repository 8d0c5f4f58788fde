/**
 * A strip chart on a canvas: the newest sample on the right, the past on the
 * left. Draws what it is given, when it is told; it asks for nothing and keeps
 * no time of its own.
 */
import { drawBackdrop } from "./chart/backdrop";
import { drawMarks } from "./chart/marks";
import { plotOf, plotWidth, type Palette, type Plot, type Scene } from "./chart/scene";
import type { Span } from "./scale";

export { readPalette, type Palette, type Scene } from "./chart/scene";

export class StripChart {
  readonly #ctx: CanvasRenderingContext2D | null;
  readonly #backdrop: HTMLCanvasElement;
  #backdropKey = "";
  #width = 0;
  #height = 0;
  #ratio = 1;

  constructor(private readonly canvas: HTMLCanvasElement) {
    this.#ctx = canvas.getContext("2d", { alpha: false });
    this.#backdrop = document.createElement("canvas");
  }

  /** Width of the plot in device pixels: what the host decimates to. */
  get pixels(): number {
    return Math.min(8192, Math.max(1, Math.round(plotWidth(this.#width) * this.#ratio)));
  }

  /** Takes the canvas's size in CSS pixels and the screen's pixel ratio; empties the canvas if they are new. */
  resize(width: number, height: number, ratio: number): void {
    if (width === this.#width && height === this.#height && ratio === this.#ratio) return;
    [this.#width, this.#height, this.#ratio] = [width, height, ratio];
    for (const canvas of [this.canvas, this.#backdrop]) {
      canvas.width = Math.max(1, Math.round(width * ratio));
      canvas.height = Math.max(1, Math.round(height * ratio));
    }
    this.#backdropKey = "";
  }

  /** Draws the scene over `range`. */
  draw(scene: Scene, range: Span, palette: Palette): void {
    const ctx = this.#ctx;
    if (!ctx || this.#width < 1 || this.#height < 1) return;
    const plot = plotOf(this.#width, this.#height, this.#ratio, scene, range);
    this.#freshenBackdrop(plot, scene, palette);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.drawImage(this.#backdrop, 0, 0);
    ctx.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    drawMarks(ctx, plot, scene, palette);
  }

  #freshenBackdrop(plot: Plot, scene: Scene, palette: Palette): void {
    const { lo, hi } = plot.range;
    const key = [lo, hi, plot.windowMs, scene.unit, scene.digits, scene.compact, palette.ground, palette.font].join();
    if (key === this.#backdropKey) return;
    const ctx = this.#backdrop.getContext("2d", { alpha: false });
    if (!ctx) return;
    ctx.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    drawBackdrop(ctx, plot, scene, palette);
    this.#backdropKey = key;
  }
}
