//! What `verify` must notice. Each fault is planted with a SQLite tool.

use crate::sample::*;
use model::GapReason;

/// 0..100 stored in ten blocks, 100..110 lost, 110..120 stored.
fn recorded() -> (tempfile::TempDir, std::path::PathBuf) {
    let (folder, mut one) = fixture();
    for ten in 0..10 {
        one.store(ten * 10, ten * 10 + 10).unwrap();
    }
    one.lose(100, 10, GapReason::RecorderFull).unwrap();
    one.store(110, 120).unwrap();
    one.lose(120, 0, GapReason::LinkLost).unwrap();
    (folder, one.close())
}

#[track_caller]
fn planting(sql: &str, makes_it_say: &str) {
    let (_folder, path) = recorded();
    assert!(report(&path).is_good());
    tamper(&path, sql);
    assert_problem(&path, makes_it_say);
}

#[test]
fn a_sound_recording_is_good_and_its_sums_are_right() {
    let (_folder, path) = recorded();
    let mut seen = Vec::new();
    let report = store::verify(&path, &mut |done, total| seen.push((done, total))).unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
    let stream = &report.streams[0];
    assert_eq!((stream.offered, stream.stored, stream.dropped, stream.gaps), (120, 110, 10, 2));
    assert_eq!(stream.last_wall_ns, Some(ecg_time(119) + WALL_MINUS_HOST_NS));
    assert_eq!(stream.nominal_rate_hz, Some(250.0));
    assert_eq!(seen.last(), Some(&(110, 110)));
}

#[test]
fn a_flipped_bit_in_a_block_is_found() {
    let flip = |column: &str| {
        format!(
            "UPDATE blocks SET {column} = unhex(replace(hex({column}), substr(hex({column}), 17, 2), 'A5')) WHERE id = 4"
        )
    };
    for column in ["host_times", "channel_values", "channel_stats"] {
        planting(&flip(column), "the block at index 30 does not read back: its checksum does not match");
    }
    planting("UPDATE blocks SET crc32c = crc32c + 1 WHERE id = 4", "checksum");
    planting("UPDATE blocks SET wall_minus_host_ns = wall_minus_host_ns + 1 WHERE id = 4", "checksum");
}

#[test]
fn a_hole_without_a_gap_is_found() {
    planting("DELETE FROM blocks WHERE id = 4", "samples 30 to 39 are missing, and no gap says why");
    planting("DELETE FROM gaps WHERE samples = 10", "samples 100 to 109 are missing");
    planting("DELETE FROM blocks WHERE id = 1", "samples 0 to 9 are missing");
    planting("DELETE FROM blocks WHERE id = 11", "samples 110 to 119 are missing");
    planting("UPDATE counts SET end_index = 121", "samples 120 to 120 are missing");
    planting("UPDATE counts SET end_index = 121", "offered 121, but stored 110 and dropped 10");
}

#[test]
fn what_is_there_twice_is_found() {
    planting("UPDATE gaps SET samples = 11 WHERE samples = 10", "samples 110 to 110 are there twice");
    planting("UPDATE gaps SET first_index = 99 WHERE samples = 10", "samples 99 to 99 are there twice");
    planting("UPDATE counts SET end_index = 119", "behind its end");
}

#[test]
fn a_gap_without_a_known_reason_is_found() {
    planting(
        "UPDATE gaps SET reason = 'unexplained' WHERE samples = 10",
        "the gap at index 100 is unexplained",
    );
    planting("UPDATE gaps SET reason = 'whim' WHERE samples = 10", "has an unknown reason, \"whim\"");
}

#[test]
fn counts_that_do_not_match_are_found() {
    planting("UPDATE counts SET stored = 109", "what was counted while recording is not what reads back");
    planting("DELETE FROM gaps WHERE samples = 0", "what was counted while recording");
}

#[test]
fn rows_that_belong_to_no_stream_are_found() {
    planting(
        "PRAGMA foreign_keys = OFF; UPDATE blocks SET stream = 7 WHERE id = 3",
        "1 rows of blocks belong to nothing",
    );
}

#[test]
fn a_description_that_does_not_read_is_an_error() {
    let (_folder, path) = recorded();
    tamper(&path, "UPDATE sensors SET facts = '{}'");
    let error = store::verify(&path, &mut |_, _| ()).unwrap_err();
    assert!(error.words().contains("what it says of itself does not read back"), "{error}");
}

#[test]
fn time_that_runs_backwards_is_found() {
    let (_folder, mut one) = fixture();
    one.store(0, 10).unwrap();
    let late = ecg_block(10, 20);
    let times = late.host_ns().iter().map(|ns| ns - 2 * STEP_NS).collect();
    let early = model::Block::new(10, 0, times, None, late.columns().to_vec()).unwrap();
    one.commit(&[(one.ecg, early)], &[]).unwrap();
    let path = one.close();
    assert_problem(&path, "time runs backwards in the block at index 10");
}

#[test]
fn very_many_problems_are_counted_and_not_listed() {
    let (_folder, mut one) = fixture();
    for i in 0..300 {
        one.store(i * 2, i * 2 + 1).unwrap();
    }
    let path = one.close();
    let problems = report(&path).problems;
    assert_eq!(problems.len(), 101);
    assert_eq!(problems[100], "… and 200 more");
}
