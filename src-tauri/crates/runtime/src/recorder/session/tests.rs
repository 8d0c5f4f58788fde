//! Sessions with a real writer; no thread.

use super::*;
use crate::recorder::Account;
use crate::testing::{block, sensor, spec};
use model::ConnectorKind;
use proptest::prelude::*;
use store::{NewRecording, verify};

const NOW: Stamp = Stamp { host_ns: 0, wall_ns: 1_700_000_000_000_000_000 };

fn session(folder: &tempfile::TempDir) -> (Session, std::path::PathBuf) {
    let path = folder.path().join("r.sensocto");
    let new = NewRecording { title: String::new(), started: NOW, console_version: "test".into() };
    let mut session = Session::new(Writer::create(&path, &new).unwrap());
    let sensor = Box::new(sensor("test:1", ConnectorKind::Simulator));
    let open = Message::Open {
        slot: 0,
        sensor,
        spec: Box::new(spec("ecg", Some(1.0))),
        account: Account::beginning_at(5),
    };
    session.take(open, None);
    (session, path)
}

fn data(first: u64, n: u64) -> Message {
    Message::Block { slot: 0, gaps: vec![], block: block(first, n) }
}

fn report(session: Session, path: &std::path::Path) -> store::Report {
    session.into_writer().close(NOW).unwrap();
    verify(path, &mut |_, _| {}).unwrap()
}

#[test]
fn what_it_took_is_in_the_file_and_the_file_is_good() {
    let folder = tempfile::tempdir().unwrap();
    let (mut session, path) = session(&folder);
    session.take(data(5, 10), None);
    session.take(data(15, 10), None);
    session.commit(NOW).unwrap();
    assert!(!session.has_pending());
    assert_eq!(session.stored, 20);
    let report = report(session, &path);
    assert!(report.is_good(), "{report:?}");
}

/// A block of a stream with so many channels.
fn wide(first: u64, n: u64, channels: usize) -> Block {
    let times = (first..first + n).map(|k| k as i64).collect();
    Block::new(first, 0, times, None, vec![model::Column::I32(vec![7; n as usize]); channels]).unwrap()
}

fn wide_session(folder: &tempfile::TempDir, channels: usize) -> (Session, std::path::PathBuf) {
    let (session, path, _) = told_session(folder, channels);
    (session, path)
}

/// The same, with what it tells of its stream.
fn told_session(
    folder: &tempfile::TempDir,
    channels: usize,
) -> (Session, std::path::PathBuf, std::sync::Arc<Account>) {
    let path = folder.path().join("wide.sensocto");
    let new = NewRecording { title: String::new(), started: NOW, console_version: "test".into() };
    let mut session = Session::new(Writer::create(&path, &new).unwrap());
    let mut spec = spec("ecg", Some(250.0));
    spec.channels = vec![spec.channels[0].clone(); channels];
    let sensor = Box::new(sensor("test:1", ConnectorKind::Simulator));
    let account = Account::beginning_at(0);
    let told = std::sync::Arc::clone(&account);
    session.take(Message::Open { slot: 0, sensor, spec: Box::new(spec), account }, None);
    (session, path, told)
}

/// What the lanes hold, weighed afresh.
fn weighed(session: &Session) -> usize {
    let of_lane =
        |lane: &Lane| lane.blocks.iter().map(weight).sum::<usize>() + lane.gaps.len() * size_of::<Gap>();
    session.lanes.values().map(of_lane).sum()
}

#[test]
fn when_too_much_waits_the_rest_becomes_one_gap_with_the_disks_reason() {
    let folder = tempfile::tempdir().unwrap();
    let (mut session, path) = wide_session(&folder, 64);
    let (n, blocks) = (1000, 400);
    for k in 0..blocks {
        let message = Message::Block { slot: 0, gaps: vec![], block: wide(k * n, n, 64) };
        session.take(message, Some(GapReason::DiskFull));
        assert!(session.waiting().bytes <= PENDING_BYTES_MAX);
    }
    let Waiting { samples, bytes, given_up } = session.waiting();
    assert!(bytes > PENDING_BYTES_MAX * 9 / 10 && bytes == weighed(&session), "{bytes}");
    assert_eq!((samples + given_up, session.lanes[&0].gaps.len()), (blocks * n, 1));
    assert_eq!(session.lanes[&0].gaps[0].reason, GapReason::DiskFull);
    session.commit(NOW).unwrap();
    assert_eq!((session.stored, session.dropped, session.waiting().bytes), (samples, given_up, 0));
    let report = report(session, &path);
    assert!(report.is_good(), "{report:?}");
}

