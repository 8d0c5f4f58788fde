import { expect, it } from "vitest";
import { DemoHost } from "../host/demo-host";
import { HOSTILE_NAME } from "../host/demo/people";
import { openWindow } from "./test-bench";

it("shows known devices first, with what is said of them, and new ones apart", async () => {
  const { press, click, all, until, get } = await openWindow();
  press("b");
  await until(() => expect(all("known-row")).toHaveLength(4));
  const first = all("known-row")[0]?.textContent ?? "";
  for (const word of ["Strap 1", "Polar H10 7C11", "Anna Keller", "Lab 3", "dBm", "90 %", "Live", "reconnects at start"]) expect(first).toContain(word);
  expect(get("links").textContent).toContain("2 of about 7 links in use");
  click("scan-start");
  await until(() => expect(all("device-row")).toHaveLength(4));
  expect(all("device-row").some((row) => row.dataset.device === "A0:9E:1A:7C:11:02")).toBe(false);
  expect(all("known-row").some((row) => row.textContent?.includes(HOSTILE_NAME))).toBe(true);
  expect(document.querySelector("img")).toBeNull();
});

it("says what the operator says of a device, and no more than the fields hold", async () => {
  const { host, press, click, all, until, get, has } = await openWindow();
  press("b");
  await until(() => expect(all("known-row")).toHaveLength(4));
  click("known-edit", all("known-row")[1]);
  const alias = await until(() => get("known-alias") as HTMLInputElement);
  expect([alias.value, alias.maxLength]).toEqual(["Strap 2", 80]);
  alias.value = "  Blue strap ";
  alias.dispatchEvent(new Event("input", { bubbles: true }));
  click("known-reconnects");
  get("known-save").closest("dialog")?.querySelector("form")?.requestSubmit();
  await until(() => expect(has("known-dialog")).toBe(false));
  const said = { device: "A0:9E:1A:7C:23:55", alias: "Blue strap", owner: "Ben Okafor", room: "Lab 3", reconnects: false };
  expect(host.asked).toContainEqual({ ask: "set_known", ...said });
  await until(() => expect(all("known-row").some((row) => row.textContent?.includes("Blue strap"))).toBe(true));
});

it("asks before it forgets a device", async () => {
  const { host, press, click, all, until, get } = await openWindow();
  press("b");
  await until(() => expect(all("known-row")).toHaveLength(4));
  click("known-edit", all("known-row")[2]);
  await until(() => get("known-forget"));
  click("known-forget");
  expect(host.asked.some((one) => one.ask === "forget_known")).toBe(false);
  click("known-forget-confirm");
  await until(() => expect(all("known-row")).toHaveLength(3));
});

it("keeps the form open and says why where it could not be kept", async () => {
  const host = new DemoHost();
  const ask = host.ask.bind(host);
  host.ask = async (request) => {
    if (request.ask === "set_known") throw { code: "storage", message: "It holds until the console is closed, but could not be kept.", remedy: "Check the disk." };
    return ask(request);
  };
  const { press, click, all, until, get } = await openWindow(host);
  press("b");
  await until(() => expect(all("known-row")).toHaveLength(4));
  click("known-edit", all("known-row")[0]);
  await until(() => get("known-save"));
  get("known-save").closest("dialog")?.querySelector("form")?.requestSubmit();
  await until(() => expect(get("known-dialog").textContent).toContain("could not be kept"));
});

it("warns of links before there are too many", async () => {
  const { press, until, get } = await openWindow(new DemoHost("busy"));
  press("b");
  await until(() => expect(get("links").dataset.room).toBe("near"));
  expect(get("links").textContent).toContain("more may fail");
});

it("shows what delivers nothing in the row, in the top bar, and leads there", async () => {
  const { all, get, click, until } = await openWindow();
  const alarmed = all("sensor-row").filter((row) => row.querySelector("[data-testid=alarm]"));
  expect(alarmed.map((row) => row.dataset.id)).toEqual(["gone", "quiet"]);
  expect(alarmed[0]?.textContent).toMatch(/No data for [\d.]+ s/);
  expect(get("no-data").textContent).toContain("2 sensors");
  expect(get("no-data").getAttribute("aria-label")).toContain("HRM-Pro 8812");
  click("no-data");
  await until(() => expect(get("detail-name").textContent).toBe("HRM-Pro 8812"));
  expect(get("tile-silent").textContent).toContain("No data for");
});

it("tells the rate against what is expected, and too few samples in the row", async () => {
  const { all, get, until } = await openWindow();
  const row = (id: string) => all("sensor-row").find((one) => one.dataset.id === id);
  expect(row("sg_person_3")?.querySelector("[data-testid=row-rate]")?.textContent).toContain("0.91 of 1 Hz, too few");
  row("sg_person_1")?.click();
  await until(() => expect(get("detail-name").textContent).toBe("Anna Keller"));
  const ecg = all("stream-tile").find((tile) => tile.dataset.attribute === "ecg");
  expect(ecg?.textContent).toContain("250 of 250 Hz");
});

it("shows whose a sensor is, its own name, and what signal and battery were lately", async () => {
  const { all, get, until } = await openWindow();
  all("sensor-row").find((one) => one.dataset.id === "ble:A0:9E:1A:7C:11:02")?.click();
  await until(() => expect(get("sensor-facts").textContent).toMatch(/Polar H10 7C11.*Anna Keller.*Lab 3/s));
  await until(() => expect(get("trail-signal").textContent).toContain("dBm"));
  expect(get("trail-battery").textContent).toContain("empty in about 4 d");
  expect(get("trail-battery").querySelector("path.line")?.getAttribute("d")).toContain("L");
});
