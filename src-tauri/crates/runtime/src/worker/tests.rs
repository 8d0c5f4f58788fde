//! Workers with real threads, and what becomes of sensors that panic.

use super::bench::Bench;
use super::*;
use crate::supervisor::{Place, Service, Tree};
use crate::testing::{block, bundle_of};
use model::{LinkState, StreamRef};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

#[test]
fn a_stalled_worker_loses_the_oldest_and_counts_every_sample() {
    let mut bench = Bench::new();
    let stream = bench.add("test:1", "ecg");
    let blocks = INBOX_CAPACITY as u64 + 100;
    (0..blocks).for_each(|k| bench.offer(0, k * 3, 3));
    bench.work_off();
    assert_eq!(stream.offered(), blocks * 3);
    assert_eq!((stream.delivered(), stream.dropped()), (INBOX_CAPACITY as u64 * 3, 300));
    assert_eq!(stream.gaps(), 1);
    assert_eq!(bench.inbox.queue.view().dropped_samples, 300);
}

#[test]
fn heavy_blocks_give_way_by_their_bytes_and_every_sample_of_them_is_counted() {
    let (mut bench, n, blocks) = (Bench::new(), 30_000, 200);
    let stream = bench.add("test:1", "ecg");
    for k in 0..blocks {
        bench.offer(0, k * n, n);
        let inbox = bench.inbox.queue.view();
        assert!(inbox.bytes <= INBOX_BYTES as u64, "{inbox:?}");
    }
    let inbox = bench.inbox.queue.view();
    assert!(inbox.depth < INBOX_CAPACITY / 4 && inbox.bytes > INBOX_BYTES as u64 * 9 / 10, "{inbox:?}");
    bench.work_off();
    let (kept, lost) = (inbox.depth as u64 * n, inbox.dropped_samples);
    assert_eq!((stream.offered(), stream.delivered(), stream.dropped()), (blocks * n, kept, lost));
    assert_eq!(stream.drops(), [(GapReason::InboxFull, (blocks - inbox.depth as u64) * n)]);
    let spares: usize = bench.inbox.spares.1.try_iter().map(|spare| spare.heap_bytes()).sum();
    assert!(spares <= SPARES_BYTES && bench.inbox.queue.view().bytes == 0, "{spares}");
}

#[test]
fn blocks_of_one_parcel_go_through_in_order_also_where_a_stream_comes_again_or_panics() {
    let mut bench = Bench::new();
    let (one, two) = (bench.add("test:1", "ecg"), bench.add("test:2", "ecg"));
    let bad = bench.add("test:bad", "planted-panic");
    let streams = [0, 1, 0, 2, 1, 1, 0, 2, 0, 1, 2, 0, 0, 0, 1, 2, 1, 0, 1];
    bench.offer_together(&streams);
    assert_eq!(bench.inbox.queue.view().depth, 1);
    bench.work_off();
    for (stream, samples) in [(one, 40), (two, 35)] {
        assert_eq!((stream.delivered(), stream.dropped(), stream.gaps()), (samples, 0, 0));
    }
    assert_eq!(bad.drops(), [(GapReason::WorkerPanicked, 20)]);
    assert!(bench.balances());
}

#[test]
fn a_sensor_that_panics_on_every_block_is_given_up_alone_and_the_operator_is_told() {
    let mut bench = Bench::new();
    let (bad, good) = (bench.add("test:bad", "planted-panic"), bench.add("test:good", "ecg"));
    for k in 0..20 {
        bench.offer(0, k * 5, 5);
        bench.offer(1, k * 5, 5);
    }
    bench.work_off();
    assert_eq!((good.offered(), good.delivered(), good.dropped()), (100, 100, 0));
    assert_eq!((bad.offered(), bad.delivered(), bad.dropped()), (100, 0, 100));
    assert_eq!(bad.drops(), [(GapReason::WorkerPanicked, 20), (GapReason::SensorGivenUp, 80)]);
    assert!(bench.notices.all()[0].notice.text.contains("test:bad"));
}

#[test]
fn a_sensor_that_was_given_up_is_taken_up_again_when_it_reconnects() {
    let mut bench = Bench::new();
    let bad = bench.add("test:bad", "planted-panic");
    (0..10).for_each(|k| bench.offer(0, k, 1));
    bench.work_off();
    assert!(bad.is_given_up());
    bench.registry.get(&bad.spec().key.sensor).unwrap().set_link(LinkState::Live, 0);
    assert!(!bad.is_given_up());
}

