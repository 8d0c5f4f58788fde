/**
 * The window's attention: which sensors and streams the operator has in view,
 * under the pointer, chosen or pinned, whether the page is hidden, how the
 * machine's battery and the page's own drawing do. Reported to the core, which
 * decides from it how much to ask of each source and how to serve this page.
 */
import { getContext, setContext } from "svelte";
import type { Attachment } from "svelte/attachments";
import type { ApiError } from "../api/ApiError";
import type { QualityChoice } from "../api/QualityChoice";
import type { Served } from "../api/Served";
import { answered, asApiError, within, type Host } from "../host/host";
import { LettingGo } from "../lib/charts";
import { watchBattery } from "../lib/attention/battery";
import { Gaze, type Target } from "../lib/attention/gaze";
import { watchPace, type Pace } from "../lib/attention/pace";
import { AttentionTeller } from "../lib/attention/teller";
import { Reporter, type BatteryState, type Report } from "../lib/attention/reporter";

const DEADLINE_MS = 3000;

export class Attention {
  pinned = $state.raw<ReadonlySet<string>>(new Set());
  /** Why the last report did not go through. */
  fault = $state.raw<ApiError | null>(null);
  /** How the page drew in the last 2 s. */
  pace = $state.raw<Pace | null>(null);
  /** How the core serves this page. */
  served = $state.raw<Served | null>(null);
  /** What the operator chose for this page, or the settings say. */
  choice = $state<QualityChoice>("auto");

  #listed: readonly string[] = [];
  #battery: BatteryState | null = null;
  #gaze: Gaze;
  #reporter: Reporter;
  #teller: AttentionTeller;
  /** Charts that ask for frames no more. */
  readonly charts: LettingGo;

  constructor(private readonly host: Host) {
    this.#teller = new AttentionTeller((request) => host.ask(request));
    this.charts = new LettingGo((charts) => within(DEADLINE_MS, host.ask({ ask: "let_go", viewer: this.viewer, charts })));
    this.#reporter = new Reporter({
      report: () => this.#report(),
      send: async (report) => {
        if (await this.#teller.tell(report)) this.#reporter.changed();
      },
      outcome: (fault) => (this.fault = fault === null ? null : asApiError(fault)),
    });
    this.#gaze = new Gaze({
      changed: () => this.#reporter.changed(),
      hoverSettleMs: () => this.#reporter.hoverSettleMs(),
    });
  }

  /** This page's name towards the core. */
  get viewer(): string {
    return this.#teller.viewer;
  }

  /** Begins to report; gives the way to stop. */
  start(): () => void {
    const changed = (): void => this.#reporter.changed();
    const leave = (): void => void this.#teller.leave().catch(() => {});
    document.addEventListener("visibilitychange", changed);
    window.addEventListener("pagehide", leave);
    const stops = [
      this.#reporter.start(),
      watchBattery((battery) => (this.#battery = battery)),
      watchPace((pace) => void this.#fare(pace)),
      () => document.removeEventListener("visibilitychange", changed),
      () => window.removeEventListener("pagehide", leave),
      leave,
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** For an element that stands for a sensor, or for one of its streams. */
  look(sensor: string, attribute: string | null = null): Attachment {
    return (element) => this.#gaze.watch(element, { sensor, attribute });
  }

  /** The sensors that the page lists, in sight or not. */
  list(sensors: readonly string[]): void {
    const known = new Set(this.#listed);
    const fresh = sensors.some((sensor) => !known.has(sensor));
    this.#listed = sensors;
    if (fresh) this.#reporter.changed();
  }

  /** What the operator has chosen to see large; null for nothing. */
  choose(target: Target | null): void {
    this.#gaze.choose(target);
  }

  isPinned(sensor: string): boolean {
    return this.pinned.has(sensor);
  }

  /** Pins a sensor, or lets it go: a pinned one keeps full attention also out of sight. */
  togglePin(sensor: string): void {
    const on = !this.pinned.has(sensor);
    const others = [...this.pinned].filter((one) => one !== sensor);
    this.pinned = new Set(on ? [...others, sensor] : others);
    this.#gaze.pin(sensor, on);
  }

  /** How this page is to be served; rejects with an {@link ApiError}. */
  async chooseQuality(quality: QualityChoice): Promise<void> {
    const request = { ask: "set_quality", viewer: this.viewer, quality } as const;
    this.#serve(answered(await within(DEADLINE_MS, this.host.ask(request)), "served").with);
  }

  #serve(served: Served): void {
    this.served = served;
    this.choice = served.choice;
  }

  #report(): Report {
    return { hidden: document.hidden, listed: this.#listed, looks: this.#gaze.looks() };
  }

  /** Tells how the page fares, and learns how it is served. */
  async #fare(pace: Pace): Promise<void> {
    this.pace = pace;
    const { percent = null, charging = null } = this.#battery ?? {};
    const request = { ask: "viewer_health", viewer: this.viewer, fps: pace.fps, battery_percent: percent, charging } as const;
    try {
      this.#serve(answered(await within(DEADLINE_MS, this.host.ask(request)), "served").with);
    } catch (reason) {
      this.fault = asApiError(reason);
    }
  }
}

const KEY = Symbol("attention");

export function provideAttention(attention: Attention): Attention {
  return setContext(KEY, attention);
}

export function useAttention(): Attention {
  return getContext<Attention>(KEY);
}
