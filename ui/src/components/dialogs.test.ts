import { expect, it } from "vitest";
import { DemoHost } from "../host/demo-host";
import { HOSTILE_NAME } from "../host/demo/people";
import { openWindow } from "./test-bench";

it("shows a broken scenario with its problem and no way to start it", async () => {
  const { press, all, until } = await openWindow(new DemoHost("empty"));
  press("s");
  const rows = await until(() => {
    expect(all("scenario-row")).toHaveLength(4);
    return all("scenario-row");
  });
  const broken = rows.find((row) => row.dataset.id === "scenarios/broken.yaml");
  expect(broken?.textContent).toContain("line 14, column 9");
  expect(broken?.querySelector("button")).toBeNull();
  expect(all("scenario-start")).toHaveLength(3);
});

it("starts the scenario that was chosen and closes", async () => {
  const { host, press, all, click, until, has, get } = await openWindow(new DemoHost("empty"));
  press("s");
  await until(() => expect(all("scenario-row")).toHaveLength(4));
  const row = all("scenario-row").find((one) => one.dataset.id === "scenarios/small_group.yaml");
  click("scenario-start", row);
  await until(() => expect(has("scenario-dialog")).toBe(false));
  expect(host.asked).toContainEqual({ ask: "start_scenario", id: "scenarios/small_group.yaml" });
  await until(() => expect(get("scenario-button").textContent).toContain("Small group"));
  await until(() => expect(all("sensor-row").length).toBeGreaterThan(0));
});

it("shows why a chosen file can't be run, and stays open", async () => {
  const host = new DemoHost();
  host.chooseScenario = async () => "scenarios/broken.yaml";
  const { press, click, until, get } = await openWindow(host);
  press("s");
  await until(() => get("scenario-open"));
  click("scenario-open");
  await until(() => expect(get("scenario-dialog").textContent).toContain("The scenario can't be read."));
});

it("scans, connects, and stops scanning when the dialog closes", async () => {
  const { host, press, click, all, until } = await openWindow();
  press("b");
  await until(() => expect(document.body.textContent).toContain("Not scanning"));
  click("scan-start");
  await until(() => expect(all("device-row")).toHaveLength(4));
  const strap = all("device-row").find((row) => row.textContent?.includes("HRM-Pro 8812"));
  click("connect", strap);
  await until(() => expect(host.asked).toContainEqual({ ask: "connect", device: "D3:44:09:AB:55:19" }));
  document.querySelector("dialog")?.dispatchEvent(new Event("cancel", { cancelable: true }));
  await until(() => expect(host.asked.at(-1)).toEqual({ ask: "stop_scan" }));
});

it("stops the scan it has asked for also when the adapter rests from it while a device connects", async () => {
  const { host, press, click, until } = await openWindow();
  press("b");
  await until(() => expect(document.body.textContent).toContain("Not scanning"));
  click("scan-start");
  await until(() => expect(document.body.textContent).not.toContain("Not scanning"));
  host.adapter = { state: "ready", name: "hci0", scanning: false };
  await until(() => expect(document.body.textContent).toContain("Not scanning"));
  document.querySelector("dialog")?.dispatchEvent(new Event("cancel", { cancelable: true }));
  await until(() => expect(host.asked.at(-1)).toEqual({ ask: "stop_scan" }));
});

it("does not offer to connect what the console can't read, and shows hostile names as text", async () => {
  const { press, click, all, until, get } = await openWindow();
  press("b");
  await until(() => get("scan-start"));
  await until(() => expect(get("scan-start").hasAttribute("disabled")).toBe(false));
  click("scan-start");
  await until(() => expect(all("device-row")).toHaveLength(4));
  const lamp = all("device-row").find((row) => row.textContent?.includes("lamp"));
  expect(lamp && get("connect", lamp).hasAttribute("disabled")).toBe(true);
  expect(all("device-row").some((row) => row.textContent?.includes(HOSTILE_NAME))).toBe(true);
  expect(document.querySelector("img")).toBeNull();
});

it("says what is wrong with Bluetooth, what to do, and looks again", async () => {
  const { host, press, click, until, get } = await openWindow(new DemoHost("nobt"));
  press("b");
  await until(() => expect(get("adapter").textContent).toContain("systemctl start bluetooth"));
  expect(get("scan-start").hasAttribute("disabled")).toBe(true);
  click("adapter-again");
  await until(() => expect(host.asked).toContainEqual({ ask: "refresh_bluetooth" }));
});

it("lists recordings, verifies one, and changes the folder", async () => {
  const { host, press, click, all, until, get } = await openWindow();
  press("l");
  await until(() => expect(all("recording-row")).toHaveLength(4));
  expect(all("recording-row").map((row) => row.textContent).join()).toMatch(/Closed.*Cut off.*newer version/s);
  all("recording-open")[1]?.click();
  await until(() => get("verify"));
  click("verify");
  await until(() => expect(get("verdict").dataset.good).toBe("false"));
  expect(get("verdict").textContent).toContain("does not match its checksum");
  click("change-folder");
  await until(() => expect(get("recording-folder").textContent).toBe("/media/lab/usb-disk"));
  expect(host.asked.filter((one) => one.ask === "recordings")).toHaveLength(2);
});

it("shows notices by weight, and takes one off when it is dismissed", async () => {
  const { host, all, until } = await openWindow(new DemoHost("notices"));
  expect(all("notice").map((card) => card.dataset.severity)).toEqual(["error", "warning"]);
  expect(all("notice")[1]?.textContent).toContain("×4");
  all("notice")[0]?.querySelector("button")?.click();
  await until(() => expect(all("notice").map((card) => card.dataset.severity)).toEqual(["warning", "info"]));
  expect(host.asked).toEqual([{ ask: "dismiss_notice", id: 2 }]);
});
