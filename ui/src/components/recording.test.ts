import { expect, it } from "vitest";
import type { ApiError } from "../api/ApiError";
import { DemoHost } from "../host/demo-host";
import { openWindow } from "./test-bench";

it("starts with a title, runs, stops, and shows the file", async () => {
  const { host, click, get, has, until } = await openWindow();
  click("record-start");
  const title = get("record-title") as HTMLInputElement;
  title.value = "  Baseline ";
  title.dispatchEvent(new Event("input", { bubbles: true }));
  click("record-confirm");
  await until(() => expect(get("record-elapsed").textContent).toMatch(/^\s*00:00:0\d\s*$/));
  expect(host.asked).toContainEqual({ ask: "start_recording", title: "Baseline" });
  expect(has("record-start")).toBe(false);
  click("record-stop");
  await until(() => expect(get("recorded-path").textContent).toBe("/home/lab/Recordings/Sensocto/recording.sensocto"));
  await until(() => get("record-start"));
});

it("says in words that the disk fails, and shows what was dropped", async () => {
  const { get, all } = await openWindow(new DemoHost("failing"));
  const control = document.querySelector('[data-state="failing"]');
  expect(control?.textContent).toContain("Disk failing");
  expect(control?.textContent).toContain("8\u202f412 dropped");
  expect(all("notice")[0]?.textContent).toContain("The disk is full");
  expect(get("record-stop").hasAttribute("disabled")).toBe(false);
});

it("shows why a recording could not be started, and stays ready", async () => {
  const host = new DemoHost();
  const ask = host.ask.bind(host);
  const refusal: ApiError = { code: "storage", message: "The folder can't be written.", remedy: "Choose another." };
  host.ask = (request) => (request.ask === "start_recording" ? Promise.reject(refusal) : ask(request));
  const { click, get, until } = await openWindow(host);
  click("record-start");
  click("record-confirm");
  await until(() => expect(document.querySelector("form [role=alert]")?.textContent).toContain("The folder can't be written. Choose another."));
  expect(get("record-confirm").hasAttribute("disabled")).toBe(false);
});

it("asks for the title by key, and lets Escape take it back", async () => {
  const { host, press, until, has } = await openWindow();
  press("r");
  await until(() => expect(has("record-confirm")).toBe(true));
  press("Escape");
  await until(() => expect(has("record-confirm")).toBe(false));
  expect(host.asked).toEqual([]);
});

it("never stops by key: the key only leads to the button", async () => {
  const { host, press } = await openWindow(new DemoHost("recording"));
  press("r");
  expect(document.activeElement?.getAttribute("data-testid")).toBe("record-stop");
  expect(host.asked).toEqual([]);
});

it("keeps shortcuts out of fields", async () => {
  const { press, click, get, has } = await openWindow();
  click("record-start");
  press("s", get("record-title"));
  press(" ", get("record-title"));
  expect(has("scenario-dialog")).toBe(false);
  expect(get("pause").getAttribute("aria-pressed")).toBe("false");
});

it("asks before the window closes on a running recording: keep", async () => {
  const { host, click, until, has } = await openWindow(new DemoHost("recording"));
  host.requestClose();
  await until(() => expect(has("close-dialog")).toBe(true));
  click("close-keep");
  await until(() => expect(has("close-dialog")).toBe(false));
  expect(host.closed).toBe(false);
  expect(host.asked).toEqual([]);
});

it("asks before the window closes on a running recording: stop, then close", async () => {
  const { host, click, until, get } = await openWindow(new DemoHost("recording"));
  host.requestClose();
  await until(() => get("close-dialog"));
  click("close-stop");
  await until(() => expect(host.closed).toBe(true));
  expect(host.asked).toEqual([{ ask: "stop_recording" }]);
});

it("does not close when the recording can't be stopped, unless the operator says so", async () => {
  const host = new DemoHost("recording");
  const ask = host.ask.bind(host);
  const refusal: ApiError = { code: "storage", message: "The disk does not answer.", remedy: "" };
  host.ask = (request) => (request.ask === "stop_recording" ? Promise.reject(refusal) : ask(request));
  const { click, until, get } = await openWindow(host);
  host.requestClose();
  await until(() => get("close-dialog"));
  click("close-stop");
  await until(() => expect(get("close-dialog").textContent).toContain("The disk does not answer."));
  expect(host.closed).toBe(false);
  click("close-anyway");
  await until(() => expect(host.closed).toBe(true));
});

it("verifies and exports the recording that was just made", async () => {
  const { click, get, until } = await openWindow(new DemoHost("recording"));
  click("record-stop");
  await until(() => get("recorded-card"));
  click("verify");
  await until(() => expect(get("verdict").textContent).toContain("Good"));
  click("export-csv");
  await until(() => expect(get("exported").textContent).toContain("/home/lab/Recordings/Sensocto/recording-csv"));
});
