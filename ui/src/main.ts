/**
 * The start of the window: the styles, the host, the screen. The scripted host
 * is for looking at the screen in a plain browser while developing (`?demo`);
 * a production build does not contain it.
 */
import { mount } from "svelte";
import App from "./components/App.svelte";
import type { Host } from "./host/host";
import { tauriHost } from "./host/tauri-host";
import "@fontsource-variable/inter/index.css";
import "./styles/tokens.css";
import "./styles/base.css";

/** The typeface lies beside the page; if it does not come, the system's will do. */
const FONT_PATIENCE_MS = 500;

async function pickHost(): Promise<Host> {
  if (import.meta.env.DEV || import.meta.env.MODE === "demo") {
    const demo = new URLSearchParams(location.search).get("demo");
    if (demo !== null) {
      const { DemoHost } = await import("./host/demo-host");
      return Object.assign(globalThis, { demoHost: new DemoHost(demo) }).demoHost;
    }
  }
  return tauriHost;
}

/** The charts draw text on canvases, which does not change when a font arrives late. */
async function typefaceReady(): Promise<void> {
  const loaded = document.fonts.load("16px 'Inter Variable'");
  const patience = new Promise((resolve) => setTimeout(resolve, FONT_PATIENCE_MS));
  await Promise.race([loaded, patience]).catch(() => {});
}

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");
void Promise.all([pickHost(), typefaceReady()]).then(([host]) => mount(App, { target, props: { host } }));
