//! What the CSV files and the sidecar say.

use crate::recordings::*;
use model::{Block, Channel, Column, GapReason};
use std::fs;
use std::path::Path;
use std::process::Command;

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

fn sidecar(folder: &Path) -> serde_json::Value {
    serde_json::from_str(&text(&folder.join("recording.json"))).unwrap()
}

#[test]
fn a_table_has_a_header_with_units_and_a_row_for_each_sample_and_gap() {
    let room = tempfile::tempdir().unwrap();
    let mut tape = Tape::new(room.path());
    let no = tape.stream("s", "Polar H10", "ecg", millivolts());
    tape.store(no, block(0, &[3, -120]));
    tape.lose(no, 2, 20, GapReason::RecorderFull);
    tape.store(no, block(22, &[1000, 7]));
    tape.lose(no, 23, 0, GapReason::LinkLost);
    tape.lose(no, 24, 0, GapReason::SourceStopped);
    let done = export(&tape.close(), &room.path().join("out")).unwrap();
    assert_eq!(done.samples, 4);
    assert_eq!(done.problems, Vec::<String>::new());
    assert_eq!(done.files[0].file_name().unwrap(), "Polar_H10_ecg.csv");
    let expected = [
        "time_utc,seconds,ecg [mV],gap",
        "2023-11-14T22:13:20.000000Z,0.000000001,0.003,",
        "2023-11-14T22:13:20.004000Z,0.004000001,-0.120,",
        "2023-11-14T22:13:20.007999Z,0.007999001,,recorder_full: 20 samples",
        "2023-11-14T22:13:20.088000Z,0.088000001,1.000,",
        "2023-11-14T22:13:20.091999Z,0.091999001,,link_lost: 0 samples",
        "2023-11-14T22:13:20.092000Z,0.092000001,0.007,",
        "2023-11-14T22:13:20.095999Z,0.095999001,,source_stopped: 0 samples",
        "",
    ];
    assert_eq!(text(&done.files[0]), expected.join("\r\n"));
}

#[test]
fn every_time_and_value_comes_back_exactly() {
    let room = tempfile::tempdir().unwrap();
    let mut tape = Tape::new(room.path());
    let channels = vec![Channel::new("a", "mV", 1.0 / 1024.0), Channel::new("b", "Cel", 1.0)];
    let no = tape.stream_with_clock("s", "S", "x", channels, Some(1024.0));
    let n = 3000_u64;
    let times: Vec<i64> = (0..n).map(|i| time(i) + (i * i % 977) as i64).collect();
    let ticks: Vec<i64> = (0..n).map(|i| i64::MAX - i as i64 * 4).collect();
    let raw: Vec<i32> = (0..n).map(|i| (i as i32).wrapping_mul(1_103_515_245)).collect();
    let floats: Vec<f32> = raw.iter().map(|value| *value as f32 / 7.0).collect();
    let columns = vec![Column::I32(raw.clone()), Column::F32(floats.clone())];
    let stored = Block::new(0, WALL_MINUS_HOST_NS, times.clone(), Some(ticks.clone()), columns).unwrap();
    tape.store(no, stored);
    let done = export(&tape.close(), &room.path().join("out")).unwrap();
    let mut reader = csv::Reader::from_path(&done.files[0]).unwrap();
    assert_eq!(
        reader.headers().unwrap(),
        vec!["time_utc", "seconds", "a [mV]", "b [Cel]", "device_ticks", "gap"]
    );
    let mut rows = 0;
    for (i, row) in reader.records().map(Result::unwrap).enumerate() {
        let nanoseconds: i64 = row[1].replace('.', "").parse().unwrap();
        assert_eq!(nanoseconds, times[i] - START.host_ns);
        assert_eq!((row[2].parse::<f64>().unwrap() * 1024.0).round() as i32, raw[i]);
        assert_eq!(row[3].parse::<f32>().unwrap(), floats[i]);
        assert_eq!(row[4].parse::<i64>().unwrap(), ticks[i]);
        assert_eq!(&row[5], "");
        rows += 1;
    }
    assert_eq!(rows, n);
}

