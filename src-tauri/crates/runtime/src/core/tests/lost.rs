//! A shared worker that fails for good.

use super::*;
use crate::hub::RunSink;
use crate::supervisor::Place;
use crate::testing::{block, spec_of};
use model::{Bundle, SensorId};

const SENSORS: u32 = 8;

fn id(k: u32) -> String {
    format!("test:{k}")
}

/// The shared worker that serves sensor number `k`.
fn worker_of(core: &Core, k: u32) -> usize {
    shared_worker_for(&SensorId::parse(&id(k)).unwrap(), core.shared_inboxes().len())
}

fn stream_of(core: &Core, k: u32) -> Arc<Stream> {
    Arc::clone(&core.registry.get(&SensorId::parse(&id(k)).unwrap()).unwrap().streams()[0])
}

fn go_live(sink: &RunSink, k: u32) {
    let mut info = sensor(&id(k), ConnectorKind::Simulator);
    info.streams = vec![spec_of(&id(k), "ecg", None)];
    let (id, key) = (info.id.clone(), info.streams[0].key.clone());
    sink.send(Event::Sensor(info));
    sink.send(Event::Bind { stream: StreamRef(k), key });
    sink.send(Event::Link { sensor: id, link: LinkState::Live, at_host_ns: 0 });
}

/// Ten samples of each of these sensors, from number `first` on.
fn send(sink: &RunSink, sensors: impl Iterator<Item = u32>, first: u64) {
    let mut bundle = Bundle::default();
    sensors.for_each(|k| assert!(bundle.push(StreamRef(k), &block(first, 10))));
    sink.send_bundle(&mut bundle);
}

/// Puts a worker that fails at every start into the place of number `number`, which
/// the tree gives up.
fn lose(core: &Core, number: usize) {
    let lost = core.tree.start(Place::Sensors, Service::thread("planted", |_| panic!("planted"))).unwrap();
    wait_until(SOON, "the giving up", || lost.state() == NodeState::GivenUp);
    let worker = std::mem::replace(&mut core.shared_workers.lock()[number], lost);
    worker.stop();
    assert!(worker.wait(SOON));
}

#[test]
fn sensors_of_a_shared_worker_that_fails_for_good_are_told_counted_and_given_another_chance() {
    let core = Arc::new(Core::new(Arc::new(connect::SystemClock)).unwrap());
    core.start_services().unwrap();
    let sink = RunSink::new(Arc::clone(&core), 1);
    (0..SENSORS).for_each(|k| go_live(&sink, k));
    let number = worker_of(&core, 0);
    let is_lost = |k: &u32| worker_of(&core, *k) == number;
    assert!((1..SENSORS).any(|k| !is_lost(&k)), "both workers have sensors");
    send(&sink, 0..SENSORS, 0);
    wait_until(SOON, "samples of all", || (0..SENSORS).all(|k| stream_of(&core, k).delivered() == 10));

    lose(&core, number);
    send(&sink, 0..SENSORS, 10);
    let account = |k| {
        let stream = stream_of(&core, k);
        (stream.offered(), stream.delivered(), stream.drops())
    };
    let lost =
        || (0..SENSORS).filter(is_lost).all(|k| account(k) == (20, 10, vec![(GapReason::SensorGivenUp, 10)]));
    wait_until(SOON, "the drops", lost);
    let well = || (0..SENSORS).filter(|k| !is_lost(k)).all(|k| account(k) == (20, 20, vec![]));
    wait_until(SOON, "the samples of the others", well);
    let told =
        || core.notices.all().iter().filter(|posted| posted.notice.text.contains("given up with it")).count();
    assert_eq!(told(), 1);

    // A sensor that is new to the worker brings it back, and a link that comes back a sensor.
    let new = (SENSORS..).find(is_lost).unwrap();
    go_live(&sink, new);
    go_live(&sink, 0);
    assert!(core.shared_workers.lock()[number].state() != NodeState::GivenUp);
    send(&sink, [new].into_iter(), 0);
    send(&sink, [0].into_iter(), 20);
    wait_until(SOON, "samples again", || {
        stream_of(&core, new).delivered() == 10 && stream_of(&core, 0).delivered() == 20
    });
    assert_eq!(account(0), (30, 20, vec![(GapReason::SensorGivenUp, 10)]));
    assert!(core.tree.shut_down(SOON).is_empty());
}
