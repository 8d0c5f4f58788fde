//! Bad input on the command line: a message that says what happened and what
//! to do, the documented exit code, and nothing harmed.

use std::path::Path;
use std::process::Stdio;
use tests::checkout;
use tests::program::output;

/// Exit code for what could not be done.
const FAILED: i32 = 1;
/// Exit code for a command line that makes no sense.
const USAGE: i32 = 2;

fn refused(args: &[&str], code: i32, words: &[&str]) {
    let output = output(args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    for word in words {
        assert!(said.contains(word), "{args:?} did not say {word:?}: {said}");
    }
}

fn first_light() -> String {
    checkout().join("assets/scenarios/first_light.yaml").display().to_string()
}

fn in_folder(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}

#[test]
fn a_broken_scenario_is_named_with_its_line_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = in_folder(folder.path(), "broken.yaml", "connectors:\n  a: [\n");
    let out = folder.path().join("r.sensocto");
    let args = ["record", "--scenario", &scenario, "--for", "1s", "--out", &out.display().to_string()];
    refused(&args, FAILED, &["broken.yaml", "line"]);
    assert!(!out.exists(), "an empty recording was left behind");
}

#[test]
fn a_missing_scenario_or_folder_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("r.sensocto").display().to_string();
    refused(
        &["record", "--scenario", "nowhere.yaml", "--for", "1s", "--out", &out],
        FAILED,
        &["nowhere.yaml"],
    );
    let nowhere = folder.path().join("no/such/r.sensocto").display().to_string();
    refused(
        &["record", "--scenario", &first_light(), "--for", "1s", "--out", &nowhere],
        FAILED,
        &["no folder"],
    );
}

#[test]
fn an_existing_file_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let out = in_folder(folder.path(), "r.sensocto", "precious");
    refused(&["record", "--scenario", &first_light(), "--for", "1s", "--out", &out], FAILED, &["already"]);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "precious");
}

#[test]
fn a_file_that_is_no_recording_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [("text.sensocto", "hello"), ("empty.sensocto", "")] {
        let file = in_folder(folder.path(), name, content);
        refused(&["verify", &file], FAILED, &["not a recording"]);
        refused(
            &["export", &file, "--out", &folder.path().join("x").display().to_string()],
            FAILED,
            &["not a recording"],
        );
    }
    refused(&["verify", "gone.sensocto"], FAILED, &["no file"]);
}

#[test]
fn a_command_line_that_makes_no_sense_has_an_exit_code_of_its_own() {
    refused(&["record"], USAGE, &["--scenario"]);
    refused(&["record", "--scenario", "x", "--for", "ten"], USAGE, &["--for"]);
    refused(&["dance"], USAGE, &["dance"]);
}

#[test]
fn a_reader_that_goes_away_ends_the_talking_and_not_the_work() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("r.sensocto").display().to_string();
    assert!(output(["record", "--scenario", &first_light(), "--for", "1s", "--out", &out]).status.success());
    let mut command = tests::program::sensocto(["verify", &out]);
    let mut verify = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(verify.stdout.take());
    let ended = verify.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

#[test]
#[cfg(target_os = "linux")]
fn without_a_bus_a_scan_says_what_is_wrong_and_what_to_do() {
    let mut command = tests::program::sensocto(["scan", "--for", "1s"]);
    let output = command.env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/bus").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(FAILED), "{said}");
    assert!(said.contains("D-Bus"), "{said}");
}
