/**
 * The real window: Tauri's IPC. Decides nothing; each call is one command.
 */
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { getCurrentWindow } from "@tauri-apps/api/window";
import { open } from "@tauri-apps/plugin-dialog";
import type { Response } from "../api/Response";
import type { Host } from "./host";

export const tauriHost: Host = {
  ask: (request) => invoke<Response>("rpc", { request }),
  frame: async (request) => asBuffer(await invoke<ArrayBuffer | number[]>("frame", { request })),
  onCloseRequested: (handler) => listen("close-requested", handler),
  closeWindow: () => getCurrentWindow().destroy(),
  chooseScenario: () =>
    open({ title: "Open a scenario", filters: [{ name: "Scenario", extensions: ["yaml", "yml"] }] }),
  chooseFolder: (from) => open({ title: "Folder for recordings", directory: true, ...(from && { defaultPath: from }) }),
};

/** Where the webview's IPC falls back to messages, bytes arrive as numbers. */
function asBuffer(bytes: ArrayBuffer | number[]): ArrayBuffer {
  return Array.isArray(bytes) ? new Uint8Array(bytes).buffer : bytes;
}
