//! The System view in the real window: tree, load, attention and accounts, and
//! what looking at a sensor does to it.

use serde_json::Value;
use tests::webdriver::{Window, picture_folder};
use tests::{alone, checkout};

/// The tiers of the supervision tree, in the order of their start.
const TIERS: [&str; 6] = ["infrastructure", "registries", "storage", "bio", "domain", "edge"];

#[test]
fn the_system_view_shows_tree_load_attention_and_an_account_that_adds_up() {
    let _alone = alone();
    let window = open("first_light", 4);
    window.press("y");
    window.wait("the System view", || window.has("system-page"));
    for (card, word) in
        [("load", "Processor"), ("attention", "medium"), ("pressure", "ms"), ("checks", "recorder")]
    {
        window.wait(card, || window.text(card).to_lowercase().contains(&word.to_lowercase()));
    }
    window.wait("a measured load", || window.text("load").contains('%'));
    window.wait("every sensor to be counted by its attention", || counted(&window) == 4);
    window.wait("1000 samples", || account(&window)[0] > 1000);
    picture(&window, "system-overview");

    open_tab(&window, "tree");
    window.wait("six running tiers", || tiers(&window) == TIERS.map(|tier| format!("{tier} Running")));
    picture(&window, "system-tree");
    open_tab(&window, "queues");
    picture(&window, "system-queues");
    open_tab(&window, "latencies");
    picture(&window, "system-latencies");

    open_tab(&window, "overview");
    let mut seen = [0; 3];
    for _ in 0..3 {
        window.wait("more samples, and an account that adds up", || {
            let [offered, delivered, dropped] = account(&window);
            let is_new = offered > seen[0] && offered == delivered + dropped;
            seen = if is_new { [offered, delivered, dropped] } else { seen };
            is_new
        });
    }
    println!("offered, delivered, dropped on the screen: {seen:?}");
}

#[test]
fn a_sensor_that_is_looked_at_gets_high_attention_and_loses_it_when_it_is_out_of_sight() {
    let _alone = alone();
    let window = open("stress_test", 10);
    let last_in_sight =
        "return [...document.querySelectorAll(\"[data-testid='sensor-row']\")].at(8).dataset.id";
    let sensor = window.script(last_in_sight).as_str().unwrap().to_owned();
    let row = format!("[data-testid='sensor-row'][data-id='{sensor}']");
    window.press("y");
    open_tab(&window, "sensors");
    window.wait("its attention in view", || attention(&window, &sensor) == "medium");
    picture(&window, "system-sensors");

    window.wait("the pointer on it", || window.hover(&row));
    window.wait("its attention under the pointer", || attention(&window, &sensor) == "high");
    assert!(window.hover("[data-testid='system-page'] h2"));
    scroll_list(&window, "box.scrollHeight");
    window.wait("its attention out of sight", || attention(&window, &sensor) == "low");

    // A click on a row shows its traces; from there it is pinned by keyboard.
    scroll_list(&window, "0");
    choose(&window, &row);
    window.press("p");
    window.wait("the pin", || has(&window, &format!("{row} .pinned")));
    choose(&window, "[data-testid='sensor-row']");
    let other = window.script("return document.querySelector(\"[data-testid='sensor-row']\").dataset.id");
    let other = other.as_str().unwrap().to_owned();
    window.wait("the attention of the other one", || window.text("detail-attention").ends_with("high"));
    window.press("y");
    scroll_list(&window, "box.scrollHeight");
    // The other one was left later: when it has fallen, no boost holds this one up any more.
    window.wait("the attention of the other one to fall", || attention(&window, &other) == "low");
    assert_eq!(attention(&window, &sensor), "high", "the pin does not hold it");
    window.press("y");
    scroll_list(&window, "0");
    choose(&window, &row);
    window.press("p");
    window.wait("the end of the pin", || !has(&window, &format!("{row} .pinned")));
    choose(&window, "[data-testid='sensor-row']");
    window.press("y");
    scroll_list(&window, "box.scrollHeight");
    window.wait("its attention without the pin", || attention(&window, &sensor) == "low");
}

#[test]
fn an_account_tells_what_the_running_recording_holds_of_its_sensor_and_that_adds_up() {
    let _alone = alone();
    let recordings = tempfile::tempdir().unwrap();
    let folder = recordings.path().display().to_string();
    let window = open_with("first_light", 4, &["--recordings", &folder]);
    let recorded =
        "return document.querySelector(\"[data-testid='accounts'] [data-key] .stored\")?.innerText";
    window.press("y");
    open_tab(&window, "sensors");
    window.wait("the accounts", || window.script(recorded).as_str().is_some_and(|text| text.trim() == "–"));
    window.click("record-start");
    window.click("record-confirm");
    let figure = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>().parse::<u64>();
    window.wait("samples in the recording", || {
        window.script(recorded).as_str().and_then(|text| figure(text).ok()).is_some_and(|stored| stored > 500)
    });
    window.script("document.querySelector(\"[data-testid='accounts'] [data-key]\").click()");
    window.wait("its account in the recording", || window.text("recorded").ends_with("adds up"));
    let table = "const box = document.querySelector(\"[data-testid='accounts']\"); return box.scrollWidth - box.clientWidth";
    assert_eq!(window.script(table), 0, "the table is wider than its place");
    picture(&window, "system-recorded");
    window.click("record-stop");
    window.wait("the end of the recording", || window.text("recorded").starts_with("No recording runs"));
}

