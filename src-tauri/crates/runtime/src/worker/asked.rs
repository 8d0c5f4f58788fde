//! Calls to workers with real threads: answered in order, in time, or with a reason.

use super::bench::Bench;
use super::*;
use crate::supervisor::{NodeState, Place, Service, Tree};
use crate::telemetry::{CALLS_LATE, Latency, Telemetry};
use crossbeam_channel::{Receiver, Sender};
use model::Clock;
use std::sync::Mutex;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);
const A_MOMENT: Duration = Duration::from_millis(10);

struct Room {
    bench: Bench,
    telemetry: Telemetry,
    tree: Tree,
}

fn room() -> Room {
    let clock: Arc<dyn Clock> = Arc::new(connect::SystemClock);
    let tree = Tree::new(Arc::clone(&clock), Box::new(|_| {})).unwrap();
    Room { bench: Bench::new(), telemetry: Telemetry::new(clock), tree }
}

impl Room {
    fn start_worker(&self) {
        let (inbox, wards) = (self.bench.inbox.clone(), Arc::clone(&self.bench.wards));
        let delay = SampleDelay::new(Arc::new(connect::SystemClock), Arc::new(Latency::default()));
        let service = Service::thread("worker", move |stop| run(&inbox, &wards, &delay, stop));
        self.tree.start(Place::Sensors, service).unwrap();
    }

    fn ask<T: Send + 'static>(&self, body: impl FnOnce() -> T + Send + 'static) -> Asked<T> {
        self.bench.inbox.ask(Caller::Face, &self.telemetry, body)
    }

    fn late(&self) -> u64 {
        self.telemetry.counter(CALLS_LATE).get()
    }

    /// A worker that is in an endless loop until the sender is dropped.
    fn hang(&self) -> Sender<()> {
        self.start_worker();
        let (release, held): (_, Receiver<()>) = bounded(0);
        let (begins, begun) = bounded(1);
        let body = move || begins.send(()).is_ok() && held.recv().is_ok();
        // Nobody waits for this one.
        std::mem::forget(self.ask(body).unwrap());
        begun.recv_timeout(SOON).unwrap();
        release
    }
}

type Asked<T> = Result<Pending<T>, CallError>;

#[test]
fn a_call_is_answered_behind_everything_that_was_offered_before_it() {
    let mut room = room();
    let stream = room.bench.add("test:1", "ecg");
    (0..500).for_each(|k| room.bench.offer(0, k * 2, 2));
    let asked = Arc::clone(&stream);
    let pending = room.ask(move || asked.delivered()).unwrap();
    room.start_worker();
    assert_eq!(pending.wait(SOON), Ok(1000));
}

#[test]
fn a_full_inbox_costs_no_call_and_a_call_costs_no_sample() {
    let mut room = room();
    let stream = room.bench.add("test:1", "ecg");
    let full = INBOX_CAPACITY as u64;
    (0..full).for_each(|k| room.bench.offer(0, k, 1));
    let asked = Arc::clone(&stream);
    let pending = room.ask(move || (asked.delivered(), asked.dropped())).unwrap();
    room.start_worker();
    assert_eq!(pending.wait(SOON), Ok((full, 0)));
}

#[test]
fn a_worker_in_an_endless_loop_is_a_time_out_and_what_it_answers_then_is_discarded_and_counted() {
    let room = room();
    let release = room.hang();
    let ran = Arc::new(Mutex::new(false));
    let does = Arc::clone(&ran);
    let pending = room.ask(move || *does.lock().unwrap() = true).unwrap();
    assert_eq!(pending.wait(A_MOMENT), Err(CallError::TimedOut { after: A_MOMENT }));
    assert_eq!(room.late(), 0);
    drop(release);
    testkit::wait_until(SOON, "the late call to be counted", || room.late() == 1);
    assert!(!*ran.lock().unwrap(), "nobody waited for it, so it was not done");
    assert_eq!(room.ask(|| 7).unwrap().wait(SOON), Ok(7));
}

#[test]
fn an_answer_that_comes_while_nobody_waits_any_more_is_counted() {
    let room = room();
    room.start_worker();
    let (release, held): (Sender<()>, _) = bounded(0);
    let pending = room.ask(move || held.recv().is_err()).unwrap();
    assert_eq!(pending.wait(A_MOMENT), Err(CallError::TimedOut { after: A_MOMENT }));
    drop(release);
    testkit::wait_until(SOON, "the late answer to be counted", || room.late() == 1);
}

#[test]
fn a_worker_that_has_ended_is_gone_and_those_who_wait_learn_it_at_once() {
    let room = room();
    let release = room.hang();
    let waits = room.ask(|| 1).unwrap();
    room.tree.begin_shutdown();
    drop(release);
    // It may still have been answered: a worker empties its calls before it ends.
    assert!(matches!(waits.wait(SOON), Ok(1) | Err(CallError::Gone)));
    assert!(room.tree.shut_down(SOON).is_empty());
    assert_eq!(room.ask(|| 1).map(|_| ()), Err(CallError::Gone));
}

#[test]
fn a_call_that_panics_has_no_answer_and_the_worker_goes_on() {
    let room = room();
    room.start_worker();
    let pending = room.ask(|| -> u8 { panic!("planted") }).unwrap();
    assert_eq!(pending.wait(SOON), Err(CallError::Gone));
    assert_eq!(room.ask(|| 7).unwrap().wait(SOON), Ok(7));
    let node = room.tree.view().find("worker").map(|node| (node.state, node.restarts));
    assert_eq!(node, Some((NodeState::Running, 0)));
}

#[test]
fn calls_beyond_the_bound_are_refused_and_the_last_places_are_the_consoles() {
    let room = room();
    let _release = room.hang();
    let mut pending = Vec::new();
    let refused = loop {
        match room.ask(|| ()) {
            Ok(one) => pending.push(one),
            Err(error) => break error,
        }
    };
    assert_eq!((refused, pending.len()), (CallError::Busy, 48));
    let own = room.bench.inbox.ask(Caller::Console, &room.telemetry, || ());
    assert!(own.is_ok());
    let view = room.bench.inbox.calls().view();
    assert_eq!((view.depth, view.capacity, view.refused), (49, 64, 1));
}

#[test]
fn many_callers_beside_a_stream_of_samples_are_all_answered_in_order() {
    let mut room = room();
    let stream = room.bench.add("test:1", "ecg");
    room.start_worker();
    for k in 0..200 {
        room.bench.offer(0, k * 5, 5);
        let (asked, offered) = (Arc::clone(&stream), stream.offered());
        let answer = room.ask(move || asked.delivered()).unwrap().wait(SOON).unwrap();
        assert!(answer >= offered, "{answer} of {offered}");
    }
}
