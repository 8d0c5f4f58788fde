/**
 * Watches an element's size, and whether any of it is on screen. Where the
 * observers are missing (a DOM without layout) it counts as in sight.
 */
export interface SightParts {
  /** The size in CSS pixels: at once, and after every change of size or zoom. */
  resized(width: number, height: number): void;
  /** As soon as it is known, and after every change. */
  sighted(inSight: boolean): void;
}

/** Starts watching; gives the way to stop. */
export function watchSight(element: HTMLElement, parts: SightParts): () => void {
  const measure = (): void => parts.resized(element.clientWidth, element.clientHeight);
  const sizes = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(measure);
  const sights =
    typeof IntersectionObserver === "undefined"
      ? null
      : new IntersectionObserver((entries) => parts.sighted(entries.at(-1)?.isIntersecting ?? false));
  measure();
  if (!sights) parts.sighted(true);
  sizes?.observe(element);
  sights?.observe(element);
  window.addEventListener("resize", measure);
  return () => {
    sizes?.disconnect();
    sights?.disconnect();
    window.removeEventListener("resize", measure);
  };
}
