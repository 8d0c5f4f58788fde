use super::*;
use std::fs;
use std::path::PathBuf;

fn device(address: &str) -> KnownDevice {
    KnownDevice {
        device: address.to_owned(),
        name: "Polar H10".to_owned(),
        last_seen_ns: 7,
        reconnects: true,
        rates: vec![("ecg".to_owned(), 130.0)],
        ..KnownDevice::default()
    }
}

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("devices.db");
    (folder, path)
}

fn open(path: &Path) -> KnownStore {
    let opened = KnownStore::open(path).unwrap();
    assert_eq!(opened.passed_over, []);
    opened.store
}

#[test]
fn what_was_put_is_there_after_the_next_opening_and_what_was_forgotten_is_not() {
    let (_folder, path) = place();
    let mut store = open(&path);
    let put = |n: u8| Change::Put(device(&format!("C0:FF:EE:00:00:{n:02X}")));
    store.change(&[put(1), put(2), put(3)]).unwrap();
    let again = KnownDevice {
        alias: "Anna".to_owned(),
        rates: vec![("ecg".to_owned(), 129.5), ("heart_rate".to_owned(), 1.0)],
        ..device("C0:FF:EE:00:00:01")
    };
    let forget = Change::Forget("C0:FF:EE:00:00:02".to_owned());
    store.change(&[Change::Put(again.clone()), forget]).unwrap();
    drop(store);
    let kept = open(&path).kept(1000).unwrap();
    assert_eq!(kept, Kept { devices: vec![again, device("C0:FF:EE:00:00:03")], unreadable: 0 });
}

#[test]
fn those_with_a_name_come_first_then_the_newest_and_no_more_than_asked_for() {
    let (_folder, path) = place();
    let mut store = open(&path);
    let at = |n: i64, alias: &str| {
        let seen = KnownDevice { last_seen_ns: n, alias: alias.to_owned(), ..device(&format!("D{n}")) };
        Change::Put(seen)
    };
    store.change(&[at(1, "Anna"), at(2, ""), at(3, ""), at(4, "")]).unwrap();
    let devices: Vec<String> = store.kept(3).unwrap().devices.into_iter().map(|one| one.device).collect();
    assert_eq!(devices, ["D1", "D4", "D3"]);
}

#[test]
fn a_damaged_file_is_left_as_it_is_and_another_begun_beside_it() {
    let (folder, path) = place();
    fs::write(&path, b"planted: no database").unwrap();
    let opened = KnownStore::open(&path).unwrap();
    assert!(matches!(&opened.passed_over[..], [StoreError::OtherFile { .. }]), "{opened:?}");
    let second = folder.path().join("devices-2.db");
    let mut store = opened.store;
    assert_eq!(store.path(), second);
    store.change(&[Change::Put(device("D1"))]).unwrap();
    drop(store);
    let again = KnownStore::open(&path).unwrap();
    assert_eq!((again.store.path(), again.store.kept(9).unwrap().devices.len()), (second.as_path(), 1));
    assert_eq!(fs::read(&path).unwrap(), b"planted: no database");
}

#[test]
fn a_page_that_was_overwritten_is_found_when_the_file_is_opened() {
    let (_folder, path) = place();
    let mut store = open(&path);
    let many: Vec<Change> = (0..500).map(|n| Change::Put(device(&format!("D{n}")))).collect();
    store.change(&many).unwrap();
    drop(store);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    let opened = KnownStore::open(&path).unwrap();
    assert!(matches!(&opened.passed_over[..], [StoreError::Damaged { .. }]), "{:?}", opened.passed_over);
}

#[test]
fn a_second_console_is_told_that_somebody_has_it_open() {
    let (_folder, path) = place();
    let _first = open(&path);
    let refused = KnownStore::open(&path);
    assert!(matches!(refused, Err(StoreError::Busy { .. })), "{refused:?}");
}

#[test]
fn what_another_program_has_written_into_it_is_bounded_and_cleaned_or_passed_over_and_counted() {
    let (_folder, path) = place();
    let mut store = open(&path);
    let hostile = KnownDevice {
        alias: format!("a\u{202e}b\n{}", "x".repeat(5000)),
        rates: vec![("ecg".to_owned(), f64::INFINITY), ("<img>".to_owned(), 1.0), ("hr".to_owned(), -1.0)],
        ..device("D1")
    };
    store.change(&[Change::Put(hostile), Change::Put(device("<img onerror=x>"))]).unwrap();
    let kept = store.kept(9).unwrap();
    assert_eq!((kept.devices.len(), kept.unreadable), (1, 1));
    let alias = &kept.devices[0].alias;
    assert!(alias.starts_with("ab x") && alias.chars().count() == TEXT_CHARS_MAX, "{alias}");
    assert_eq!(kept.devices[0].rates, []);
}

#[test]
fn a_change_that_can_not_be_made_changes_nothing() {
    let (_folder, path) = place();
    let mut store = open(&path);
    store.change(&[Change::Put(device("D1"))]).unwrap();
    let twice = KnownDevice { rates: vec![("ecg".to_owned(), 1.0), ("ecg".to_owned(), 2.0)], ..device("D2") };
    let refused = store.change(&[Change::Forget("D1".to_owned()), Change::Put(twice)]);
    assert!(matches!(refused, Err(StoreError::Misfit { .. })), "{refused:?}");
    assert_eq!(store.kept(9).unwrap().devices, [device("D1")]);
}
