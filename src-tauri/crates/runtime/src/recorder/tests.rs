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
    let clock: Arc<dyn Clock> = Arc::new(connect::SystemClock);
    let tree = Tree::new(Arc::clone(&clock), Box::new(|_| {})).unwrap();
    let files = Arc::new(crate::files::wall(Arc::clone(&clock), &tree).unwrap());
    let telemetry = Arc::new(Telemetry::new(Arc::clone(&clock)));
    let recorder = Arc::new(Recorder::new(clock, Arc::default(), telemetry, files));
    recorder.start_thread(&tree).unwrap();
    Bench { recorder, tree, folder: tempfile::tempdir().unwrap() }
}

impl Bench {
    fn start(&self, streams: &[&Arc<Stream>]) -> PathBuf {
        let all: Vec<_> = streams.iter().map(|s| (info(), Arc::clone(s))).collect();
        self.recorder.start(&self.folder.path().join("r.sensocto"), "", "test", &all).unwrap()
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
    let recorded = bench.recorder.stop(&[Arc::clone(&stream)]).unwrap();
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
    bench.recorder.stop(&[Arc::clone(&stream)]).unwrap();
    let report = checked(&path);
    assert_eq!((report.offered, report.stored, report.dropped, report.gaps), (32, 20, 12, 2));
}

#[test]
fn a_lost_link_is_one_gap_and_the_stream_goes_on() {
    let (bench, stream) = (bench(), stream());
    let path = bench.start(&[&stream]);
    offer(&stream, 0, 10);
    stream.interrupt(10_000_000_000, GapReason::LinkLost);
    offer(&stream, 10, 10);
    bench.recorder.stop(&[Arc::clone(&stream)]).unwrap();
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
    bench.recorder.stop(&[early, late]).unwrap();
    assert_eq!(verify(&path, &mut |_, _| {}).unwrap().streams.len(), 2);
}

#[test]
fn a_second_start_is_refused_and_harms_nothing() {
    let (bench, stream) = (bench(), stream());
    let path = bench.start(&[&stream]);
    let again = bench.recorder.start(&bench.folder.path().join("2.sensocto"), "", "test", &[]);
    assert!(matches!(again, Err(RecorderError::AlreadyRecording)));
    offer(&stream, 0, 5);
    bench.recorder.stop(&[stream]).unwrap();
    assert_eq!(checked(&path).stored, 5);
}

#[test]
fn a_stop_without_a_recording_says_so() {
    assert!(matches!(bench().recorder.stop(&[]), Err(RecorderError::NotRecording)));
}
