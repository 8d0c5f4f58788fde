/**
 * A window on the bench: the whole screen in a DOM, with the scripted host
 * behind it. Waits for conditions, never for time.
 */
import { flushSync, mount, unmount } from "svelte";
import { onTestFinished, vi } from "vitest";
import { DemoHost } from "../host/demo-host";
import App from "./App.svelte";

export interface Bench {
  readonly host: DemoHost;
  /** The one element with this test id; fails when there is none. */
  get(testid: string, within?: ParentNode): HTMLElement;
  all(testid: string): HTMLElement[];
  has(testid: string): boolean;
  /** Waits until the check no longer throws. */
  until<T>(check: () => T): Promise<T>;
  click(testid: string, within?: ParentNode): void;
  press(key: string, target?: Element): void;
}

/** Opens the window and waits for its first snapshot; it closes with the test. */
export async function openWindow(host = new DemoHost()): Promise<Bench> {
  const target = document.createElement("div");
  document.body.append(target);
  const app = mount(App, { target, props: { host } });
  onTestFinished(async () => {
    await unmount(app);
    target.remove();
  });
  const all = (testid: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`)];
  const get = (testid: string, within: ParentNode = document): HTMLElement => {
    const found = within.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
    if (!found) throw new Error(`nothing on the screen is a ${testid}`);
    return found;
  };
  const bench: Bench = {
    host,
    get,
    all,
    has: (testid) => all(testid).length > 0,
    until: (check) => vi.waitFor(() => (flushSync(), check()), { timeout: 4000, interval: 20 }),
    click: (testid, within) => (get(testid, within).click(), flushSync()),
    press: (key, on = document.body) => {
      on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      flushSync();
    },
  };
  if (host.mood !== "dead") await bench.until(() => get("status-bar"));
  return bench;
}
