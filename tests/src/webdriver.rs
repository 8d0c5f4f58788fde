//! A WebDriver session with the console's real window (WebKitWebDriver).

use crate::display::Display;
use crate::program::{Running, built};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long the window, or anything in it, may take.
const DEADLINE: Duration = Duration::from_secs(60);
/// The key under which WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The console's window under a driver. Field order is drop order: the session
/// ends before its driver, the driver before its display.
pub struct Window {
    base: String,
    session: String,
    agent: ureq::Agent,
    _driver: Running,
    /// Where it is shown.
    pub display: Display,
    _home: tempfile::TempDir,
}

impl Window {
    /// Opens the console with these arguments, in a home of its own.
    ///
    /// # Panics
    /// The window does not open.
    #[must_use]
    pub fn open(args: &[&str]) -> Self {
        Self::open_on_bus(args, "unix:path=/nowhere/bus")
    }

    /// Opens the console with this system bus, where Bluetooth lives.
    ///
    /// # Panics
    /// The window does not open.
    #[must_use]
    pub fn open_on_bus(args: &[&str], system_bus: &str) -> Self {
        let (display, home) = (Display::start(), tempfile::tempdir().unwrap_or_else(|e| panic!("{e}")));
        let port = free_port();
        let mut command = Command::new("dbus-run-session");
        command
            .args(["--", "WebKitWebDriver", &format!("--port={port}")])
            .env("DISPLAY", display.name())
            .env("HOME", home.path())
            .env("XDG_RUNTIME_DIR", home.path())
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("LANG", "en_US.UTF-8")
            .env("DBUS_SYSTEM_BUS_ADDRESS", system_bus)
            .env_remove("WAYLAND_DISPLAY")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let driver = Running::start(&mut command);
        let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(DEADLINE));
        let mut window = Self {
            base: format!("http://127.0.0.1:{port}"),
            session: String::new(),
            agent: config.build().new_agent(),
            _driver: driver,
            display,
            _home: home,
        };
        window.begin(args);
        window
    }

    fn begin(&mut self, args: &[&str]) {
        testkit::wait_until(DEADLINE, "the driver", || {
            self.agent.get(format!("{}/status", self.base)).call().is_ok()
        });
        let options = json!({ "binary": built("sensocto-console"), "args": args });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let session = self.post("/session", &wanted);
        let id = session["sessionId"].as_str();
        self.session = id.unwrap_or_else(|| panic!("no session: {session}")).to_owned();
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.agent.post(format!("{}{path}", self.base)).send_json(body);
        let mut answer = answer.unwrap_or_else(|error| panic!("{path}: {error}"));
        let value: Value = answer.body_mut().read_json().unwrap_or_else(|error| panic!("{path}: {error}"));
        value["value"].clone()
    }

    fn in_session(&self, path: &str, body: &Value) -> Value {
        self.post(&format!("/session/{}{path}", self.session), body)
    }

    /// Runs a script in the page and gives what it returns.
    pub fn script(&self, script: &str) -> Value {
        self.in_session("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    fn find(&self, test_id: &str) -> Option<String> {
        let query = json!({ "using": "css selector", "value": format!("[data-testid='{test_id}']") });
        self.in_session("/element", &query)[ELEMENT].as_str().map(str::to_owned)
    }

    /// Whether there is such an element.
    #[must_use]
    pub fn has(&self, test_id: &str) -> bool {
        self.find(test_id).is_some()
    }

    /// How many such elements there are.
    #[must_use]
    pub fn count(&self, test_id: &str) -> u64 {
        let script = format!("return document.querySelectorAll(\"[data-testid='{test_id}']\").length");
        self.script(&script).as_u64().unwrap_or_default()
    }

    /// Presses a key and lets it go, wherever the focus is.
    pub fn press(&self, key: &str) {
        let act = |kind: &str| json!({ "type": kind, "value": key });
        self.act(&json!({ "type": "key", "id": "keyboard", "actions": [act("keyDown"), act("keyUp")] }));
    }

    /// Moves the pointer over the middle of the first element that `selector`
    /// finds; false if there is none.
    pub fn hover(&self, selector: &str) -> bool {
        let query = json!({ "using": "css selector", "value": selector });
        let found = self.in_session("/element", &query);
        let Some(element) = found[ELEMENT].as_str() else { return false };
        let origin = json!({ ELEMENT: element });
        let go = json!({ "type": "pointerMove", "duration": 0, "x": 0, "y": 0, "origin": origin });
        let mouse = json!({ "pointerType": "mouse" });
        self.act(&json!({ "type": "pointer", "id": "mouse", "parameters": mouse, "actions": [go] }));
        true
    }

    fn act(&self, source: &Value) {
        let answer = self.in_session("/actions", &json!({ "actions": [source] }));
        assert!(answer.is_null(), "{source}: {answer}");
    }

    /// Waits for an element and clicks it as a person does.
    ///
    /// # Panics
    /// It does not come, or can't be clicked.
    pub fn click(&self, test_id: &str) {
        self.wait(test_id, || {
            let Some(element) = self.find(test_id) else { return false };
            self.in_session(&format!("/element/{element}/click"), &json!({})).is_null()
        });
    }

    /// The visible text of the first such element; empty if there is none.
    #[must_use]
    pub fn text(&self, test_id: &str) -> String {
        let script =
            format!("return document.querySelector(\"[data-testid='{test_id}']\")?.textContent ?? ''");
        self.script(&script).as_str().unwrap_or_default().trim().to_owned()
    }

    /// Waits until `condition` holds.
    ///
    /// # Panics
    /// It does not in time; a picture of the window is kept.
    pub fn wait(&self, what: &str, condition: impl FnMut() -> bool) {
        if !testkit::pace::holds_within(DEADLINE, condition) {
            let picture = picture_folder().join("failed.png");
            self.display.picture(&picture);
            panic!("waited in vain for: {what}; see {}", picture.display());
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // The driver ends the console with the session; where it has gone already, nothing is left to do.
        let _ = self.agent.delete(format!("{}/session/{}", self.base, self.session)).call();
    }
}

/// Where pictures of the window go: `pictures` in the target folder.
///
/// # Panics
/// The folder can't be made.
#[must_use]
pub fn picture_folder() -> PathBuf {
    let folder = built("sensocto-console").with_file_name("pictures");
    std::fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{error}"));
    folder
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).unwrap_or_else(|error| panic!("{error}"))
}
