//! What goes in comes out, or is refused as a whole.

use crate::sample::*;
use model::{AttributeKind, Block, Channel, Column, GapReason};
use store::{Batch, RecordedStream, Recording, StoreError};

#[test]
fn everything_that_was_recorded_is_read_back() {
    let (_folder, mut one) = fixture();
    let channels = vec![
        Channel { name: "a".into(), unit: "Cel".into(), scale: 0.01, offset: -273.15 },
        Channel::new("b", "%", 1.0),
    ];
    let mut mixed = spec("sim:2", "mixed", AttributeKind::Generic, channels, None);
    mixed.device_ticks_per_sec = Some(1024.0);
    let no = one.writer.add_stream(&sensor("sim:2", "=Person <2>"), &mixed, 40).unwrap();
    let columns = vec![Column::I32(vec![1, i32::MIN]), Column::F32(vec![0.1, f32::INFINITY])];
    let block = Block::new(40, -7, vec![5, 5], Some(vec![-1, i64::MAX]), columns).unwrap();
    one.commit(&[(no, block.clone()), (one.ecg, ecg_block(0, 100))], &[]).unwrap();
    one.lose(100, 20, GapReason::InboxFull).unwrap();
    one.store(120, 121).unwrap();
    let ends = [(one.ecg, 121), (no, 42)];
    one.writer.commit(&Batch { blocks: &[], gaps: &[], ends: &ends, now: START.plus_ns(9) }).unwrap();
    let path = one.close();

    let recording = Recording::open(&path).unwrap();
    let info = recording.info().unwrap();
    assert_eq!((info.title.as_str(), info.console_version.as_str()), ("One", "0.1.0"));
    assert_eq!((info.started, info.saved), (START, START.plus_ns(9)));
    assert_eq!(info.closed, Some(START.plus_ns(2_000_000_000)));
    assert_eq!((info.streams, info.samples, info.dropped), (2, 103, 20));
    assert_eq!(info.bytes, std::fs::metadata(&path).unwrap().len());
    assert!((info.seconds() - 2.0).abs() < 1e-9);

    let streams = recording.streams().unwrap();
    assert_eq!(streams[0].spec, ecg_spec("sim:1"));
    assert_eq!(streams[1].spec, mixed);
    assert_eq!(streams[1].sensor.name.as_str(), "=Person <2>");
    assert_eq!(streams[1].sensor.facts, vec![("maker".to_owned(), "Us".to_owned())]);
    assert_eq!((streams[1].first_index, streams[1].offered()), (40, 2));
    assert_eq!(blocks(&recording, &streams[1]), vec![block]);
    assert_eq!(blocks(&recording, &streams[0]), vec![ecg_block(0, 100), ecg_block(120, 121)]);
    let gaps: Vec<_> = recording.gaps(&streams[0]).map(Result::unwrap).collect();
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].gap, gap(100, 20, GapReason::InboxFull));
    assert_eq!(gaps[0].wall_minus_host_ns, WALL_MINUS_HOST_NS);
    assert_eq!(report(&path).problems, Vec::<String>::new());
}

#[test]
fn gaps_come_in_the_order_of_their_place_whenever_they_were_written() {
    let (_folder, mut one) = fixture();
    one.store(5, 9).unwrap();
    for (first, samples) in [(9, 0), (9, 1), (0, 5), (9, 0)] {
        one.lose(first, samples, GapReason::LinkLost).unwrap();
    }
    let path = one.close();
    let recording = Recording::open(&path).unwrap();
    let stream = &recording.streams().unwrap()[0];
    let places: Vec<_> = recording
        .gaps(stream)
        .map(|gap| gap.unwrap().gap)
        .map(|gap| (gap.first_index, gap.samples))
        .collect();
    assert_eq!(places, [(0, 5), (9, 0), (9, 0), (9, 1)]);
    assert_eq!(report(&path).problems, Vec::<String>::new());
}

