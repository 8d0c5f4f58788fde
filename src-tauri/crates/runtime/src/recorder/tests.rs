//! The recorder with a real thread and a real file.

use super::*;
use crate::testing::{block, sensor, spec_of};
use model::ConnectorKind;
use store::verify;

struct Bench {
    recorder: Arc<Recorder>,
    tree: Tree,
    folder: tempfile::TempDir,
}

fn bench() -> Bench {
    let bench = bench_that_stands_still();
    bench.recorder.start_thread(&bench.tree).unwrap();
    bench
}

/// Its thread does not run yet.
fn bench_that_stands_still() -> Bench {
    let clock: Arc<dyn Clock> = Arc::new(connect::SystemClock);
    let tree = Tree::new(Arc::clone(&clock), Box::new(|_| {})).unwrap();
    let files = Arc::new(crate::files::wall(Arc::clone(&clock), &tree).unwrap());
    let telemetry = Arc::new(Telemetry::new(Arc::clone(&clock)));
    let recorder = Arc::new(Recorder::new(clock, Arc::default(), telemetry, files));
    Bench { recorder, tree, folder: tempfile::tempdir().unwrap() }
}

impl Bench {
    fn start(&self, streams: &[&Arc<Stream>]) -> PathBuf {
        self.start_as("r.sensocto", streams)
    }

    fn start_as(&self, name: &str, streams: &[&Arc<Stream>]) -> PathBuf {
        let all: Vec<_> = streams.iter().map(|s| (info(), Arc::clone(s))).collect();
        self.recorder.start(&self.folder.path().join(name), "", "test", || all).unwrap()
    }
}

/// A core whose recorder records, and whose disk stands still with its queue full
/// to the last place, as long as the guard lives.
mod standstill {
    use super::*;
    use crate::core::Core;
    use parking_lot::MutexGuard;

    pub fn core(clock: Arc<dyn Clock>, path: &Path) -> Arc<Core> {
        let core = Arc::new(Core::new(clock).unwrap());
        core.recorder.start(path, "", "test", Vec::new).unwrap();
        core
    }

    pub fn begin(recorder: &Recorder) -> MutexGuard<'_, State> {
        let still = recorder.state.lock();
        let filled = || (0..).take_while(|_| recorder.queue.push_or_refuse(Message::Look, 0).is_ok()).count();
        // Until the thread has a message in its hands and waits for the disk.
        testkit::wait_until(Duration::from_secs(10), "a full queue", || filled() == 0);
        still
    }
}

fn info() -> SensorInfo {
    sensor("test:1", ConnectorKind::Simulator)
}

fn stream() -> Arc<Stream> {
    Arc::new(Stream::new(spec_of("test:1", "ecg", Some(1.0))))
}

fn offer(stream: &Stream, first: u64, n: u64) {
    crate::testing::offer(stream, 1, &block(first, n));
}

fn checked(path: &Path) -> store::StreamReport {
    let report = verify(path, &mut |_, _| {}).unwrap();
    assert!(report.is_good(), "{report:?}");
    report.streams[0].clone()
}

#[test]
fn a_recording_holds_what_was_offered_between_start_and_stop() {
    let (bench, stream) = (bench(), stream());
    offer(&stream, 0, 10);
    let path = bench.start(&[&stream]);
    offer(&stream, 10, 20);
    let recorded = bench.recorder.stop(|| vec![Arc::clone(&stream)]).unwrap();
    offer(&stream, 30, 40);
    assert_eq!((recorded.stored, recorded.dropped), (20, 0));
    assert_eq!(checked(&path).offered, 20);
    assert!(bench.tree.shut_down(Duration::from_secs(10)).is_empty());
}

#[test]
fn drops_on_the_way_are_gaps_of_the_file_with_their_reason() {
    let (bench, stream) = (bench(), stream());
    let path = bench.start(&[&stream]);
    offer(&stream, 0, 10);
    let lost = stream.source().number(1, &block(10, 5).span()).unwrap();
    stream.drop_samples(GapReason::InboxFull, lost.first_index, 5);
    offer(&stream, 15, 10);
    stream.pass_over(1, 7, GapReason::SourceOverrun);
    bench.recorder.stop(|| vec![Arc::clone(&stream)]).unwrap();
    let report = checked(&path);
    assert_eq!((report.offered, report.stored, report.dropped, report.gaps), (32, 20, 12, 2));
}

