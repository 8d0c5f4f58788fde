/**
 * The start of the window: the styles, the host, the screen. The scripted host
 * is for looking at the screen in a plain browser while developing (`?demo`);
 * a production build does not contain it.
 */
import { mount } from "svelte";
import App from "./components/App.svelte";
import type { Host } from "./host/host";
import { tauriHost } from "./host/tauri-host";
import "./styles/tokens.css";
import "./styles/base.css";

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

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");
void pickHost().then((host) => mount(App, { target, props: { host } }));
