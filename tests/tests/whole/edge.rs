//! `sensocto serve` and `sensocto tree`: a console without a window, asked over
//! raw sockets as anybody on the machine could, and by the command line.

use serde_json::Value;
use std::io::Write;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tests::program::{sensocto, verdict};
use tests::served::{SOON, Served, answer};

/// A console with a runtime folder of its own, which is where its recordings go.
fn serve() -> (Served, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (Served::start(folder.path(), [Path::new("--recordings"), folder.path()]), folder)
}

#[test]
fn only_who_knows_the_token_and_asks_from_here_is_answered() {
    let (served, _folder) = serve();
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
    let (served, folder) = serve();
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
    served.terminate();
    let mut files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let file = files.find(|path| path.extension().is_some_and(|end| end == "sensocto")).unwrap();
    let verdict = verdict(&file);
    assert_eq!((&verdict["good"], &verdict["closed"]), (&true.into(), &true.into()), "{verdict:#}");
}

#[test]
fn callers_that_send_too_much_or_too_slowly_harm_nobody() {
    let (served, _folder) = serve();
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
    let (served, folder) = serve();
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
    served.terminate();
    assert!(!door.exists(), "the door is still there");
    let printed = sensocto(["tree"]).env("XDG_RUNTIME_DIR", folder.path()).output().unwrap();
    let words = String::from_utf8_lossy(&printed.stderr).into_owned();
    assert_eq!(printed.status.code(), Some(1));
    assert!(words.contains("No console is running") && words.contains("sensocto serve"), "{words}");
}

#[test]
fn a_console_that_was_killed_leaves_a_door_that_leads_nobody_astray() {
    let (mut served, _folder) = serve();
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
