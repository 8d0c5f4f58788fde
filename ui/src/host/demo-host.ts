/**
 * A scripted host: the whole contract without a program behind it, for tests
 * and for looking at the screen in a plain browser. Its mood is a word in the
 * address, `?demo=failing`: empty, failing, nobt, off, many, thousand, dead,
 * notices, recording, busy. It is not part of a production build.
 */
import type { ApiError } from "../api/ApiError";
import type { Adapter } from "../api/Adapter";
import type { FrameRequest } from "../api/FrameRequest";
import type { NoticeRow } from "../api/NoticeRow";
import type { QualityChoice } from "../api/QualityChoice";
import type { RecordingStatus } from "../api/RecordingStatus";
import type { ParkedRow } from "../api/ParkedRow";
import type { Request } from "../api/Request";
import type { Response } from "../api/Response";
import type { Served } from "../api/Served";
import type { Snapshot } from "../api/Snapshot";
import type { System } from "../api/System";
import type { KnownRow } from "../api/KnownRow";
import { devicesAt, FOLDER, queuesAt, recordingsAt, sampleNotices, SCENARIOS, verdictOf, WORKERS } from "./demo/desk";
import { emptyFrame, encodeFrame } from "./demo/frame";
import { knownAt, listOf, saidOf, trailsOf } from "./demo/known";
import { pageOf, parkedAt } from "./demo/parked";
import { linksOf, manySensors, noDataOf, rowOf, smallGroup, type DemoSensor } from "./demo/people";
import { systemOf } from "./demo/system";
import type { Host } from "./host";

const DONE: Response = { answer: "done" };
const SAMPLES_PER_SEC = 403;

export class DemoHost implements Host {
  /** Every request but those that come again and again, for tests. */
  readonly asked: Request[] = [];
  /** What the page has told of its attention, for tests. */
  readonly attention: Extract<Request, { ask: "attention" }>[] = [];
  /** Charts that ask no more, for tests. */
  readonly letGo: number[] = [];
  /** Frames asked for, for tests. */
  frames = 0;
  closed = false;
  scenario: string | null = "scenarios/small_group.yaml";
  notices: NoticeRow[] = [];
  /** What the outbox has set aside. */
  parked: ParkedRow[] = [];
  /** The devices that were connected before. */
  known: KnownRow[] = [];
  failing = false;
  adapter: Adapter = { state: "ready", name: "hci0", scanning: false };
  #quality: QualityChoice = "auto";
  #recordingSince: number | null = null;
  #title = "";
  #folder = FOLDER;
  #born = Date.now();
  #sensors: DemoSensor[];
  #onClose: (() => void) | null = null;
  #switches = new Map<string, boolean>();