#[test]
fn a_stream_tells_what_the_recording_holds_of_it_from_its_first_number_in_it_on() {
    let (bench, stream) = (bench(), stream());
    offer(&stream, 0, 10);
    assert_eq!(stream.recorded(), None);
    bench.start(&[&stream]);
    let nothing = RecordingSums { first_index: 10, end_index: 10, stored: 0, dropped: 0 };
    assert_eq!(stream.recorded(), Some(nothing), "what came before is not the recording's");
    offer(&stream, 10, 20);
    let lost = stream.source().number(1, &block(30, 5).span()).unwrap();
    stream.drop_samples(GapReason::InboxFull, lost.first_index, 5);
    offer(&stream, 35, 10);
    let all = RecordingSums { first_index: 10, end_index: 45, stored: 30, dropped: 5 };
    testkit::wait_until(Duration::from_secs(10), "the commit", || stream.recorded() == Some(all));
    assert_eq!(all.offered(), all.stored + all.dropped);
    let recorded = bench.recorder.stop(|| vec![Arc::clone(&stream)]).unwrap();
    assert_eq!((recorded.stored, recorded.dropped), (all.stored, all.dropped));
    assert_eq!(stream.recorded(), None, "no recording runs");
    bench.start_as("next.sensocto", &[&stream]);
    assert_eq!(stream.recorded().map(|sums| (sums.first_index, sums.stored)), Some((45, 0)));
}

#[test]
fn a_look_at_what_a_recording_holds_does_not_wait_for_its_disk() {
    let (bench, stream) = (bench(), stream());
    bench.start(&[&stream]);
    let disk_stands_still = bench.recorder.state.lock();
    offer(&stream, 0, 10);
    let sums = stream.recorded().unwrap();
    assert_eq!((sums.offered(), sums.stored), (0, 0), "as of the last commit");
    drop(disk_stands_still);
    testkit::wait_until(Duration::from_secs(10), "the commit", || {
        stream.recorded().is_some_and(|sums| sums.stored == 10)
    });
}

#[test]
fn a_lost_link_is_one_gap_and_the_stream_goes_on() {
    let (bench, stream) = (bench(), stream());
    let path = bench.start(&[&stream]);
    offer(&stream, 0, 10);
    stream.interrupt(10_000_000_000, GapReason::LinkLost);
    offer(&stream, 10, 10);
    bench.recorder.stop(|| vec![Arc::clone(&stream)]).unwrap();
    let report = checked(&path);
    assert_eq!((report.offered, report.stored, report.dropped, report.gaps), (20, 20, 0, 1));
}

#[test]
fn a_stream_that_appears_later_joins_the_recording() {
    let (bench, early) = (bench(), stream());
    let late = Arc::new(Stream::new(spec_of("test:1", "temperature", Some(1.0))));
    let path = bench.start(&[&early]);
    bench.recorder.attach(&info(), &late);
    bench.recorder.attach(&info(), &late);
    offer(&late, 0, 3);
    bench.recorder.stop(|| vec![early, late]).unwrap();
    assert_eq!(verify(&path, &mut |_, _| {}).unwrap().streams.len(), 2);
}

#[test]
fn a_second_start_is_refused_and_harms_nothing() {
    let (bench, stream) = (bench(), stream());
    let path = bench.start(&[&stream]);
    let again = bench.recorder.start(&bench.folder.path().join("2.sensocto"), "", "test", Vec::new);
    assert!(matches!(again, Err(RecorderError::AlreadyRecording)));
    offer(&stream, 0, 5);
    bench.recorder.stop(|| vec![stream]).unwrap();
    assert_eq!(checked(&path).stored, 5);
}

#[test]
fn a_stop_without_a_recording_says_so() {
    assert!(matches!(bench().recorder.stop(Vec::new), Err(RecorderError::NotRecording)));
}

#[test]
fn a_sensor_registers_answers_and_its_samples_flow_while_the_disk_stands_still() {
    use crate::hub::RunSink;
    use connect::{Event, EventSink};
    use model::{LinkState, StreamRef};
    let (clock, folder) = (Arc::new(testkit::FakeClock::default()), tempfile::tempdir().unwrap());
    let path = folder.path().join("r.sensocto");
    let core = standstill::core(Arc::clone(&clock) as Arc<dyn Clock>, &path);
    let (still, before) = (standstill::begin(&core.recorder), clock.now());
    let in_time = testkit::pace::Deadline::after(Duration::from_secs(2));

    let (sink, older) = (RunSink::new(Arc::clone(&core), 1), info());
    let name = model::DisplayName::clean("Chest strap", "?");
    let newer = SensorInfo { name: name.clone(), ..older.clone() };
    let (id, key) = (older.id.clone(), older.streams[0].key.clone());
    sink.send(Event::Sensor(older));
    sink.send(Event::Sensor(newer));
    sink.send(Event::Link { sensor: id.clone(), link: LinkState::Live, at_host_ns: before.host_ns });
    sink.send(Event::Bind { stream: StreamRef(0), key: key.clone() });
    for first in [0, 10] {
        sink.send(Event::Block { stream: StreamRef(0), block: block(first, 10) });
    }
    assert!(!in_time.has_passed(), "the connector's thread was held");
    let sensor = core.registry.get(&id).expect("registered");
    assert_eq!((sensor.info().name, sensor.link()), (name.clone(), LinkState::Live));
    let stream = sensor.stream(&key.attribute).unwrap();
    testkit::wait_until(Duration::from_secs(10), "the samples", || stream.delivered() == 20);
    assert_eq!(clock.now(), before, "all in one instant");
    let waiting =
        |name: &str| core.recorder.side_queue_views().into_iter().find(|view| view.name == name).unwrap();
    assert_eq!((waiting("recorder joins").depth, waiting("recorder facts").depth), (1, 1));

    drop(still);
    let queue = || core.recorder.queue_view().depth;
    testkit::wait_until(Duration::from_secs(10), "an empty queue", || queue() == 0);
    sink.send(Event::Block { stream: StreamRef(0), block: block(20, 10) });
    testkit::wait_until(Duration::from_secs(10), "the samples", || stream.delivered() == 30);
    core.recorder.stop(|| vec![stream]).unwrap();
    let report = checked(&path);
    assert_eq!((report.offered, report.stored, report.dropped), (30, 10, 20));
    let recorded = store::Recording::open(&path).unwrap().streams().unwrap();
    assert_eq!(recorded[0].sensor.name, name, "the facts came behind");
    assert!(core.tree.shut_down(Duration::from_secs(10)).is_empty());
}

