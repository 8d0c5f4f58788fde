//! A console without a window (`sensocto serve`) with folders of its own, asked
//! over raw sockets as anybody on the machine could.

use crate::program::{Running, sensocto};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// How long anything of it may take.
pub const SOON: Duration = Duration::from_secs(30);

/// The status of a request that the token bucket refuses.
const TOO_MANY: u16 = 429;

/// A serving console.
pub struct Served {
    /// The program.
    pub program: Running,
    /// Its port on loopback.
    pub port: u16,
    /// The file that says where it is.
    pub door: PathBuf,
    /// What opens every route.
    pub token: String,
    home: PathBuf,
}

impl Served {
    /// Starts one with the scenario `first_light` in the runtime folder `home`, with
    /// `args` more, and waits until it says its address.
    ///
    /// # Panics
    /// It does not start.
    #[must_use]
    pub fn start<S: AsRef<OsStr>>(home: &Path, args: impl IntoIterator<Item = S>) -> Self {
        Self::start_of(home, sensocto(["serve"]).args(args))
    }

    /// As [`Self::start`], with a command that the caller has prepared.
    ///
    /// # Panics
    /// It does not start.
    #[must_use]
    pub fn start_of(home: &Path, command: &mut Command) -> Self {
        let scenario = crate::checkout().join("assets/scenarios/first_light.yaml");
        command.arg("--json").arg("--scenario").arg(scenario).env("XDG_RUNTIME_DIR", home);
        let mut program = Running::start(command.stdout(Stdio::piped()).stderr(Stdio::null()));
        let said = program.0.stdout.take().map(said).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let door = PathBuf::from(text(&said["door"]));
        let inside = std::fs::read(&door).unwrap_or_else(|error| panic!("{said}: {error}"));
        let inside: Value = serde_json::from_slice(&inside).unwrap_or_default();
        assert!(said["port"].is_u64() && inside["port"] == said["port"], "{said} {inside}");
        let port = said["port"].as_u64().and_then(|port| u16::try_from(port).ok()).unwrap_or_default();
        Self { program, port, door, token: text(&inside["token"]), home: home.to_owned() }
    }

    /// Connects to it.
    ///
    /// # Panics
    /// It does not take the connection.
    #[must_use]
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap_or_else(|error| panic!("{error}"));
        stream.set_read_timeout(Some(SOON)).unwrap_or_else(|error| panic!("{error}"));
        stream
    }

    /// Sends a request whose head ends with `lines`; gives status and body.
    pub fn ask(&self, first: &str, lines: &[String], body: &[u8]) -> (u16, String) {
        let mut stream = self.connect();
        let head = [&[first.to_owned()], lines, &["Connection: close".to_owned()]].concat().join("\r\n");
        // It may be refused before all of it was read.
        let _ = stream.write_all(format!("{head}\r\n\r\n").as_bytes());
        let _ = stream.write_all(body);
        answer(&mut stream)
    }

    /// The line that addresses it.
    #[must_use]
    pub fn host(&self) -> String {
        format!("Host: 127.0.0.1:{}", self.port)
    }

    /// The line that shows the token.
    #[must_use]
    pub fn bearer(&self) -> String {
        format!("Authorization: Bearer {}", self.token)
    }

    /// Status and body of a route, for somebody who knows the token.
    #[must_use]
    pub fn get(&self, path: &str) -> (u16, String) {
        self.patiently(&format!("GET {path} HTTP/1.1"), &[self.host(), self.bearer()], b"")
    }

    /// As [`Self::ask`]; asks again while it is told that it asks too much.
    fn patiently(&self, first: &str, lines: &[String], body: &[u8]) -> (u16, String) {
        let mut answered = (0, String::new());
        testkit::wait_until(SOON, "an answer other than “too many”", || {
            answered = self.ask(first, lines, body);
            answered.0 != TOO_MANY
        });
        answered
    }

    /// Status and body of a route that answers in JSON.
    ///
    /// # Panics
    /// The body is no JSON.
    #[must_use]
    pub fn look(&self, path: &str) -> (u16, Value) {
        parsed(self.get(path))
    }

    /// Status and body of a request of the contract, in its own words.
    pub fn rpc(&self, body: &str) -> (u16, String) {
        let kind = "Content-Type: application/json".to_owned();
        let lines = [self.host(), self.bearer(), kind, format!("Content-Length: {}", body.len())];
        self.patiently("POST /api/rpc HTTP/1.1", &lines, body.as_bytes())
    }

    /// Starts a recording; status and what was answered.
    pub fn record(&self, title: &str) -> (u16, Value) {
        parsed(self.rpc(&json!({ "ask": "start_recording", "title": title }).to_string()))
    }

    /// What the main screen would show.
    ///
    /// # Panics
    /// It is not answered.
    #[must_use]
    pub fn snapshot(&self) -> Value {
        let (status, mut snapshot) = parsed(self.rpc(r#"{"ask":"snapshot"}"#));
        assert_eq!(status, 200, "{snapshot}");
        snapshot["with"].take()
    }

    /// Samples that the running recording holds.
    #[must_use]
    pub fn recorded(&self) -> u64 {
        self.snapshot()["recording"]["samples"].as_u64().unwrap_or_default()
    }

    /// What `sensocto` says with the same runtime folder.
    ///
    /// # Panics
    /// It can't be started.
    #[must_use]
    pub fn sensocto(&self, args: &[&str]) -> Output {
        let output = sensocto(args).env("XDG_RUNTIME_DIR", &self.home).output();
        output.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Asks it to end (SIGTERM) and waits until it has.
    ///
    /// # Panics
    /// It does not end well in time.
    pub fn terminate(mut self) {
        let sent = Command::new("kill").args(["-TERM", &self.program.0.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the signal could not be sent");
        self.program.ended(SOON);
    }

    /// `kill -9`, with no time for anything.
    pub fn kill(mut self) {
        // It may have ended already: then there is nothing to kill.
        let _ = self.program.0.kill();
        let _ = self.program.0.wait();
    }
}

/// Status and body of an answer; 0 if there was none.
pub fn answer(stream: &mut TcpStream) -> (u16, String) {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let body = text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    (status, body)
}

fn parsed((status, body): (u16, String)) -> (u16, Value) {
    (status, serde_json::from_str(&body).unwrap_or_else(|error| panic!("{status} {body:?}: {error}")))
}

/// The line in which it says where it is.
fn said(out: impl Read) -> Value {
    let mut line = String::new();
    // Without a line, or with another, the caller says what it got.
    let _ = BufReader::new(out).read_line(&mut line);
    serde_json::from_str(&line).unwrap_or_default()
}
