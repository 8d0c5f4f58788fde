//! The parts together while the clocks misbehave, and while a thousand sensors
//! panic at once.

use super::*;
use crate::hub::RunSink;
use crate::supervisor::ChildState;
use crate::testing::spec_of;
use model::{Bundle, ViewerId};
use policy::attention::{Action, Input, Target};
use testkit::FakeClock;

const HOUR_NS: i64 = 3_600_000_000_000;
const TEN_YEARS_NS: i64 = 10 * 365 * 24 * HOUR_NS;

/// A core whose clock the test holds, and one live sensor that somebody watches.
struct Room {
    clock: Arc<FakeClock>,
    core: Arc<Core>,
    sink: RunSink,
    next: u64,
}

impl Room {
    fn new() -> Self {
        let clock = Arc::new(FakeClock::default());
        let core = Arc::new(Core::new(Arc::clone(&clock) as Arc<dyn Clock>).unwrap());
        core.start_services().unwrap();
        let sink = RunSink::new(Arc::clone(&core), 1);
        let info = sensor("test:1", ConnectorKind::Simulator);
        let (id, key, at_host_ns) = (info.id.clone(), info.streams[0].key.clone(), clock.now().host_ns);
        sink.send(Event::Sensor(info));
        sink.send(Event::Link { sensor: id, link: LinkState::Live, at_host_ns });
        sink.send(Event::Bind { stream: StreamRef(0), key });
        let room = Self { clock, core, sink, next: 0 };
        room.somebody_looks();
        room
    }

    fn somebody_looks(&self) {
        let target = Target { sensor: model::SensorId::parse("test:1").unwrap(), attribute: None };
        let word = Input::Act(Action::Focus, vec![target]);
        self.core.attention.tell(ViewerId::parse("page").unwrap(), word).unwrap();
        let read = || self.core.attention.queue_view().depth == 0;
        let reported = || read() && self.core.attention_view().viewers == 1 && self.is_watched();
        wait_until(SOON, "the attention", reported);
    }

    fn is_watched(&self) -> bool {
        streams(&self.core)[0].attention() == model::AttentionLevel::High
    }

    /// Two seconds of samples, each block through before time goes on.
    fn deliver(&mut self) {
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as Arc<dyn Clock>;
        for _ in 0..50 {
            self.clock.advance_ns(40_000_000);
            let block = ten_samples(self.next, &clock);
            self.next += 10;
            self.sink.send(Event::Block { stream: StreamRef(0), block });
            wait_until(SOON, "the block", || streams(&self.core)[0].delivered() == self.next);
        }
    }

    fn is_silent(&self) -> bool {
        self.core.sensor_views(self.clock.now().host_ns)[0].is_silent
    }

    /// Nothing has failed, been lost, or been measured wrongly.
    fn is_well(&self, when: &str) {
        let now_ns = self.clock.now().host_ns;
        let view = &self.core.sensor_views(now_ns)[0];
        assert!(view.link == LinkState::Live && !view.is_silent, "{when}: {view:?}");
        let stream = &view.streams[0];
        assert_eq!((stream.offered, stream.delivered, stream.dropped), (self.next, self.next, 0), "{when}");
        assert_eq!((stream.gaps, stream.latest_ns), (0, Some(now_ns)), "{when}");
        for thread in self.core.tree.view().workers() {
            assert_eq!((thread.state, thread.restarts), (ChildState::Running, 0), "{when}: {}", thread.name);
        }
        for latency in self.core.telemetry.latencies() {
            // The test's clock runs ahead of the recorder's thread, but not by an hour.
            let max_ns = if latency.call == SAMPLE_TO_RING { 1_000_000_000 } else { HOUR_NS as u64 };
            assert!(latency.max_ns < max_ns, "{when}: {latency:?}");
        }
        assert!(self.is_watched(), "{when}");
        let failures =
            || self.core.notices.all().into_iter().filter(|n| n.notice.level == NoticeLevel::Error);
        assert_eq!(failures().count(), 0, "{when}");
    }
}

#[test]
fn clocks_that_step_and_a_suspend_of_eight_hours_harm_nobody() {
    let (mut room, folder) = (Room::new(), tempfile::tempdir().unwrap());
    let all = streams(&room.core);
    let recordable = vec![(sensor("test:1", ConnectorKind::Simulator), Arc::clone(&all[0]))];
    let path =
        room.core.recorder.start(&folder.path().join("r.sensocto"), "", "test", || recordable).unwrap();
    room.deliver();
    room.is_well("before");
    for step_ns in [HOUR_NS, -2 * HOUR_NS, HOUR_NS, TEN_YEARS_NS, -2 * TEN_YEARS_NS, TEN_YEARS_NS] {
        room.clock.step_wall_ns(step_ns);
        assert!(!room.is_silent(), "a step of the wall clock is no silence");
        room.deliver();
        room.is_well(&format!("a step of {step_ns} ns"));
    }

    // Both clocks count through a suspend, and nobody is in the middle of anything.
    wait_until(SOON, "the last commit", || {
        room.clock.advance_ns(10_000_000);
        room.core.recorder.view().stored == room.next
    });
    room.clock.advance_ns(8 * HOUR_NS);
    assert!(room.is_silent(), "nothing came for eight hours, which is true");
    // The page wakes with the machine, and says again what it shows.
    room.somebody_looks();
    room.deliver();
    assert!(!room.is_silent());

    let recorded = room.core.recorder.stop(|| all.clone()).unwrap();
    assert_eq!((recorded.stored, recorded.dropped), (room.next, 0));
    room.is_well("the suspend");
    let report = store::verify(&path, &mut |_, _| {}).unwrap();
    assert!(report.is_good(), "{report:?}");
    assert!(room.core.tree.shut_down(SOON).is_empty());
}

#[test]
fn a_thousand_sensors_that_panic_at_once_are_given_up_and_the_shared_workers_go_on() {
    const BAD: u32 = 1000;
    let core = Arc::new(Core::new(Arc::new(connect::SystemClock)).unwrap());
    let sink = RunSink::new(Arc::clone(&core), 1);
    for k in 0..BAD + 4 {
        let (id, attribute) = (format!("test:{k}"), if k < BAD { "planted-panic" } else { "ecg" });
        let mut info = sensor(&id, ConnectorKind::Simulator);
        info.streams = vec![spec_of(&id, attribute, None)];
        let key = info.streams[0].key.clone();
        sink.send(Event::Sensor(info));
        sink.send(Event::Bind { stream: StreamRef(k), key });
    }
    for wave in 0..8 {
        let (mut bundle, block) = (Bundle::default(), crate::testing::block(wave * 2, 2));
        (0..BAD + 4).for_each(|k| assert!(bundle.push(StreamRef(k), &block)));
        sink.send_bundle(&mut bundle);
    }
    let is_bad = |stream: &Stream| stream.spec().key.attribute.as_str() == "planted-panic";
    let settled = |stream: &Arc<Stream>| match is_bad(stream) {
        true => stream.is_given_up() && (stream.offered(), stream.dropped()) == (16, 16),
        false => (stream.offered(), stream.delivered(), stream.dropped()) == (16, 16, 0),
    };
    wait_until(SOON, "every sample accounted for", || streams(&core).iter().all(settled));
    assert_eq!(streams(&core).len(), BAD as usize + 4);
    for thread in core.tree.view().workers() {
        assert_eq!((thread.state, thread.restarts), (ChildState::Running, 0), "{}", thread.name);
    }
    assert!((1..=4).contains(&core.notices.all().len()), "a few by name, the rest together");
    assert!(core.tree.shut_down(SOON).is_empty());
}
