//! What a console without a window survives: `kill -9` in the middle of a
//! recording, a disk that is full or can't be written, a broken settings file.

use serde_json::Value;
use std::path::{Path, PathBuf};
use testkit::wait_until;
use tests::disk::SmallDisk;
use tests::program::verdict;
use tests::served::{SOON, Served};

fn serve(home: &Path, recordings: &Path) -> Served {
    Served::start(home, [Path::new("--recordings"), recordings])
}

fn recordings(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|end| end == "sensocto")).collect()
}

fn wait_for_samples(served: &Served) {
    wait_until(SOON, "stored samples", || served.recorded() > 200);
}

fn check<'a>(ready: &'a Value, name: &str) -> &'a Value {
    let rows = ready["checks"].as_array().unwrap();
    rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no check {name}: {ready:#}"))
}

/// A failed check says what is wrong and what to do.
fn is_told(row: &Value) -> bool {
    let has_text = |key: &str| row[key].as_str().is_some_and(|text| !text.is_empty());
    row["status"] == "failed" && has_text("words") && has_text("remedy")
}

fn is_live(served: &Served) -> bool {
    served.get("/health/live").0 == 200
}

#[test]
fn a_console_that_is_killed_while_it_records_starts_again_in_its_folders_and_both_recordings_are_good() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let served = serve(home.path(), folder.path());
    assert_eq!(served.record("Before").0, 200);
    wait_for_samples(&served);
    served.kill();
    let killed = recordings(folder.path());
    let before = verdict(&killed[0]);
    assert_eq!(
        (killed.len(), &before["good"], &before["closed"]),
        (1, &true.into(), &false.into()),
        "{before:#}"
    );

    let again = serve(home.path(), folder.path());
    assert_eq!(again.get("/health/ready").0, 200, "the door of the dead one is in the way");
    assert_eq!(again.snapshot()["recording"]["state"], "idle");
    assert_eq!(again.record("After").0, 200);
    wait_for_samples(&again);
    // Asked to end in the middle of it, it seals the file.
    again.terminate();
    let after = recordings(folder.path());
    let after = after.iter().find(|path| !killed.contains(path)).unwrap();
    let after = verdict(after);
    assert_eq!((&after["good"], &after["closed"]), (&true.into(), &true.into()), "{after:#}");
    assert_eq!(verdict(&killed[0])["streams"], before["streams"], "the older recording was touched");
}

#[test]
fn a_console_whose_disk_is_full_says_it_is_not_ready_and_lives_on() {
    let home = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount("1m") else {
        println!("skipped: no right to mount");
        return;
    };
    let served = serve(home.path(), disk.path());
    assert_eq!(served.record("Too much").0, 200);
    let mut ready = Value::Null;
    wait_until(SOON, "the recorder to fail", || {
        ready = served.look("/health/ready").1;
        is_told(check(&ready, "recorder"))
    });
    assert_eq!((served.get("/health/ready").0, &ready["ready"]), (503, &false.into()));
    assert!(is_told(check(&ready, "disk")), "{ready:#}");
    let delivered = || served.snapshot()["counters"]["delivered"].as_u64().unwrap();
    let before = delivered();
    wait_until(SOON, "samples to go on", || delivered() > before);
    assert!(is_live(&served));
}

#[test]
fn a_recording_folder_that_can_not_be_written_is_told_before_anybody_records() {
    let home = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount("1g") else {
        println!("skipped: no right to mount");
        return;
    };
    let served = serve(home.path(), disk.path());
    assert_eq!(served.get("/health/ready").0, 200);
    disk.protect(true);
    let (status, ready) = served.look("/health/ready");
    assert_eq!((status, is_told(check(&ready, "disk"))), (503, true), "{ready:#}");
    let (status, refused) = served.record("Nowhere");
    assert_eq!((status, &refused["code"]), (500, &"storage".into()), "{refused:#}");
    assert!(is_live(&served) && recordings(disk.path()).is_empty());
    disk.protect(false);
    assert_eq!(served.get("/health/ready").0, 200, "it stays unready over a disk that is well again");
    assert_eq!(served.record("Somewhere").0, 200);
    wait_for_samples(&served);
    served.terminate();
    assert_eq!(verdict(&recordings(disk.path())[0])["good"], true);
}

const BROKEN: &str = r#"
[load.thresholds]
high = "much"

[memory]
strat = 0.8
critical = 1e99

[runtime]
shared_workers = 99999999999999999999999

[bio]
novelty = false
"#;

#[test]
fn a_settings_file_full_of_mistakes_is_named_line_by_line_and_the_console_starts_with_the_rest() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("settings.toml");
    std::fs::write(&file, BROKEN).unwrap();
    let args = [Path::new("--recordings"), home.path(), Path::new("--settings"), &file];
    let served = Served::start(home.path(), args);
    let notices: Vec<String> =
        served.snapshot()["notices"].as_array().unwrap().iter().map(Value::to_string).collect();
    for (line, words) in [
        (3, ["load.thresholds.high", "0.7 is used"]),
        (6, ["memory.strat", "critical"]),
        (7, ["memory.critical", "0.92 is used"]),
        (10, ["runtime.shared_workers", "2 is used"]),
    ] {
        let is_named = |notice: &String| {
            notice.contains(&format!("settings.toml, line {line}"))
                && words.iter().all(|word| notice.contains(word))
        };
        assert!(notices.iter().any(is_named), "line {line} is not named: {notices:#?}");
    }
    let mut system = Value::Null;
    wait_until(SOON, "a measured load", || {
        system = served.look("/api/system").1;
        !system["load"].is_null()
    });
    let (load, bio) = (&system["load"], system["bio"].as_array().unwrap());
    assert_eq!(
        (&load["thresholds"]["high"], &load["memory"]["critical"]),
        (&0.7.into(), &0.92.into()),
        "{load:#}"
    );
    let novelty = bio.iter().find(|row| row["name"] == "novelty").unwrap();
    assert_eq!(novelty["enabled"], false, "what is right in the file does not count: {novelty:#}");
    served.terminate();
}

#[test]
fn a_settings_file_that_is_no_text_is_told_and_the_defaults_are_used() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("settings.toml");
    std::fs::write(&file, [0xff, 0xfe, 0x00, 0x9f]).unwrap();
    let served = Served::start(home.path(), [Path::new("--settings"), &file]);
    let notices = served.snapshot()["notices"].to_string();
    assert!(notices.contains("settings.toml") && notices.contains("defaults are used"), "{notices}");
    assert!(is_live(&served));
}
