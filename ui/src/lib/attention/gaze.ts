/**
 * What the operator looks at: which elements that stand for a sensor or a
 * stream are in view or under the pointer, what is chosen, what is pinned.
 * A glance in passing does not count: view settles for 300 ms, hover for twice
 * the time a report takes. Constants: platform, attention hook.
 */

/** A sensor, or one of its streams. */
export interface Target {
  readonly sensor: string;
  /** None: the sensor as a whole. */
  readonly attribute: string | null;
}

/** How a target is looked at; at least one of the four is true. */
export interface Look extends Target {
  readonly view: boolean;
  readonly hover: boolean;
  readonly focus: boolean;
  readonly pin: boolean;
}

const VIEW_SETTLE_MS = 300;
const VIEW_SHARE = 0.1;
const VIEW_MARGIN = "50px";

export interface GazeParts {
  /** Something that {@link Gaze.looks} says has changed. */
  changed(): void;
  /** How long the pointer has to rest, ms. */
  hoverSettleMs(): number;
}

interface Watched {
  readonly target: Target;
  readonly view: Settled;
  readonly hover: Settled;
}

export class Gaze {
  #watched = new Map<Element, Watched>();
  #chosen: Target | null = null;
  #pinned = new Set<string>();
  #observer: IntersectionObserver | null = null;

  constructor(private readonly parts: GazeParts) {
    if (typeof IntersectionObserver === "undefined") return;
    const margins = { rootMargin: VIEW_MARGIN, scrollMargin: VIEW_MARGIN };
    this.#observer = new IntersectionObserver((entries) => this.#sighted(entries), { threshold: VIEW_SHARE, ...margins });
  }

  /** Watches an element that stands for a target; gives the way to stop. */
  watch(element: Element, target: Target): () => void {
    const settled = (): Settled => new Settled(() => this.parts.changed());
    const watched = { target, view: settled(), hover: settled() };
    this.#watched.set(element, watched);
    const enter = (): void => watched.hover.lean(true, this.parts.hoverSettleMs());
    const leave = (): void => watched.hover.lean(false, this.parts.hoverSettleMs());
    element.addEventListener("pointerenter", enter);
    element.addEventListener("pointerleave", leave);
    if (this.#observer) this.#observer.observe(element);
    else watched.view.lean(true, VIEW_SETTLE_MS);
    return () => {
      element.removeEventListener("pointerenter", enter);
      element.removeEventListener("pointerleave", leave);
      this.#observer?.unobserve(element);
      this.#forget(element, watched);
    };
  }

  /** The sensor and stream that the operator has chosen; null for none. */
  choose(target: Target | null): void {
    if (keyOf(target) === keyOf(this.#chosen)) return;
    this.#chosen = target;
    this.parts.changed();
  }

  pin(sensor: string, on: boolean): void {
    if (on === this.#pinned.has(sensor)) return;
    if (on) this.#pinned.add(sensor);
    else this.#pinned.delete(sensor);
    this.parts.changed();
  }

  /** Every target that is looked at, in a stable order. */
  looks(): Look[] {
    const looks = new Map<string, Look>();
    const note = (target: Target, more: Partial<Look>): void => {
      const key = keyOf(target);
      const before = looks.get(key) ?? { ...target, view: false, hover: false, focus: false, pin: false };
      looks.set(key, { ...before, ...more });
    };
    for (const { target, view, hover } of this.#watched.values()) {
      if (view.value) note(target, { view: true });
      if (hover.value) note(target, { hover: true });
    }
    if (this.#chosen) note(this.#chosen, { focus: true });
    for (const sensor of this.#pinned) note({ sensor, attribute: null }, { pin: true });
    return [...looks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, look]) => look);
  }

  #sighted(entries: readonly IntersectionObserverEntry[]): void {
    for (const entry of entries) this.#watched.get(entry.target)?.view.lean(entry.isIntersecting, VIEW_SETTLE_MS);
  }

  /** An element that goes is out of view after the same time: lists replace their rows. */
  #forget(element: Element, watched: Watched): void {
    if (this.#watched.get(element) !== watched) return;
    this.#watched.delete(element);
    const ghost = new Object() as Element;
    this.#watched.set(ghost, watched);
    watched.hover.lean(false, 0);
    watched.view.lean(false, VIEW_SETTLE_MS, () => this.#watched.delete(ghost));
  }
}

/** One string for a target: for maps and comparisons. */
export function keyOf(target: Target | null): string {
  return target ? JSON.stringify([target.sensor, target.attribute]) : "";
}

/** Yes or no, believed when it has held for a while. */
class Settled {
  value = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly changed: () => void) {}

  lean(next: boolean, afterMs: number, then?: () => void): void {
    clearTimeout(this.#timer);
    if (next === this.value && !then) return;
    this.#timer = setTimeout(() => {
      const turned = next !== this.value;
      this.value = next;
      then?.();
      if (turned) this.changed();
    }, afterMs);
  }
}