  constructor(readonly mood = "") {
    const now = this.#born / 1000;
    this.#sensors = sensorsOf(mood, now);
    if (mood !== "empty") this.known = knownAt(now * 1000);
    if (mood === "empty") this.scenario = null;
    if (["recording", "failing", "busy"].includes(mood)) this.#recordingSince = this.#born - 462_000;
    this.failing = mood === "failing";
    if (this.failing) this.parked = parkedAt(this.#born);
    if (mood === "nobt") this.adapter = { state: "unavailable", problem: "The Bluetooth service (BlueZ) is not running.", remedy: "Start it with “systemctl start bluetooth”, then try again." };
    if (mood === "off") this.adapter = { state: "off", name: "hci0" };
    if (mood === "notices" || mood === "failing") this.notices = sampleNotices();
  }

  async ask(request: Request): Promise<Response> {
    if (this.mood === "dead") return new Promise(() => {});
    if (request.ask === "snapshot") return { answer: "snapshot", with: this.snapshot() };
    if (request.ask === "system") return { answer: "system", with: this.system() };
    if (request.ask === "known") return { answer: "known", with: listOf(this.known) };
    if (request.ask === "trails") return this.#trails(request.sensor);
    if (request.ask === "viewer_health") return { answer: "served", with: this.#served() };
    if (request.ask === "let_go") this.letGo.push(...request.charts);
    else if (request.ask === "attention") this.attention.push(request);
    else this.asked.push(request);
    return this.#answer(request);
  }

  async frame(request: FrameRequest): Promise<ArrayBuffer> {
    this.frames += 1;
    const now = Date.now();
    const sensor = this.#sensors.find((one) => one.id === request.sensor);
    const stream = sensor?.streams.find((one) => one.attribute === request.attribute);
    if (!sensor || !stream) return emptyFrame("unknown", 250);
    const { quality, flush_ms: flushMs } = this.#served();
    return encodeFrame(stream, request, now, sensor.outages, quality === "high" ? 0 : flushMs);
  }

  async onCloseRequested(handler: () => void): Promise<() => void> {
    this.#onClose = handler;
    return () => (this.#onClose = null);
  }

  async closeWindow(): Promise<void> {
    this.closed = true;
  }

  async chooseScenario(): Promise<string | null> {
    return "scenarios/lake_walk.yaml";
  }

  async chooseFolder(): Promise<string | null> {
    return "/media/lab/usb-disk";
  }

  /** As if the operator closed the window. */
  requestClose(): void {
    this.#onClose?.();
  }

  snapshot(): Snapshot {
    const now = Date.now();
    const secs = (now - this.#born) / 1000;
    const offered = 1_204_310 + Math.round(secs * SAMPLES_PER_SEC);
    const entry = SCENARIOS.find((one) => one.id === this.scenario);
    const sensors = this.scenario ? this.#sensors.map((sensor, index) => rowOf(sensor, now / 1000, index, this.failing)) : [];
    return {
      now_ms: now,
      sensors,
      adapter: this.adapter,
      devices: this.adapter.state === "ready" && (this.adapter.scanning || secs < 0) ? devicesAt(now / 1000, this.known) : [],
      links: linksOf(this.mood === "busy" ? 6 : 2),
      no_data: noDataOf(sensors),
      scenario: entry ? { id: entry.id, name: entry.name, sensors: entry.sensors } : null,
      recording: this.#recording(now),
      notices: this.notices,
      load: { leading: "cpu", ...(this.failing ? { level: "critical", value: 0.97 } : this.mood === "busy" ? { level: "elevated", value: 1 } : { level: "normal", value: 0.31 }) },
      counters: { offered, delivered: offered - 1284, dropped: this.scenario ? 1284 : 0 },
      queues: queuesAt(now / 1000),
      workers: [...WORKERS],
    };
  }

  system(): System {
    return systemOf(this.snapshot(), (Date.now() - this.#born) / 1000, this.#switches, this.failing, this.parked);
  }

  #recording(now: number): RecordingStatus {
    const seconds = this.#recordingSince === null ? 0 : (now - this.#recordingSince) / 1000;
    const running = this.#recordingSince !== null;
    return {
      state: !running ? "idle" : this.failing ? "failing" : "recording",
      folder: this.#folder,
      path: running ? `${this.#folder}/recording.sensocto` : null,
      title: this.#title,
      seconds,
      samples: Math.round(seconds * SAMPLES_PER_SEC),
      dropped: this.failing ? 8_412 : 0,
      bytes: Math.round(seconds * SAMPLES_PER_SEC * 8.3),
      free_bytes: this.failing ? 0 : 81_400_000_000,
      disk_silent_secs: null,
      problem: this.failing && running ? "The disk is full: samples are dropped and counted until there is room." : "",
    };
  }

  #answer(request: Request): Response {
    switch (request.ask) {
      case "scenarios":
        return { answer: "scenarios", with: [...SCENARIOS] };
      case "start_scenario":
        return this.#start(request.id);
      case "stop_scenario":
        this.scenario = null;
        return DONE;
      case "start_scan":
      case "stop_scan":
        if (this.adapter.state === "ready") this.adapter = { ...this.adapter, scanning: request.ask === "start_scan" };
        return DONE;
      case "start_recording":
        if (this.#recordingSince !== null) throw fault("conflict", "A recording is already running.", "Stop it first.");
        this.#recordingSince = Date.now();
        this.#title = request.title;
        return DONE;
      case "stop_recording":
        return this.#stop();
      case "recordings":
        return { answer: "recordings", with: recordingsAt(Date.now()) };
      case "set_recording_folder":
        this.#folder = request.folder;
        return DONE;
      case "verify":
        return { answer: "verdict", with: verdictOf(request.path, !request.path.includes("stress")) };
      case "export_csv":
        return { answer: "exported", with: { folder: request.path.replace(".sensocto", "-csv"), files: 23, samples: 742_118, problems: [] } };
      case "dismiss_notice":
        this.notices = this.notices.filter((notice) => notice.id !== request.id);
        return DONE;
      case "set_known":
        this.known = saidOf(this.known, request) ?? this.known;
        return DONE;
      case "forget_known":
        this.known = this.known.filter((device) => device.device !== request.device);
        return DONE;
      case "parked":
        return { answer: "parked", with: pageOf(this.parked, request.after) };
      case "release_parked":
      case "discard_parked":
        return this.#settle(request.id);
      case "ask_sensor":
        return this.#asked(request.sensor);
      case "set_switch":
        this.#switches.set(request.name, request.enabled);
        return DONE;
      case "set_quality":
        this.#quality = request.quality;
        return { answer: "served", with: this.#served() };
      default:
        return DONE;
    }
  }

  #trails(id: string): Response {
    const sensor = this.#sensors.find((one) => one.id === id);
    return { answer: "trails", with: trailsOf(sensor?.rssiDbm ?? null, sensor?.batteryPercent ?? null) };
  }

  #settle(id: number): Response {
    const rest = this.parked.filter((message) => message.id !== id);
    if (rest.length === this.parked.length) throw fault("not_found", `No message ${id} is set aside: it was released, delivered or discarded before.`, "List what is set aside to see the numbers there are.");
    this.parked = rest;
    return DONE;
  }

  #asked(id: string): Response {
    const sensor = this.snapshot().sensors.find((one) => one.id === id);
    const account = this.system().sensors.find((one) => one.id === id);
    if (!sensor || !account) throw fault("not_found", `${id} gave no answer: there is no such sensor.`, "Look at the list of sensors for its id.");
    return { answer: "asked", with: { at_ms: Date.now(), took_ms: 0.4, sensor, account } };
  }

  #served(): Served {
    const quality = this.#quality === "auto" ? (this.failing ? "low" : "high") : this.#quality;
    return { quality, choice: this.#quality, flush_ms: { high: 64, medium: 128, low: 250, minimal: 500 }[quality] };
  }

  #start(id: string): Response {
    const entry = SCENARIOS.find((one) => one.id === id);
    if (!entry || entry.problem) throw fault("bad_file", "The scenario can't be read.", entry?.problem ?? "");
    this.scenario = id;
    this.#sensors = sensorsOf(this.mood, Date.now() / 1000);
    return DONE;
  }

  #stop(): Response {
    const status = this.#recording(Date.now());
    if (!status.path) throw fault("conflict", "No recording is running.", "");
    this.#recordingSince = null;
    const { path, seconds, samples, dropped, bytes } = status;
    return { answer: "recorded", with: { path, seconds, samples, dropped, bytes } };
  }
}

function sensorsOf(mood: string, nowSecs: number): DemoSensor[] {
  if (mood === "thousand") return manySensors(1000);
  return mood === "many" ? manySensors(300) : smallGroup(nowSecs);
}

function fault(code: ApiError["code"], message: string, remedy: string): ApiError {
  return { code, message, remedy };
}
