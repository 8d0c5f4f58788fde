//! Known devices in the real window: connected, named, silent, and pictures of that.

use testkit::bluez::{DeviceScript, FakeBluez, heart_rate_value};
use tests::alone;
use tests::webdriver::{Window, picture_folder};

const STRAPS: [(&str, &str); 6] = [
    ("C0:FF:EE:00:00:01", "Polar H10 00000001"),
    ("C0:FF:EE:00:00:02", "Polar H10 00000002"),
    ("C0:FF:EE:00:00:03", "Wahoo TICKR 3"),
    (
        "C0:FF:EE:00:00:04",
        "A strap with a very long name of its own that does not find its place in any column",
    ),
    ("C0:FF:EE:00:00:05", "HRM-Pro 5"),
    ("C0:FF:EE:00:00:06", "HRM-Pro 6"),
];

/// Types into a field as the page sees it.
fn fill(window: &Window, test_id: &str, text: &str) {
    window.wait(test_id, || window.has(test_id));
    let script = format!(
        "const field = document.querySelector(\"[data-testid='{test_id}']\"); field.value = '{text}';\
         field.dispatchEvent(new Event('input', {{ bubbles: true }}));"
    );
    let _ = window.script(&script);
}

#[test]
fn straps_that_were_connected_are_known_get_names_and_say_when_they_are_silent() {
    let _alone = alone();
    let fake = FakeBluez::start().unwrap();
    for (k, (address, name)) in STRAPS.into_iter().enumerate() {
        fake.add_device(DeviceScript::heart_rate_strap(address, name).rssi_dbm(-55 - 6 * k as i16));
    }
    let folder = tempfile::tempdir().unwrap();
    let recordings = folder.path().display().to_string();
    let window = Window::open_on_bus(&["--recordings", &recordings], fake.address());
    let picture = |name: &str| window.display.picture(&picture_folder().join(name));

    window.click("bluetooth-button");
    window.click("scan-start");
    window.wait("all straps in range", || window.count("device-row") == STRAPS.len() as u64);
    for k in 0..STRAPS.len() as u64 {
        window.click("connect");
        window.wait("one more known", || window.count("known-row") == k + 1);
    }
    let subscribed = |k: usize| fake.is_notifying(STRAPS[k].0, "2A37");
    window.wait("six links", || (0..STRAPS.len()).all(subscribed));
    let beats = |k: usize| {
        fake.stream(STRAPS[k].0, "2A37", 10.0, 100_000, |n| heart_rate_value(60 + (n % 9) as u16, &[960]))
    };
    let streams: Vec<_> = (0..STRAPS.len()).map(beats).collect();
    window.wait("the word of six links", || window.text("links").contains("more may fail"));

    window.click("known-edit");
    fill(&window, "known-alias", "Strap with a blue ribbon");
    fill(&window, "known-owner", "Anna Keller");
    fill(&window, "known-room", "Lab 3");
    picture("known-form-light.png");
    window.click("known-save");
    let named = "return [...document.querySelectorAll(\"[data-testid='known-row']\")]\
                 .some(row => row.textContent.includes('Anna Keller'))";
    window.wait("the alias", || window.script(named) == true);
    let alias_in_list = "return [...document.querySelectorAll(\"[data-testid='sensor-name']\")]\
                         .some(name => name.textContent === 'Strap with a blue ribbon')";
    window.wait("the alias in the list", || window.script(alias_in_list) == true);
    window.click("scan-stop");
    window.wait("the end of the scan", || window.has("scan-start"));
    picture("known-light.png");
    window.script("document.documentElement.dataset.theme = 'dark'");
    picture("known-dark.png");
    window.script("document.querySelector('dialog[open] [aria-label=\"Close\"]')?.click()");

    // Every rate is learned in half a minute; then two straps stop.
    let learned = "return document.querySelectorAll(\"[data-testid='row-rate']\").length === 6 &&\
                   [...document.querySelectorAll(\"[data-testid='row-rate']\")].every(r => r.textContent.includes('usually'))";
    window.wait("six learned rates", || window.script(learned) == true);
    let mut streams = streams.into_iter();
    let stopped: Vec<u64> = streams.by_ref().take(2).map(testkit::bluez::NotifyStream::stop).collect();
    assert!(stopped.iter().all(|sent| *sent > 0));
    window.wait("the alarm of two", || window.text("no-data").contains("2 sensors"));
    window.click("no-data");
    window.wait("its tile", || window.text("tile-silent").ends_with("4 s"));
    picture("silent-dark.png");
    window.script("document.documentElement.dataset.theme = 'light'");
    picture("silent-light.png");
    let again = [beats(0), beats(1)];
    window.wait("the end of the alarm", || !window.has("no-data"));
    picture("flows-light.png");
    drop((again, streams));
}
