//! The real window, driven as a person drives it.

use serde_json::Value;
use std::path::Path;
use testkit::bluez::{DeviceScript, FakeBluez, heart_rate_value};
use tests::alone;
use tests::program::verdict;
use tests::webdriver::{Window, picture_folder};

const STRAP: &str = "C0:FF:EE:00:00:01";
/// A name that would be markup if anybody let it.
const HOSTILE_NAME: &str = "<img src=x onerror=\"document.title='owned'\">\u{202e}gnol a si siht";
/// What is drawn in the main chart, as a data URL.
const CHART: &str = "return document.querySelector(\"[data-testid='chart-canvas']\")?.toDataURL() ?? ''";
/// How many of the chart's pixels differ from its most common colour.
const INK: &str = "const c = document.querySelector(\"[data-testid='chart-canvas']\"); if (!c) return 0;
const d = new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer);
const n = new Map(); for (const p of d) n.set(p, (n.get(p) ?? 0) + 1);
return d.length - Math.max(...n.values());";

/// How bright the chart's ground is, 0 to 255.
const BRIGHTNESS: &str = "const c = document.querySelector(\"[data-testid='chart-canvas']\");
const [r, g, b] = c.getContext('2d').getImageData(3, c.height - 3, 1, 1).data; return (r + g + b) / 3;";

#[test]
fn a_person_picks_a_scenario_sees_the_trace_move_records_and_finds_the_file() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let recordings = folder.path().join("recordings");
    let window = Window::open(&["--no-bluetooth", "--recordings", &recordings.display().to_string()]);

    pick_scenario(&window, "first_light");
    window.wait("sensors", || window.has("sensor-row"));
    window.wait("a trace", || window.script(INK).as_u64() > Some(500));
    let before = window.script(CHART);
    window.wait("the trace to move", || window.script(CHART) != before);

    window.click("record-start");
    window.click("record-confirm");
    window.wait("samples on disk", || !window.text("record-samples").is_empty() && files(&recordings) > 0);
    window.wait("3 s of recording", || window.text("record-elapsed").ends_with("03"));
    window.display.picture(&picture_folder().join("recording.png"));
    window.click("record-stop");
    window.wait("the file's path", || window.text("recorded-path").contains(".sensocto"));

    let shown = window.text("recorded-path");
    let verdict = verdict(Path::new(&shown));
    assert_eq!((&verdict["good"], &verdict["closed"]), (&true.into(), &true.into()), "{verdict:#}");
    assert!(stored(&verdict) > 1000, "{verdict:#}");
}

