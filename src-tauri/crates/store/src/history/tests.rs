//! The history from inside, with invented times.

use super::*;
use model::{AttributeId, AttributeKind, Block, Channel, Column, SensorId, Stamp, StreamKey, StreamSpec};

const SEC: i64 = 1_000_000_000;
const START: Stamp = Stamp { host_ns: 7 * SEC, wall_ns: 1_700_000_000 * SEC };
const ALL: Retention = Retention { age_max_ns: i64::MAX, bytes_max: u64::MAX };

fn history() -> (tempfile::TempDir, History) {
    let folder = tempfile::tempdir().unwrap();
    let history = History::open(&folder.path().join("history.db")).unwrap();
    (folder, history)
}

fn spec(scale: f64) -> StreamSpec {
    let key =
        StreamKey { sensor: SensorId::parse("s").unwrap(), attribute: AttributeId::parse("ecg").unwrap() };
    StreamSpec {
        key,
        kind: AttributeKind::Ecg,
        channels: vec![Channel::new("ecg", "mV", scale)],
        nominal_rate_hz: Some(100.0),
        device_ticks_per_sec: None,
    }
}

/// Value of a sample: no two parts of a window are alike.
fn value(index: u64) -> i32 {
    (index.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as i32
}

fn block(first: u64, n: u64) -> Block {
    let times = (first..first + n).map(|i| START.host_ns + i as i64 * SEC / 100).collect();
    let values = (first..first + n).map(value).collect();
    Block::new(first, START.wall_ns - START.host_ns, times, None, vec![Column::I32(values)]).unwrap()
}

fn entry(first: u64, n: u64) -> Entry {
    Entry::new(Session::new(START, 1), spec(0.5), &block(first, n))
}

fn fill(history: &mut History, blocks: u64) {
    let entries: Vec<Entry> = (0..blocks).map(|k| entry(k * 100, 100)).collect();
    history.append(&entries).unwrap();
}

fn reader(history: &History) -> (Reader, PastStream) {
    let reader = Reader::open(history.path()).unwrap();
    let stream = reader.streams(&spec(1.0).key).unwrap().remove(0);
    (reader, stream)
}

#[test]
fn an_entry_comes_back_from_its_bytes_and_every_flipped_byte_is_noticed() {
    let ticks = Some((0..50).collect());
    let with_ticks = Block::new(0, 0, (0..50).collect(), ticks, vec![Column::F32(vec![0.5; 50])]).unwrap();
    for block in [block(5, 50), with_ticks] {
        let entry = Entry::new(Session::new(START, 1), spec(0.5), &block);
        let bytes = entry.to_bytes();
        let back = Entry::from_bytes(&bytes).unwrap();
        assert_eq!((&back.session, &back.spec), (&entry.session, &entry.spec));
        assert_eq!(back.row.of_stream(crate::StreamNo(3)).decode(1).unwrap(), block);
        for at in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 0x10;
            assert!(Entry::from_bytes(&bad).is_err(), "byte {at}");
            assert!(Entry::from_bytes(&bytes[..at]).is_err(), "cut at {at}");
        }
    }
}

#[test]
fn a_range_gives_the_blocks_that_touch_it_and_a_block_comes_back_as_it_was() {
    let (_folder, mut history) = history();
    fill(&mut history, 10);
    let (reader, stream) = reader(&history);
    let at = |sec: i64| START.wall_ns + sec * SEC;
    let blocks = reader.range(&stream, at(2), at(4) - 1, u64::MAX).unwrap();
    assert_eq!(blocks, [2, 3].map(|k| PastBlock { first_at_ns: at(k), block: block(k as u64 * 100, 100) }));
    assert_eq!(reader.range(&stream, at(0), at(99), 250).unwrap().len(), 2, "bounded");
    assert_eq!(reader.range(&stream, at(0), at(99), 1).unwrap().len(), 1, "but never nothing");
}

#[test]
fn a_decimated_window_is_that_of_every_sample() {
    for scale in [0.5, -0.5] {
        let (_folder, mut history) = history();
        let entries: Vec<Entry> =
            (0..40).map(|k| Entry::new(Session::new(START, 1), spec(scale), &block(k * 100, 100))).collect();
        history.append(&entries).unwrap();
        let (reader, stream) = reader(&history);
        let (from_ns, to_ns) = (START.wall_ns + 3 * SEC / 2, START.wall_ns + 35 * SEC);
        for parts in [1, 3, 7, 40, 500] {
            let spans = reader.decimated(&stream, 0, from_ns, to_ns, parts).unwrap();
            let width_ns = (to_ns - from_ns + 1 + i64::from(parts) - 1) / i64::from(parts);
            let mut wanted: std::collections::BTreeMap<i64, [f64; 2]> = Default::default();
            for i in 0..4000_u64 {
                let at_ns = START.wall_ns + i as i64 * SEC / 100;
                if (from_ns..=to_ns).contains(&at_ns) {
                    let (part, v) = ((at_ns - from_ns) / width_ns, f64::from(value(i)) * scale);
                    let range = wanted.entry(from_ns + part * width_ns).or_insert([v, v]);
                    *range = [range[0].min(v), range[1].max(v)];
                }
            }
            let wanted: Vec<Span> =
                wanted.into_iter().map(|(from_ns, [min, max])| Span { from_ns, min, max }).collect();
            assert_eq!(spans, wanted, "{parts} parts, scale {scale}");
        }
    }
}

