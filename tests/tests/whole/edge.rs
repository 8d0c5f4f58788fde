//! `sensocto serve` and `sensocto tree`: a console without a window, asked over
//! raw sockets as anybody on the machine could, and by the command line.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use tests::checkout;
use tests::program::{Running, sensocto, verdict};

const SOON: Duration = Duration::from_secs(30);

/// A serving console with a runtime folder of its own.
struct Served {
    program: Running,
    port: u16,
    door: PathBuf,
    token: String,
    folder: tempfile::TempDir,
}

/// Starts one with a scenario and waits until it says its address.
fn serve() -> Served {
    let folder = tempfile::tempdir().unwrap();
    let scenario = checkout().join("assets/scenarios/first_light.yaml");
    let args = [Path::new("serve"), Path::new("--json"), Path::new("--scenario"), &scenario];
    let mut command = sensocto(args);
    command.args([Path::new("--recordings"), folder.path()]).env("XDG_RUNTIME_DIR", folder.path());
    let mut program = Running::start(command.stdout(Stdio::piped()).stderr(Stdio::null()));
    let mut line = String::new();
    BufReader::new(program.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    let door = PathBuf::from(said["door"].as_str().unwrap());
    let inside: Value = serde_json::from_slice(&std::fs::read(&door).unwrap()).unwrap();
    let port = u16::try_from(said["port"].as_u64().unwrap()).unwrap();
    assert_eq!(inside["port"].as_u64(), Some(u64::from(port)));
    Served { program, port, token: inside["token"].as_str().unwrap().to_owned(), door, folder }
}

impl Served {
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(SOON)).unwrap();
        stream
    }

    /// Sends a request whose head ends with `lines`; gives status and body.
    fn ask(&self, first: &str, lines: &[String], body: &[u8]) -> (u16, String) {
        let mut stream = self.connect();
        let head = [&[first.to_owned()], lines, &["Connection: close".to_owned()]].concat().join("\r\n");
        stream.write_all(format!("{head}\r\n\r\n").as_bytes()).unwrap();
        // It may be refused before all of it was read.
        let _ = stream.write_all(body);
        answer(&mut stream)
    }

    fn host(&self) -> String {
        format!("Host: 127.0.0.1:{}", self.port)
    }

    fn bearer(&self) -> String {
        format!("Authorization: Bearer {}", self.token)
    }

    fn get(&self, path: &str) -> (u16, String) {
        self.ask(&format!("GET {path} HTTP/1.1"), &[self.host(), self.bearer()], b"")
    }

    fn rpc(&self, body: &str) -> (u16, String) {
        let lines = [
            self.host(),
            self.bearer(),
            "Content-Type: application/json".into(),
            format!("Content-Length: {}", body.len()),
        ];
        self.ask("POST /api/rpc HTTP/1.1", &lines, body.as_bytes())
    }

    /// `sensocto` with the same runtime folder.
    fn sensocto(&self, args: &[&str]) -> Output {
        sensocto(args).env("XDG_RUNTIME_DIR", self.folder.path()).output().unwrap()
    }

    fn terminate(mut self) -> tempfile::TempDir {
        let sent = Command::new("kill").args(["-TERM", &self.program.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.program.ended(SOON);
        self.folder
    }
}

fn answer(stream: &mut TcpStream) -> (u16, String) {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let body = text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    (status, body)
}

#[test]
fn only_who_knows_the_token_and_asks_from_here_is_answered() {
    let served = serve();
    assert_eq!(std::fs::metadata(&served.door).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(served.ask("GET /health/live HTTP/1.1", &[served.host()], b"").0, 200);
    for path in ["/health/ready", "/metrics", "/api/system", "/api/tree", "/nothing"] {
        assert_eq!(served.ask(&format!("GET {path} HTTP/1.1"), &[served.host()], b"").0, 401, "{path}");
    }
    let wrong = format!("Authorization: Bearer {}", "0".repeat(64));
    assert_eq!(served.ask("GET /metrics HTTP/1.1", &[served.host(), wrong], b"").0, 401);
    let elsewhere = format!("Host: evil.example:{}", served.port);
    assert_eq!(served.ask("GET /metrics HTTP/1.1", &[elsewhere, served.bearer()], b"").0, 403);
    let page = "Origin: http://evil.example".to_owned();
    assert_eq!(served.ask("GET /metrics HTTP/1.1", &[served.host(), served.bearer(), page], b"").0, 403);
    assert_eq!(served.get("/metrics").0, 200);
    served.terminate();
}

#[test]
fn a_console_without_a_window_does_all_that_one_with_a_window_does() {
    let served = serve();
    testkit::wait_until(SOON, "samples of every sensor", || {
        let system: Value = serde_json::from_str(&served.get("/api/system").1).unwrap();
        let sensors = system["sensors"].as_array().unwrap();
        sensors.len() == 4 && sensors.iter().all(|sensor| sensor["delivered"].as_u64() > Some(0))
    });
    let (status, ready) = served.get("/health/ready");
    assert_eq!(status, 200, "{ready}");
    assert_eq!(served.rpc(r#"{"ask":"stop_recording"}"#).0, 409, "none is running");
    assert_eq!(served.rpc(r#"{"ask":"start_recording","title":"Over HTTP"}"#).0, 200);
    testkit::wait_until(SOON, "stored samples", || {
        let snapshot: Value = serde_json::from_str(&served.rpc(r#"{"ask":"snapshot"}"#).1).unwrap();
        snapshot["with"]["recording"]["samples"].as_u64() > Some(200)
    });
    // Asked to end, it closes the recording: the file is whole and sealed.
    let folder = served.terminate();
    let mut files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let file = files.find(|path| path.extension().is_some_and(|end| end == "sensocto")).unwrap();
    let verdict = verdict(&file);
    assert_eq!((&verdict["good"], &verdict["closed"]), (&true.into(), &true.into()), "{verdict:#}");
}

#[test]
fn callers_that_send_too_much_or_too_slowly_harm_nobody() {
    let served = serve();
    let body = format!(r#"{{"ask":"start_scenario","id":"{}"}}"#, "x".repeat(100_000));
    assert_eq!(served.rpc(&body).0, 413);
    let mut slow = served.connect();
    slow.write_all(b"GET /health/live HTTP/1.1\r\nHost: 127").unwrap();
    let mut silent: Vec<TcpStream> = (0..100).map(|_| served.connect()).collect();
    // They hold every place there is; in time they are let go and others served.
    assert_eq!(served.get("/health/ready").0, 200);
    assert_ne!(answer(&mut slow).0, 200);
    silent.iter_mut().for_each(|stream| assert_ne!(answer(stream).0, 200));
    served.terminate();
}

#[test]
fn the_tree_of_the_running_console_is_printed_and_the_words_are_clear_without_one() {
    let served = serve();
    let printed = served.sensocto(&["tree"]);
    let text = String::from_utf8_lossy(&printed.stdout).into_owned();
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    for name in
        ["infrastructure", "registries", "storage", "recorder", "bio", "domain", "simulator", "edge", "http"]
    {
        assert!(text.contains(name), "{name} is missing:\n{text}");
    }
    let tree: Value = serde_json::from_slice(&served.sensocto(&["tree", "--json"]).stdout).unwrap();
    assert_eq!((&tree["kind"], &tree["strategy"]), (&"supervisor".into(), &"rest_for_one".into()));
    let door = served.door.clone();
    let folder = served.terminate();
    assert!(!door.exists(), "the door is still there");
    let printed = sensocto(["tree"]).env("XDG_RUNTIME_DIR", folder.path()).output().unwrap();
    let words = String::from_utf8_lossy(&printed.stderr).into_owned();
    assert_eq!(printed.status.code(), Some(1));
    assert!(words.contains("No console is running") && words.contains("sensocto serve"), "{words}");
}

#[test]
fn a_console_that_was_killed_leaves_a_door_that_leads_nobody_astray() {
    let mut served = serve();
    served.program.0.kill().unwrap();
    served.program.0.wait().unwrap();
    assert!(served.door.exists());
    assert_eq!(served.sensocto(&["tree"]).status.code(), Some(1));
    assert!(!served.door.exists(), "whoever finds a dead door removes it");
}

#[test]
fn the_doctor_tells_what_the_machine_offers_and_what_can_not_work() {
    let folder = tempfile::tempdir().unwrap();
    let run = |recordings: &Path| {
        let args = [
            Path::new("doctor"),
            Path::new("--json"),
            Path::new("--no-bluetooth"),
            Path::new("--recordings"),
        ];
        let output = sensocto(args).arg(recordings).env("XDG_RUNTIME_DIR", folder.path()).output().unwrap();
        (output.status.code(), serde_json::from_slice::<Value>(&output.stdout).unwrap())
    };
    let (code, good) = run(folder.path());
    assert_eq!((code, &good["usable"]), (Some(0), &true.into()), "{good:#}");
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let (code, bad) = run(&file.join("sub"));
    assert_eq!((code, &bad["usable"]), (Some(1), &false.into()));
    let check = bad["checks"].as_array().unwrap().iter().find(|check| check["name"] == "recordings").unwrap();
    assert!(check["remedy"].as_str().is_some_and(|remedy| !remedy.is_empty()), "{check}");
}