#[test]
fn python_reads_the_same() {
    let room = tempfile::tempdir().unwrap();
    let done = export(&plain(room.path(), 2000), &room.path().join("out")).unwrap();
    let script = "
import csv, datetime, json, sys
rows = list(csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8')))
for i, row in enumerate(rows):
    assert float(row['ecg [mV]']) == (i % 3000 - 1500) / 1000, row
    at = datetime.datetime.fromisoformat(row['time_utc'].replace('Z', '+00:00'))
    since = at - datetime.datetime(2023, 11, 14, 22, 13, 20, tzinfo=datetime.timezone.utc)
    assert abs(since.total_seconds() - float(row['seconds'])) < 1e-6, row
print(len(rows), json.load(open(sys.argv[2], encoding='utf-8'))['streams'][0]['stored'])
";
    let ran = Command::new("python3").args(["-c", script]).args(&done.files).output();
    // Python is no part of this crate's needs; where it is, it must agree.
    let Ok(ran) = ran else { return };
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(String::from_utf8_lossy(&ran.stdout).trim(), "2000 2000");
}

#[test]
fn the_sidecar_tells_what_the_tables_can_t() {
    let room = tempfile::tempdir().unwrap();
    let mut tape = Tape::new(room.path());
    let no = tape.stream("ble:1", "=Strap", "ecg", millivolts());
    tape.store(no, block(0, &[1, 2, 3]));
    tape.lose(no, 3, 2, GapReason::InboxFull);
    let done = export(&tape.close(), &room.path().join("out")).unwrap();
    let json = sidecar(&done.folder);
    assert_eq!(json["title"], "A \"title\"");
    assert_eq!(json["source_file"], "tape.sensocto");
    assert_eq!(
        (&json["started_utc"], &json["seconds"]),
        (&"2023-11-14T22:13:20.000000Z".into(), &10.0.into())
    );
    assert_eq!(json["closed_utc"], "2023-11-14T22:13:30.000000Z");
    let stream = &json["streams"][0];
    assert_eq!(stream["file"], "Strap_ecg.csv");
    assert_eq!(stream["sensor"]["name"], "=Strap");
    assert_eq!(stream["sensor"]["facts"]["maker"], "Us");
    assert_eq!(stream["channels"][0]["heading"], "ecg [mV]");
    assert_eq!(stream["channels"][0]["scale"], 0.001);
    assert_eq!(
        (&stream["offered"], &stream["stored"], &stream["dropped"]),
        (&5.into(), &3.into(), &2.into())
    );
    assert_eq!(stream["rate_hz"], 250.0);
    assert_eq!(stream["gaps"][0]["reason"], "inbox_full");
    assert_eq!(stream["gaps"][0]["samples"], 2);
    assert_eq!(stream["gaps"][0]["to_utc"], "2023-11-14T22:13:20.020000Z");
}

#[test]
fn names_from_outside_do_no_harm_in_a_spreadsheet_or_a_file_name() {
    let room = tempfile::tempdir().unwrap();
    let mut tape = Tape::new(room.path());
    let channels = vec![Channel::new("=cmd|'/c calc'!A1", "", 1.0), Channel::new("a,\"b\"\r\nc", "x", 1.0)];
    let no = tape.stream("s", "../../../../tmp/x", "ecg", channels);
    let two = vec![Column::I32(vec![-5]), Column::I32(vec![6])];
    tape.store(no, Block::new(0, 0, vec![1], None, two).unwrap());
    let same = tape.stream("t", "../../../../tmp/x", "ecg", millivolts());
    tape.store(same, block(0, &[1]));
    let done = export(&tape.close(), &room.path().join("out")).unwrap();
    let names: Vec<_> = done.files.iter().map(|file| file.strip_prefix(&done.folder).unwrap()).collect();
    assert_eq!(names, ["tmp_x_ecg.csv", "tmp_x_ecg_2.csv", "recording.json"].map(Path::new));
    let mut reader = csv::Reader::from_path(&done.files[0]).unwrap();
    let header = reader.headers().unwrap().clone();
    assert_eq!((&header[2], &header[3]), ("'=cmd|'/c calc'!A1", "a,\"b\"\r\nc [x]"));
    let row = reader.records().next().unwrap().unwrap();
    assert_eq!((&row[2], &row[3]), ("-5", "6"));
}

#[test]
fn a_damaged_block_is_marked_and_the_rest_is_exported() {
    let room = tempfile::tempdir().unwrap();
    let recording = plain(room.path(), 1500);
    // Flips a bit of the second block where SQLite keeps it.
    let mut bytes = fs::read(&recording).unwrap();
    let needle = statistics_of_the_second_block();
    let at = bytes.windows(needle.len()).position(|window| window == needle).unwrap();
    bytes[at + 5] ^= 1;
    fs::write(&recording, bytes).unwrap();
    let done = export(&recording, &room.path().join("out")).unwrap();
    assert_eq!(done.samples, 1000);
    assert_eq!(done.problems.len(), 2, "{:?}", done.problems);
    assert!(done.problems[0].contains("checksum") && done.problems[1].contains("500 samples are missing"));
    let table = text(&done.files[0]);
    let marks: Vec<_> = table.lines().filter(|line| line.contains("samples")).collect();
    assert_eq!(marks, ["2023-11-14T22:13:21.996000Z,1.996000001,,damaged: 500 samples"]);
}

/// Smallest, largest and sum of -1000 … -501, as the file holds them.
fn statistics_of_the_second_block() -> Vec<u8> {
    let values = (500..1000).map(|i| f64::from(i - 1500));
    [-1000.0, -501.0, values.sum::<f64>()].iter().flat_map(|number: &f64| number.to_le_bytes()).collect()
}

#[test]
fn samples_that_are_missing_without_a_gap_are_marked_as_unexplained() {
    let room = tempfile::tempdir().unwrap();
    let mut tape = Tape::new(room.path());
    let no = tape.stream("s", "S", "ecg", millivolts());
    tape.store(no, block(2, &[1]));
    tape.lose(no, 5, 1, GapReason::InboxFull);
    tape.writer.commit(&store::Batch { blocks: &[], gaps: &[], ends: &[(no, 9)], now: START }).unwrap();
    let done = export(&tape.close(), &room.path().join("out")).unwrap();
    let table = text(&done.files[0]);
    let marks: Vec<_> = table.lines().skip(1).map(|line| line.rsplit(',').next().unwrap()).collect();
    let expected = [
        "unexplained: 2 samples",
        "",
        "unexplained: 2 samples",
        "inbox_full: 1 samples",
        "unexplained: 3 samples",
    ];
    assert_eq!(marks, expected);
    assert_eq!(done.problems.len(), 3);
}

#[test]
fn progress_ends_with_everything_done() {
    let room = tempfile::tempdir().unwrap();
    let mut last = (0, 0);
    let recording = plain(room.path(), 1234);
    export::csv(&recording, &room.path().join("out"), false, &mut |done, total| last = (done, total))
        .unwrap();
    assert_eq!(last, (1234, 1234));
}
