/**
 * What the outbox has set aside: one page of it, and what the operator does with
 * each message. The page is asked for when the outbox's own figures say that it
 * has changed, and not otherwise.
 */
import { untrack } from "svelte";
import type { OutboxView } from "../api/OutboxView";
import type { ParkedPage } from "../api/ParkedPage";
import type { Request } from "../api/Request";
import type { Response } from "../api/Response";
import { answered, within } from "../host/host";
import { Action } from "./action.svelte";
import type { Console } from "./console.svelte";

/** The core gives up after 5 s; a host that does not even say so is given up after this. */
const DEADLINE_MS = 8000;

export class Parked {
  /** The page on the screen; none before the first answer. */
  page = $state.raw<ParkedPage | null>(null);
  /** Whether it is the first page. */
  first = $derived.by(() => this.#after === null);
  readonly listing = new Action();
  readonly acting = new Action();

  #after = $state<number | null>(null);
  /** The outbox's figures when the page was asked for. */
  #seen = "";
  /** Counts what was asked, so that a late answer does not overwrite a newer one. */
  #asked = 0;

  constructor(readonly console: Console) {}

  /** Looks whether there is something new to ask for. */
  follow({ parked, failed }: OutboxView): void {
    const seen = `${parked} ${failed}`;
    if (seen === this.#seen || this.listing.busy || this.acting.busy) return;
    this.#seen = seen;
    untrack(() => void this.load(this.#after));
  }

  /** Asks for the page behind `after`, again if need be. */
  async load(after: number | null): Promise<void> {
    this.#asked += 1;
    const turn = this.#asked;
    this.#after = after;
    await this.listing.run(async () => {
      const page = answered(await this.#ask({ ask: "parked", after }), "parked").with;
      if (turn === this.#asked) this.page = page;
    });
    // The last message of a later page is gone: then there is nothing left to show there.
    if (after !== null && turn === this.#asked && this.page?.messages.length === 0) await this.load(null);
  }

  /** Shows the page once more, after a failure. */
  async again(): Promise<void> {
    await this.load(this.#after);
  }

  async release(id: number): Promise<boolean> {
    return this.#settle({ ask: "release_parked", id });
  }

  async discard(id: number): Promise<boolean> {
    return this.#settle({ ask: "discard_parked", id });
  }

  async #settle(request: Request): Promise<boolean> {
    const done = await this.acting.run(async () => void (await this.#ask(request)));
    // Also after a failure: the message may be gone, or it may have been done late.
    await this.load(this.#after);
    return done;
  }

  async #ask(request: Request): Promise<Response> {
    return within(DEADLINE_MS, this.console.ask(request));
  }
}
