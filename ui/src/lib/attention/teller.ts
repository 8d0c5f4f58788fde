/**
 * From reports to requests: what the core has been told so far, and the events
 * that lead from there to now. What may or may not have arrived counts as told,
 * so that it is taken back when it is over.
 */
import type { AttentionEvent } from "../../api/AttentionEvent";
import type { AttentionTarget } from "../../api/AttentionTarget";
import type { Request } from "../../api/Request";
import { actsBetween } from "./acts";
import { keyOf, type Look } from "./gaze";
import type { Report } from "./reporter";

/** The core takes 4096 targets in a request; looks need some of that room. */
const LISTED_AT_ONCE = 2000;
/** What is merely listed is told anew after so many reports: a core that came back has forgotten it. */
const LISTED_ANEW_AFTER = 12;

export class AttentionTeller {
  /** This page, for as long as it lives. */
  readonly viewer = viewerId();
  #told: readonly Look[] = [];
  #hidden: boolean | null = null;
  #listed = new Set<string>();
  #reports = 0;

  constructor(private readonly ask: (request: Request) => Promise<unknown>) {}

  /** Tells a report; whether there is more to tell at once. */
  async tell(report: Report): Promise<boolean> {
    this.#reports += 1;
    if (this.#reports % LISTED_ANEW_AFTER === 0) this.#listed.clear();
    const fresh = report.listed.filter((sensor) => !this.#listed.has(sensor));
    const now = fresh.slice(0, LISTED_AT_ONCE);
    const before = this.#told;
    this.#told = union(before, report.looks);
    await this.ask({ ask: "attention", viewer: this.viewer, events: this.#events(before, report, now) });
    this.#told = report.looks;
    this.#hidden = report.hidden;
    for (const sensor of now) this.#listed.add(sensor);
    return fresh.length > now.length;
  }

  /** Tells that the page goes. */
  leave(): Promise<unknown> {
    return this.ask({ ask: "attention", viewer: this.viewer, events: [{ event: "gone" }] });
  }

  #events(before: readonly Look[], report: Report, listed: readonly string[]): AttentionEvent[] {
    const events: AttentionEvent[] = [];
    if (report.hidden !== this.#hidden) events.push({ event: report.hidden ? "page_hidden" : "page_visible" });
    if (listed.length > 0) events.push({ event: "register", targets: listed.map(wholeSensor) });
    for (const act of actsBetween(before, report.looks)) events.push({ event: act.kind, targets: [...act.targets] });
    return events;
  }
}

function wholeSensor(sensor: string): AttentionTarget {
  return { sensor, attribute: null };
}

/** Every mark that is in one of the two. */
function union(a: readonly Look[], b: readonly Look[]): Look[] {
  const looks = new Map(a.map((look) => [keyOf(look), look]));
  for (const look of b) {
    const other = looks.get(keyOf(look));
    looks.set(keyOf(look), other ? { ...look, view: look.view || other.view, hover: look.hover || other.hover, focus: look.focus || other.focus, pin: look.pin || other.pin } : look);
  }
  return [...looks.values()];
}

/** Letters and digits, one for each open page. */
function viewerId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return `window-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