#[test]
fn a_thousand_sensors_that_panic_at_once_do_not_stop_the_others() {
    let mut bench = Bench::new();
    (0..1000).for_each(|k| drop(bench.add(&format!("test:{k}"), "planted-panic")));
    let good = bench.add("test:good", "ecg");
    let (inbox, wards) = (bench.inbox.clone(), Arc::clone(&bench.wards));
    let tree = Tree::new(Arc::new(connect::SystemClock), Box::new(|_| {})).unwrap();
    let service = Service::thread("worker", move |stop| run(&inbox, &wards, &unmeasured(), stop));
    let handle = tree.start(Place::Sensors, service).unwrap();
    for k in 0..8 {
        let mut bundle = Bundle::default();
        (0..1001).for_each(|name| assert!(bundle.push(StreamRef(name), &block(k * 2, 2))));
        bundle.blocks().for_each(|block| assert_eq!(bench.outlets.route(1, &bench.slots, &block), 0));
        bench.outlets.flush(&bench.slots);
    }
    testkit::wait_until(SOON, "every sample accounted for", || bench.balances() && good.delivered() == 16);
    assert_eq!(handle.state(), crate::supervisor::NodeState::Running);
    assert_eq!(tree.shut_down(SOON), Vec::<String>::new());
    assert!(bench.streams[..1000].iter().all(|stream| stream.is_given_up() && stream.dropped() == 16));
}

#[test]
fn an_evicted_bundle_of_another_shape_still_counts() {
    let bench = Bench::new();
    let parcel = || Parcel { slots: Arc::clone(&bench.slots), bundle: bundle_of(&block(0, 4)) };
    (0..=INBOX_CAPACITY).for_each(|_| enqueue(&bench.inbox, parcel()));
    assert_eq!(bench.inbox.queue.view().dropped_samples, 4);
}

#[test]
fn a_sensor_always_has_the_same_shared_worker_and_they_all_have_some() {
    let ids: Vec<SensorId> = (0..100).map(|k| SensorId::parse(&format!("sim:{k}")).unwrap()).collect();
    let mut served = [0; 4];
    for id in &ids {
        let worker = shared_worker_for(id, 4);
        assert_eq!(worker, shared_worker_for(id, 4));
        assert!([worker, 4].contains(&shared_worker_for(id, 5)), "a fifth worker moves others");
        served[worker] += 1;
    }
    assert!(served.iter().all(|n| *n > 10), "{served:?}");
}

#[test]
fn a_worker_that_is_told_to_stop_empties_its_inbox_first() {
    let mut bench = Bench::new();
    let stream = bench.add("test:1", "ecg");
    (0..100).for_each(|k| bench.offer(0, k * 3, 3));
    let (stop, told) = crate::supervisor::StopSignal::pair();
    drop(stop);
    run(&bench.inbox, &bench.wards, &unmeasured(), &told).unwrap();
    assert_eq!((stream.delivered(), stream.dropped()), (300, 0));
    assert!(bench.balances());
}

fn unmeasured() -> SampleDelay {
    SampleDelay::new(Arc::new(connect::SystemClock), Arc::default())
}

#[test]
fn what_gives_way_under_the_workers_hands_is_counted_once_and_with_its_reason() {
    let mut bench = Bench::new();
    let stream = bench.add("test:1", "ecg");
    let (inbox, wards) = (bench.inbox.clone(), Arc::clone(&bench.wards));
    let (stop, told) = crate::supervisor::StopSignal::pair();
    let worker = std::thread::Builder::new().name("worker".to_owned());
    let worker = worker.spawn(move || run(&inbox, &wards, &unmeasured(), &told).unwrap()).unwrap();
    let mut first = 0;
    while stream.dropped() == 0 || first < 200_000 {
        (0..1000).for_each(|k| bench.offer(0, first + k, 1));
        first += 1000;
    }
    drop(stop);
    worker.join().unwrap();
    assert!(bench.balances(), "{} of {}", stream.delivered() + stream.dropped(), stream.offered());
    assert!(stream.drops().iter().all(|(reason, _)| *reason == GapReason::InboxFull), "{:?}", stream.drops());
}
