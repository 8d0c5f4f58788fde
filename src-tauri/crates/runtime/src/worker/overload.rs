//! Sources ten times as fast as their worker, in invented time: for every ten
//! waves that come, one is taken.

use super::bench::Bench;
use super::*;
use crate::recorder::Recorder;
use crate::regime::Regime;
use crate::supervisor::{Place, Service, Tree};
use crate::telemetry::Telemetry;
use crate::testing::{block, sensor};
use crate::views::View;
use model::{AttentionLevel, Clock, ConnectorKind, StreamRef};
use std::time::Duration;

const STREAMS: u64 = 32;
const TURNS: u64 = 1200;
/// Waves that get through: one a turn, and those that wait at the end; with all
/// streams more blocks than the recorder's queue holds.
const DELIVERED: u64 = TURNS + INBOX_CAPACITY as u64 - 1;

/// A wave: two samples of every stream, handed over together.
fn offer_wave(bench: &mut Bench, wave: u64) {
    let (mut bundle, two_samples) = (Bundle::default(), block(wave * 2, 2));
    (0..STREAMS as u32).for_each(|name| assert!(bundle.push(StreamRef(name), &two_samples)));
    bundle.blocks().for_each(|block| assert_eq!(bench.outlets.route(1, &bench.slots, &block), 0));
    bench.outlets.flush(&bench.slots);
}

/// A recorder whose thread does not run yet, and its recording of every stream.
fn recording(bench: &Bench, tree: &Tree, folder: &tempfile::TempDir) -> Arc<Recorder> {
    let clock: Arc<dyn Clock> = Arc::new(connect::SystemClock);
    let telemetry = Arc::new(Telemetry::new(Arc::clone(&clock)));
    let files = Arc::new(crate::files::wall(Arc::clone(&clock), tree).unwrap());
    let recorder = Arc::new(Recorder::new(clock, Arc::clone(&bench.notices), telemetry, files));
    let info = |stream: &Arc<Stream>| sensor(stream.spec().key.sensor.as_str(), ConnectorKind::Simulator);
    let all: Vec<_> = bench.streams.iter().map(|stream| (info(stream), Arc::clone(stream))).collect();
    recorder.start(&folder.path().join("r.sensocto"), "", "test", || all).unwrap();
    recorder
}

#[test]
fn sources_ten_times_too_fast_lose_counted_samples_and_whoever_watches_goes_on_seeing() {
    let (mut bench, folder) = (Bench::new(), tempfile::tempdir().unwrap());
    (0..STREAMS).for_each(|k| drop(bench.add(&format!("test:{k}"), "ecg")));
    let tree = Tree::new(Arc::new(connect::SystemClock), Box::new(|_| {})).unwrap();
    let recorder = recording(&bench, &tree, &folder);
    let (mut view, regime) = (View::default(), Regime::default());
    bench.streams[0].set_attention(AttentionLevel::High);
    assert!(view.watch_all(Arc::clone(&bench.streams[0])));

    for turn in 0..TURNS {
        (0..10).for_each(|k| offer_wave(&mut bench, turn * 10 + k));
        bench.work(1);
        assert!(bench.inbox.queue.view().depth <= INBOX_CAPACITY);
        let read = view.account().read;
        view.look(turn as i64 * 64_000_000, &regime, &mut |_| {});
        assert_eq!(view.account().read, read + 2, "one wave a turn");
    }
    bench.work_off();

    let lost = (TURNS * 10 - DELIVERED) * 2;
    for stream in &bench.streams {
        assert_eq!((stream.offered(), stream.delivered()), (TURNS * 20, DELIVERED * 2));
        assert_eq!(stream.drops(), [(GapReason::InboxFull, lost)]);
    }
    assert_eq!(bench.inbox.queue.view().dropped_samples, lost * STREAMS);
    view.look(i64::MAX, &regime, &mut |_| {});
    assert_eq!(view.account().read + view.account().overwritten, DELIVERED * 2);
    the_recording_is_good(&bench, &recorder, &tree);
}

#[test]
fn a_worker_never_meets_a_hole_before_the_note_of_its_eviction() {
    let mut bench = Bench::new();
    (0..STREAMS).for_each(|k| drop(bench.add(&format!("test:{k}"), "ecg")));
    let (inbox, wards) = (bench.inbox.clone(), Arc::clone(&bench.wards));
    let tree = Tree::new(Arc::new(connect::SystemClock), Box::new(|_| {})).unwrap();
    let delay = SampleDelay::new(Arc::new(connect::SystemClock), Arc::default());
    let service = Service::thread("worker", move |stop| run(&inbox, &wards, &delay, stop));
    (0..INBOX_CAPACITY as u64).for_each(|wave| offer_wave(&mut bench, wave));
    tree.start(Place::Sensors, service).unwrap();
    (0..10_000).for_each(|wave| offer_wave(&mut bench, INBOX_CAPACITY as u64 + wave));
    assert!(tree.shut_down(Duration::from_secs(20)).is_empty());
    for stream in &bench.streams {
        assert_eq!(stream.offered(), stream.delivered() + stream.dropped());
        assert!(stream.drops().iter().all(|(reason, _)| *reason == GapReason::InboxFull));
    }
}

/// What its queue had no room for are gaps of the file, and the file is whole.
fn the_recording_is_good(bench: &Bench, recorder: &Arc<Recorder>, tree: &Tree) {
    let queue = recorder.queue_view();
    assert!(queue.depth <= queue.capacity && queue.dropped_samples > 0, "{queue:?}");
    recorder.start_thread(tree).unwrap();
    let recorded = recorder.stop(|| bench.streams.clone()).unwrap();
    assert_eq!(recorded.stored + queue.dropped_samples, DELIVERED * 2 * STREAMS);
    assert_eq!(recorded.stored + recorded.dropped, TURNS * 20 * STREAMS);
    let report = store::verify(&recorded.path, &mut |_, _| {}).unwrap();
    assert!(report.is_good(), "{report:?}");
    assert!(tree.shut_down(Duration::from_secs(20)).is_empty());
}