#[test]
fn a_block_that_comes_again_is_stored_once() {
    let (_folder, mut history) = history();
    assert_eq!(history.append(&[entry(0, 100)]).unwrap(), Appended { stored: 100, repeated: 0 });
    let again = history.append(&[entry(0, 100), entry(100, 50)]).unwrap();
    assert_eq!(again, Appended { stored: 50, repeated: 1 });
    let counts = history.counts().unwrap();
    assert_eq!((counts.blocks, counts.stored, counts.repeated), (2, 150, 1));
}

#[test]
fn what_overlaps_is_refused_by_name_and_takes_nothing_with_it() {
    let (_folder, mut history) = history();
    history.append(&[entry(0, 100)]).unwrap();
    let refused = history.append(&[entry(100, 10), entry(99, 5)]).unwrap_err();
    assert!(matches!(refused, NotAppended::Unfit { at: 1, .. }), "{refused:?}");
    assert_eq!(history.counts().unwrap().stored, 100);
    history.append(&[entry(100, 10)]).unwrap();
}

#[test]
fn two_runs_with_the_same_numbers_are_two_streams() {
    let (_folder, mut history) = history();
    let later = Stamp { host_ns: 7 * SEC, wall_ns: START.wall_ns + 1000 * SEC };
    history.append(&[entry(0, 10)]).unwrap();
    history.append(&[Entry::new(Session::new(later, 1), spec(0.5), &block(0, 10))]).unwrap();
    let reader = Reader::open(history.path()).unwrap();
    let streams = reader.streams(&spec(1.0).key).unwrap();
    assert_eq!(streams.iter().map(|s| s.session.started).collect::<Vec<_>>(), [START, later]);
}

#[test]
fn what_is_too_old_goes_and_is_counted() {
    let (_folder, mut history) = history();
    fill(&mut history, 10);
    let keep = Retention { age_max_ns: 4 * SEC, ..ALL };
    let gone = history.retain(&keep, START.wall_ns + 10 * SEC).unwrap();
    assert_eq!(gone, Expired { blocks: 6, samples: 600 });
    let counts = history.counts().unwrap();
    assert_eq!((counts.blocks, counts.stored, counts.expired), (4, 1000, 600));
    history.append(&[entry(1000, 100)]).unwrap();
}

#[test]
fn an_empty_history_forgets_its_streams_and_takes_new_ones() {
    let (_folder, mut history) = history();
    fill(&mut history, 3);
    let keep = Retention { age_max_ns: 0, ..ALL };
    history.retain(&keep, i64::MAX).unwrap();
    assert_eq!(Reader::open(history.path()).unwrap().streams(&spec(1.0).key).unwrap(), []);
    history.append(&[entry(300, 100)]).unwrap();
    assert_eq!(reader(&history).0.range(&reader(&history).1, 0, i64::MAX, 1000).unwrap().len(), 1);
}

#[test]
fn a_history_that_takes_too_much_room_lets_the_oldest_go_and_shrinks() {
    let (_folder, mut history) = history();
    (0..40).for_each(|lot| {
        let entries: Vec<Entry> = (0..100).map(|k| entry((lot * 100 + k) * 100, 100)).collect();
        history.append(&entries).unwrap();
    });
    let before = history.counts().unwrap();
    let keep = Retention { bytes_max: 500_000, ..ALL };
    let gone = history.retain(&keep, START.wall_ns).unwrap();
    let after = history.counts().unwrap();
    assert!(gone.blocks > 0 && after.blocks > 0, "{gone:?} {after:?}");
    assert_eq!(before.blocks, after.blocks + gone.blocks);
    assert!(after.oldest_at_ns > before.oldest_at_ns);
    let path = history.path().to_owned();
    drop(history);
    let bytes = std::fs::metadata(path).unwrap().len();
    assert!(bytes < 600_000, "{bytes}");
}

#[test]
fn a_full_disk_is_said_and_the_history_goes_on_when_there_is_room() {
    let (_folder, mut history) = history();
    let limit = |history: &History, pages: u32| {
        history.db.conn.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).unwrap();
    };
    limit(&history, 40);
    let full = (0..).find(|k| history.append(&[entry(k * 100, 100)]).is_err()).unwrap();
    let refused = history.append(&[entry(full * 100, 100)]).unwrap_err();
    assert!(matches!(refused, NotAppended::Store(StoreError::DiskFull { .. })), "{refused:?}");
    limit(&history, 1_000_000);
    history.append(&[entry(full * 100, 100)]).unwrap();
    assert_eq!(history.counts().unwrap().stored, (full + 1) * 100);
}

#[test]
fn a_damaged_file_is_left_alone_and_a_new_one_begun_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let rubbish = b"This was a history once.".repeat(100);
    std::fs::write(&path, &rubbish).unwrap();
    assert!(History::open(&path).unwrap_err().words().contains("is not a history"));
    for _ in 0..2 {
        let Beside { mut history, passed_over } = History::open_or_beside(&path).unwrap();
        assert_eq!(history.path(), folder.path().join("history-2.db"));
        assert_eq!(passed_over.len(), 1);
        history.append(&[entry(0, 100)]).unwrap();
    }
    assert_eq!(std::fs::read(&path).unwrap(), rubbish);
    let nowhere = folder.path().join("no/history.db");
    assert!(matches!(History::open_or_beside(&nowhere), Err(StoreError::MissingFolder { .. })));
}

#[test]
fn a_table_that_is_missing_is_damage() {
    let (_folder, history) = history();
    let path = history.path().to_owned();
    history.db.conn.execute_batch("DROP TABLE blocks").unwrap();
    drop(history);
    assert!(matches!(History::open(&path), Err(StoreError::Damaged { .. })));
}