#[test]
fn last_words_find_their_place_also_in_front_of_a_full_queue() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.sensocto");
    let core = standstill::core(Arc::new(connect::SystemClock), &path);
    let (stream, still) = (stream(), standstill::begin(&core.recorder));
    core.recorder.attach(&info(), &stream);
    offer(&stream, 0, 10);
    let recorded = std::thread::scope(|scope| {
        let stopped = scope.spawn(|| core.recorder.stop(|| vec![Arc::clone(&stream)]));
        testkit::wait_until(Duration::from_secs(10), "the last words", || {
            stream.with_lane(|lane| lane.tap.is_none())
        });
        drop(still);
        stopped.join().unwrap().unwrap()
    });
    assert_eq!((recorded.stored, recorded.dropped), (0, 10));
    assert_eq!(checked(&path).offered, 10);
    assert!(core.tree.shut_down(Duration::from_secs(10)).is_empty());
}

#[test]
fn a_stream_that_comes_while_a_recording_starts_is_in_it() {
    let (bench, known, comes) = (bench(), stream(), Arc::new(Stream::new(spec_of("test:1", "rr", None))));
    let path = bench.folder.path().join("r.sensocto");
    let all_but_one = || {
        let list = vec![(info(), Arc::clone(&known))];
        bench.recorder.attach(&info(), &comes);
        offer(&comes, 0, 10);
        list
    };
    bench.recorder.start(&path, "", "test", all_but_one).unwrap();
    let recorded = bench.recorder.stop(|| vec![known, comes]).unwrap();
    assert_eq!(recorded.stored, 10);
    assert_eq!(verify(&path, &mut |_, _| {}).unwrap().streams.len(), 2);
}

#[test]
fn a_stream_that_comes_while_a_recording_ends_is_behind_it_and_in_the_next() {
    let (bench, comes) = (bench(), stream());
    bench.start(&[]);
    std::thread::scope(|scope| {
        let (begins, begun) = bounded(1);
        let joining = comes.with_lane(|_| {
            let (recorder, comes) = (&bench.recorder, &comes);
            let joining = scope.spawn(move || {
                begins.send(()).unwrap();
                recorder.attach(&info(), comes);
            });
            begun.recv().unwrap();
            // Ends while that thread waits for the stream's lock.
            bench.recorder.stop(Vec::new).unwrap();
            joining
        });
        joining.join().unwrap();
    });
    assert!(comes.with_lane(|lane| lane.tap.is_none()), "it came too late");
    let path = bench.start_as("next.sensocto", &[&comes]);
    offer(&comes, 0, 10);
    bench.recorder.stop(|| vec![comes]).unwrap();
    assert_eq!(checked(&path).stored, 10);
}

#[test]
fn a_recorder_that_stands_still_keeps_to_its_bytes_and_says_what_it_dropped() {
    let (bench, mut spec) = (bench_that_stands_still(), spec_of("test:1", "ecg", Some(250.0)));
    spec.channels = vec![spec.channels[0].clone(); 64];
    let stream = Arc::new(Stream::new(spec));
    let path = bench.start(&[&stream]);
    let (n, blocks) = (25, 10_000);
    for k in 0..blocks {
        let times = (k * n..(k + 1) * n).map(|at| at as i64).collect();
        let block =
            model::Block::new(k * n, 0, times, None, vec![model::Column::I32(vec![7; n as usize]); 64]);
        crate::testing::offer(&stream, 1, &block.unwrap());
        let queue = bench.recorder.queue_view();
        assert!(queue.bytes <= queue.bytes_max && queue.bytes_max == QUEUE.bytes as u64, "{queue:?}");
    }
    let queue = bench.recorder.queue_view();
    assert!(
        queue.depth < queue.capacity / 10 && queue.dropped_samples > 0,
        "its bytes are the bound: {queue:?}"
    );
    bench.recorder.start_thread(&bench.tree).unwrap();
    let recorded = bench.recorder.stop(|| vec![stream]).unwrap();
    assert_eq!((recorded.dropped, recorded.stored + recorded.dropped), (queue.dropped_samples, n * blocks));
    assert_eq!((checked(&path).offered, checked(&path).gaps), (n * blocks, 1));
    assert_eq!(bench.recorder.queue_view().bytes, 0);
}