#[test]
fn a_disk_that_is_away_for_ever_makes_no_list_of_gaps_grow() {
    let folder = tempfile::tempdir().unwrap();
    let (mut session, path) = wide_session(&folder, 64);
    let (mut next, mut dropped) = (0, 0);
    for _ in 0..20_000 {
        let (lost, n) = (3, 50);
        let gap =
            Gap { first_index: next, samples: lost, from_ns: 0, to_ns: 1, reason: GapReason::InboxFull };
        let block = wide(next + lost, n, 64);
        session.take(Message::Block { slot: 0, gaps: vec![gap], block }, Some(GapReason::WriteFailed));
        (next, dropped) = (next + lost + n, dropped + lost);
    }
    assert!(session.waiting().bytes <= PENDING_BYTES_MAX, "{:?}", session.waiting());
    let given_up = session.waiting().given_up;
    assert!(given_up > 0);
    session.commit(NOW).unwrap();
    assert_eq!((session.stored + session.dropped, session.dropped), (next, dropped + given_up));
    let report = report(session, &path);
    assert!(report.is_good(), "{report:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// Blocks of any length, commits and failed commits in any order.
    #[test]
    fn what_waits_is_weighed_exactly_and_everything_offered_is_stored_or_a_gap(
        steps in proptest::collection::vec((1..1500_u64, 0..3_u64, 0..12_u8), 1..60),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (mut session, path, told) = told_session(&folder, 48);
        session.room = 2 * JOINED_BYTES_MAX;
        let (mut next, mut disk) = (0, None);
        for (n, lost, turn) in steps {
            let gap = Gap { first_index: next, samples: lost, from_ns: 0, to_ns: 1, reason: GapReason::InboxFull };
            let gaps = if lost > 0 { vec![gap] } else { vec![] };
            session.take(Message::Block { slot: 0, gaps, block: wide(next + lost, n, 48) }, disk);
            next += lost + n;
            prop_assert!(session.waiting().bytes <= session.room);
            prop_assert_eq!(session.waiting().bytes, weighed(&session));
            match turn {
                0 => (disk, _) = (None, session.commit(NOW).unwrap()),
                1 => disk = Some(GapReason::DiskFull),
                _ => {}
            }
            let sums = told.read();
            prop_assert_eq!(sums.offered(), sums.stored + sums.dropped);
            prop_assert_eq!((sums.stored, sums.dropped), (session.stored, session.dropped));
        }
        session.commit(NOW).unwrap();
        prop_assert_eq!(session.stored + session.dropped, next);
        prop_assert_eq!(told.read().end_index, next);
        let report = report(session, &path);
        prop_assert!(report.is_good(), "{:?}", report);
    }
}

#[test]
fn facts_that_come_before_their_sensor_wait_for_it_and_win_over_what_it_joined_with() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.sensocto");
    let new = NewRecording { title: String::new(), started: NOW, console_version: "test".into() };
    let mut session = Session::new(Writer::create(&path, &new).unwrap());
    let joined_as = sensor("test:1", ConnectorKind::Simulator);
    let name = model::DisplayName::clean("Chest strap", "?");
    let newer = SensorInfo { name: name.clone(), ..joined_as.clone() };
    session.take_facts([(newer.id.clone(), newer)].into());
    session.commit(NOW).unwrap();
    assert!(!session.has_pending(), "nothing to do before it joins");
    let (sensor, spec) = (Box::new(joined_as), Box::new(spec("ecg", Some(1.0))));
    session.take(Message::Open { slot: 0, sensor, spec, account: Account::beginning_at(0) }, None);
    session.commit(NOW).unwrap();
    session.into_writer().close(NOW).unwrap();
    assert_eq!(store::Recording::open(&path).unwrap().streams().unwrap()[0].sensor.name, name);
}

#[test]
fn what_is_given_up_at_the_end_is_a_gap_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (mut session, path) = session(&folder);
    session.take(data(5, 10), None);
    session.commit(NOW).unwrap();
    session.take(data(15, 7), None);
    session.give_up_pending(GapReason::DiskFull);
    session.commit(NOW).unwrap();
    assert_eq!((session.stored, session.dropped), (10, 7));
    let report = report(session, &path);
    assert!(report.is_good(), "{report:?}");
    assert_eq!(report.streams[0].dropped, 7);
}

#[test]
fn an_end_without_samples_waits_too_when_a_commit_fails() {
    let folder = tempfile::tempdir().unwrap();
    let (mut session, path) = session(&folder);
    session.commit(NOW).unwrap();
    let sensor = Box::new(sensor("test:1", ConnectorKind::Simulator));
    let open = Message::Open {
        slot: 1,
        sensor,
        spec: Box::new(spec("rr", None)),
        account: Account::beginning_at(0),
    };
    session.take(open, None);
    let two_columns = vec![model::Column::I32(vec![1]), model::Column::I32(vec![2])];
    let misfit = Block::new(5, 0, vec![5], None, two_columns).unwrap();
    session.take(Message::Block { slot: 0, gaps: vec![], block: misfit }, None);
    let dropped = Gap { first_index: 0, samples: 4, from_ns: 0, to_ns: 1, reason: GapReason::InboxFull };
    session.take(Message::Close { slot: 1, gaps: vec![dropped], end_index: 4 }, None);
    assert!(session.commit(NOW).is_err());
    assert!(session.has_pending());
    session.commit(NOW).unwrap();
    let report = report(session, &path);
    assert!(report.is_good(), "{report:?}");
    assert_eq!(report.streams.iter().map(|s| s.offered).sum::<u64>(), 5);
}

#[test]
fn a_block_that_can_never_be_stored_becomes_a_gap_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (mut session, path) = session(&folder);
    let two_columns = vec![model::Column::I32(vec![1]), model::Column::I32(vec![2])];
    let misfit = Block::new(5, 0, vec![5], None, two_columns).unwrap();
    session.take(Message::Block { slot: 0, gaps: vec![], block: misfit }, None);
    assert!(session.commit(NOW).is_err());
    session.take(data(6, 10), None);
    session.commit(NOW).unwrap();
    assert_eq!((session.stored, session.dropped), (10, 1));
    let told = session.lanes[&0].told();
    assert_eq!((told.first_index, told.end_index, told.stored, told.dropped), (5, 16, 10, 1));
    let report = report(session, &path);
    assert!(report.is_good(), "{report:?}");
}