#[test]
fn facts_that_come_later_are_kept_and_an_unknown_sensor_is_left_out() {
    let (_folder, mut one) = fixture();
    let mut known = sensor("sim:1", "Person 1, renamed");
    known.facts.push(("firmware".to_owned(), "1.2".to_owned()));
    one.writer.update_sensors([&known, &sensor("sim:9", "Nobody")]).unwrap();
    let path = one.close();
    let streams = Recording::open(&path).unwrap().streams().unwrap();
    assert_eq!(streams.len(), 1);
    assert_eq!(streams[0].sensor.name.as_str(), "Person 1, renamed");
    assert_eq!(streams[0].sensor.facts, known.facts);
}

#[test]
fn an_attribute_whose_description_changes_goes_on_as_a_second_stream() {
    let (_folder, mut one) = fixture();
    one.store(0, 10).unwrap();
    let mut finer = ecg_spec("sim:1");
    finer.channels[0].scale = 0.0001;
    let no = one.writer.add_stream(&sensor("sim:1", "Person 1"), &finer, 10).unwrap();
    one.commit(&[(no, ecg_block(10, 20))], &[]).unwrap();
    let path = one.close();
    let scales: Vec<f64> =
        Recording::open(&path).unwrap().streams().unwrap().iter().map(|s| s.spec.channels[0].scale).collect();
    assert_eq!(scales, [0.001, 0.0001]);
    assert!(report(&path).is_good());
}

#[test]
fn a_batch_that_does_not_fit_is_refused_whole_and_the_next_one_is_taken() {
    let (_folder, mut one) = fixture();
    one.store(0, 10).unwrap();
    let ragged = Block::new(20, 0, vec![1], None, vec![Column::I32(vec![1]), Column::I32(vec![1])]).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let mut other = store::Writer::create(&elsewhere.path().join("b"), &new_recording("")).unwrap();
    other.add_stream(&sensor("a", "a"), &ecg_spec("a"), 0).unwrap();
    let stranger = other.add_stream(&sensor("b", "b"), &ecg_spec("b"), 0).unwrap();
    for bad in [(one.ecg, ragged), (one.ecg, ecg_block(9, 11)), (stranger, ecg_block(10, 11))] {
        let error = one.commit(&[(one.ecg, ecg_block(10, 15)), bad], &[]).unwrap_err();
        assert!(matches!(error, StoreError::Misfit { .. }), "{error:?}");
    }
    assert!(
        matches!(one.store(5, 12), Err(StoreError::Misfit { .. })),
        "it overlaps what an earlier commit stored"
    );
    let endless = gap(1, 0, GapReason::LinkLost);
    let endless = model::Gap { samples: u64::MAX, ..endless };
    assert!(matches!(one.commit(&[], &[(one.ecg, endless)]), Err(StoreError::Misfit { .. })));
    one.store(10, 15).unwrap();
    let path = one.close();
    assert_eq!(report(&path).problems, Vec::<String>::new());
    assert_eq!(report(&path).streams[0].stored, 15);
}

#[test]
fn a_running_recording_can_be_read_and_verified() {
    let (_folder, mut one) = fixture();
    one.store(0, 10).unwrap();
    let snapshot = Recording::open(&one.path).unwrap();
    one.store(10, 20).unwrap();
    let stream = &snapshot.streams().unwrap()[0];
    assert_eq!(blocks(&snapshot, stream), vec![ecg_block(0, 10)], "it is as it was when opened");
    let now = report(&one.path);
    assert_eq!((now.is_good(), now.info.closed, now.streams[0].stored), (true, None, 20));
    assert!((now.streams[0].rate_hz.unwrap() - 250.0).abs() < 1e-9);
    assert_eq!(now.streams[0].first_wall_ns, Some(START.wall_ns));
}

#[test]
fn the_size_on_disk_grows_with_what_is_stored() {
    let (_folder, mut one) = fixture();
    let before = one.writer.bytes_on_disk();
    one.store(0, 5000).unwrap();
    assert!(one.writer.bytes_on_disk() > before);
}

fn blocks(recording: &Recording, stream: &RecordedStream) -> Vec<Block> {
    recording.blocks(stream).map(Result::unwrap).collect()
}