#[test]
fn a_strap_is_found_connected_and_shown_beside_the_simulator_and_recorded_with_it() {
    let _alone = alone();
    let fake = FakeBluez::start().unwrap();
    fake.add_device(DeviceScript::heart_rate_strap(STRAP, "Polar H10 00000001"));
    fake.add_device(DeviceScript::new("C0:FF:EE:00:00:02", HOSTILE_NAME));
    let folder = tempfile::tempdir().unwrap();
    let scenario = tests::checkout().join("assets/scenarios/first_light.yaml").display().to_string();
    let recordings = folder.path().display().to_string();
    let window = Window::open_on_bus(&["--scenario", &scenario, "--recordings", &recordings], fake.address());

    window.click("bluetooth-button");
    window.click("scan-start");
    window.wait("both devices", || window.count("device-row") == 2);
    assert_eq!(window.script("return document.images.length"), 0, "a device's name became markup");
    window.display.picture(&picture_folder().join("bluetooth.png"));
    window.click("connect");
    window.wait("the subscription", || fake.is_notifying(STRAP, "2A37"));
    let _stream =
        fake.stream(STRAP, "2A37", 1.25, 3600, |k| heart_rate_value(62 + (k % 7) as u16, &[960, 970]));
    window.script("document.querySelector('dialog[open] [aria-label=\"Close\"]')?.click()");
    window.wait("five sensors", || window.count("sensor-row") == 5);
    let strap = "return [...document.querySelectorAll(\"[data-testid='sensor-row']\")]\
                 .find(row => row.textContent.includes('Polar'))";
    let live = format!("{strap}?.textContent ?? ''");
    window.wait("its heart rate", || {
        let text = window.script(&live);
        let text = text.as_str().unwrap_or_default();
        text.contains("Live") && text.contains("bpm")
    });
    window.script(&format!("({{ row: (() => {{ {strap} }})() }}).row.click()"));
    window.click("record-start");
    window.click("record-confirm");
    window.wait("12 s of recording", || window.text("record-elapsed").ends_with("12"));
    window.click("sensor-row");
    window.wait("the first person's ECG", || window.text("detail-name").contains("Anselm"));
    window.wait("14 s of recording", || window.text("record-elapsed").ends_with("14"));
    window.display.picture(&picture_folder().join("light.png"));
    window.click("theme-toggle");
    window.wait("the chart to be dark", || {
        window.script(BRIGHTNESS).as_f64().is_some_and(|level| level < 64.0)
    });
    window.wait("16 s of recording", || window.text("record-elapsed").ends_with("16"));
    window.display.picture(&picture_folder().join("dark.png"));
    window.click("record-stop");
    window.wait("the file's path", || window.text("recorded-path").contains(".sensocto"));
    window.click("verify");
    window.wait("the verdict", || window.has("verdict"));
    window.display.picture(&picture_folder().join("recorded.png"));
    let verdict = verdict(Path::new(&window.text("recorded-path")));
    assert_eq!(verdict["good"], true, "{verdict:#}");
    let rows = verdict["streams"].as_array().unwrap();
    let of_strap =
        rows.iter().find(|row| row["sensor"] == format!("ble:{STRAP}") && row["attribute"] == "rr_interval");
    assert!(of_strap.is_some_and(|row| row["stored"].as_u64() > Some(20)), "{verdict:#}");
}

#[test]
fn a_window_does_not_close_over_a_running_recording_before_the_operator_has_said_so() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let scenario = tests::checkout().join("assets/scenarios/first_light.yaml").display().to_string();
    let recordings = folder.path().display().to_string();
    let window = Window::open(&["--no-bluetooth", "--scenario", &scenario, "--recordings", &recordings]);
    window.click("record-start");
    window.click("record-confirm");
    window.wait("a running recording", || window.has("record-stop"));
    ask_to_close(&window);
    window.wait("the question", || window.has("close-dialog"));
    window.click("close-keep");
    window.wait("the recording to go on", || !window.has("close-dialog") && window.has("record-stop"));
    ask_to_close(&window);
    window.click("close-stop");
    let closed = || {
        let mut recordings = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        recordings.find(|path| path.extension().is_some_and(|e| e == "sensocto")).is_some_and(|path| {
            let log_is_gone = !path.with_extension("sensocto-wal").exists();
            log_is_gone && verdict(&path)["closed"] == true
        })
    };
    testkit::wait_until(std::time::Duration::from_secs(30), "the file to be closed", closed);
}

fn pick_scenario(window: &Window, name: &str) {
    window.click("scenario-button");
    window.wait("the list of scenarios", || window.has("scenario-row"));
    let select = format!(
        "const row = [...document.querySelectorAll(\"[data-testid='scenario-row']\")]\
         .find(row => row.dataset.id.includes('{name}')); row.click();\
         (row.querySelector(\"[data-testid='scenario-start']\") ?? \
          document.querySelector(\"[data-testid='scenario-start']\")).click(); return true;"
    );
    assert_eq!(window.script(&select), Value::Bool(true));
}

/// Asks the window to close, as its close button does: the host's close guard answers.
fn ask_to_close(window: &Window) {
    let _ = window.script("window.__TAURI_INTERNALS__.invoke('plugin:window|close', { label: 'main' })");
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).map(Iterator::count).unwrap_or_default()
}

fn stored(verdict: &Value) -> u64 {
    let rows = verdict["streams"].as_array();
    rows.into_iter().flatten().filter_map(|row| row["stored"].as_u64()).sum()
}
