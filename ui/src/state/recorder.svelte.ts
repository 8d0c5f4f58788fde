/**
 * Starting and stopping the recording, and what the last one became. The
 * recording itself lives in the host; its state comes with every snapshot.
 */
import { getContext, setContext } from "svelte";
import type { RecordingSummary } from "../api/RecordingSummary";
import { answered } from "../host/host";
import { Action } from "./action.svelte";
import type { Console } from "./console.svelte";

export class Recorder {
  readonly starting = new Action();
  readonly stopping = new Action();
  /** The recording that was closed last, until its card is dismissed. */
  done = $state.raw<RecordingSummary | null>(null);

  constructor(private readonly console: Console) {}

  start(title: string): Promise<boolean> {
    return this.starting.run(async () => {
      await this.console.ask({ ask: "start_recording", title });
      this.done = null;
    });
  }

  stop(): Promise<boolean> {
    return this.stopping.run(async () => {
      this.done = answered(await this.console.ask({ ask: "stop_recording" }), "recorded").with;
    });
  }

  dismiss(): void {
    this.done = null;
  }
}

const KEY = Symbol("recorder");

export function provideRecorder(recorder: Recorder): Recorder {
  return setContext(KEY, recorder);
}

export function useRecorder(): Recorder {
  return getContext<Recorder>(KEY);
}