#[test]
fn a_page_that_stands_still_is_served_less_and_the_views_table_counts_what_it_was_given() {
    let _alone = alone();
    let window = open("first_light", 4);
    let row = || -> Vec<String> {
        texts(
            &window,
            "return [...document.querySelectorAll(\"[data-testid='view-row'] td\")].map(td => td.innerText.trim())",
        )
    };
    let figure = |k: usize| -> u64 {
        let digits: String =
            row().get(k).map(|text| text.chars().filter(char::is_ascii_digit).collect()).unwrap_or_default();
        digits.parse().unwrap_or_default()
    };
    // The trace is drawn for a while, and then the table is looked at.
    let drawn = "const at = performance.now(); window.since ??= at; return at - window.since > 3000";
    window.wait("3 s of drawing", || window.script(drawn) == true);
    window.press("y");
    open_tab(&window, "queues");
    window.wait("the window among the views", || row().first().is_some_and(|name| name == "this window"));
    assert_eq!(row()[1], "high", "{:?}", row());
    window.wait("samples that it was given", || figure(5) > 100);
    let given = figure(5);
    window.press("y");
    window.wait("3 s more", || window.script(&drawn.replace("3000", "7000")) == true);

    // A page that does nothing else for 8 s asks for no frame.
    window.script("const end = performance.now() + 8000; while (performance.now() < end);");
    window.press("y");
    window.wait("a lower quality", || {
        row().get(1).is_some_and(|quality| quality != "high" && !quality.is_empty())
    });
    assert!(figure(2) > 64, "{:?}", row());
    assert!(figure(5) > given, "{:?} after {given}", row());
    println!("the page after its stall: {:?}", row());
    picture(&window, "system-views");
}

/// Opens the window with a scenario and waits until so many of its sensors are listed.
fn open(scenario: &str, sensors: u64) -> Window {
    open_with(scenario, sensors, &[])
}

/// The same with more arguments.
fn open_with(scenario: &str, sensors: u64, more: &[&str]) -> Window {
    let scenario = checkout().join(format!("assets/scenarios/{scenario}.yaml")).display().to_string();
    let window = Window::open(&[&["--no-bluetooth", "--scenario", &scenario], more].concat());
    window.wait("the sensors", || window.count("sensor-row") >= sensors);
    window
}

fn open_tab(window: &Window, tab: &str) {
    let script = format!(
        "const tab = document.querySelector(\"[data-testid='system-tab'][data-id='{tab}']\"); \
         tab?.click(); return tab?.ariaSelected ?? ''"
    );
    window.wait(tab, || window.script(&script) == "true");
}

/// The text of what `expression` finds for every node of a list.
fn texts(window: &Window, script: &str) -> Vec<String> {
    let found = window.script(script);
    found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// What the account on the screen says: offered, delivered, dropped.
fn account(window: &Window) -> [u64; 3] {
    let terms = texts(
        window,
        "return [...document.querySelectorAll(\"[data-testid='identity'] .term b\")].map(b => b.textContent)",
    );
    let figure = |k: usize| -> u64 {
        let digits = terms.get(k).map(|text| text.chars().filter(char::is_ascii_digit).collect::<String>());
        digits.and_then(|digits| digits.parse().ok()).unwrap_or_default()
    };
    [figure(0), figure(1), figure(2)]
}

/// How many sensors the attention card counts, all levels together.
fn counted(window: &Window) -> u64 {
    let script =
        "return [...document.querySelectorAll(\"[data-testid='attention'] dd b\")].map(b => b.textContent)";
    texts(window, script).iter().filter_map(|figure| figure.parse::<u64>().ok()).sum()
}

/// The supervisors right below the root, each with its state in words.
fn tiers(window: &Window) -> Vec<String> {
    texts(
        window,
        "return [...document.querySelectorAll(\"[data-testid='tree'] [role='row'][aria-level='2']\")].map(row => \
         [...row.querySelectorAll(\"[role='gridcell']\")].slice(0, 2).map(cell => cell.innerText.trim()).join(' '))",
    )
}

/// The attention of a sensor, as its account shows it.
fn attention(window: &Window, sensor: &str) -> String {
    let script = format!(
        "return document.querySelector(\"[data-testid='accounts'] [data-key='{sensor}'] .attention\")?.innerText ?? ''"
    );
    window.script(&script).as_str().unwrap_or_default().trim().to_owned()
}

fn has(window: &Window, selector: &str) -> bool {
    window.script(&format!("return !!document.querySelector(\"{selector}\")")) == true
}

/// Chooses a sensor by a click on its row.
fn choose(window: &Window, row: &str) {
    let script = format!(
        "const row = document.querySelector(\"{row}\"); row?.click(); return row?.ariaSelected ?? ''"
    );
    window.wait("the choice", || window.script(&script) == "true");
}

/// Scrolls the list of sensors to a place, as a wheel does.
fn scroll_list(window: &Window, to: &str) {
    let script = format!("const box = document.querySelector(\"[role='listbox']\"); box.scrollTop = {to};");
    window.script(&script);
}

/// Pictures of the window, light and dark; it is left as it was.
fn picture(window: &Window, name: &str) {
    for theme in ["light", "dark"] {
        if window.script("return document.documentElement.dataset.theme") != theme {
            window.click("theme-toggle");
        }
        // Some frames later the change has reached the display.
        window.script(
            "window.frames_left = 10; const step = () => { if (--window.frames_left > 0) \
             requestAnimationFrame(step); }; requestAnimationFrame(step)",
        );
        window.wait("the change to be drawn", || window.script("return window.frames_left") == 0);
        window.display.picture(&picture_folder().join(format!("{name}-{theme}.png")));
    }
}
