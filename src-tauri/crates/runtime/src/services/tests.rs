//! Where the settings put the history.

use super::*;
use crate::console::Config;

/// A console whose settings ask for a history in `folder`.
fn console(here: &Path, folder: &Path) -> Console {
    let file = here.join("settings.toml");
    let folder = folder.to_str().unwrap();
    std::fs::write(&file, format!("[history]\nenabled = true\nfolder = {folder:?}\n")).unwrap();
    Console::start(Config { settings: Some(file), ..Config::default() }).unwrap()
}

#[test]
fn the_history_is_kept_in_the_folder_of_the_settings_which_is_made() {
    let here = tempfile::tempdir().unwrap();
    let (beside, folder) = (here.path().join("beside"), here.path().join("far/away"));
    let console = console(here.path(), &folder);
    console.keep_history_as_set(&beside);
    assert!(folder.join("history.db").exists() && folder.join("outbox.db").exists());
    assert!(!beside.exists());
    assert_eq!(console.notices(), []);
    assert!(console.shut_down().is_empty());
}

#[test]
fn a_folder_that_can_not_be_used_is_named_and_the_history_kept_beside_the_recordings() {
    let here = tempfile::tempdir().unwrap();
    let (beside, file) = (here.path().join("beside"), here.path().join("a file"));
    std::fs::write(&file, "in the way").unwrap();
    let console = console(here.path(), &file);
    console.keep_history_as_set(&beside);
    assert!(beside.join("history.db").exists());
    let notices = console.notices();
    assert_eq!(notices.len(), 1, "{notices:?}");
    let words = format!("{:?}", notices[0].notice);
    assert!(words.contains("history.folder") && words.contains("a file can't be made"), "{words}");
    assert!(words.contains("beside"), "{words}");
    assert_eq!(std::fs::read(&file).unwrap(), b"in the way");
    assert!(console.shut_down().is_empty());
}
