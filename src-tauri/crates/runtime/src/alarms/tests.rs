use super::*;
use crate::testing::{offer, spec_of};
use model::{Block, Column, ConnectorKind, SensorInfo};
use testkit::FakeClock;

const MS: i64 = 1_000_000;

struct Rig {
    core: Core,
    clock: Arc<FakeClock>,
}

impl Rig {
    fn new() -> Self {
        let clock = Arc::new(FakeClock::default());
        let probe = Box::new(crate::load::SystemProbe::new());
        let core = Core::with(clock.clone(), &crate::Settings::default(), probe).unwrap();
        Self { core, clock }
    }

    /// A live sensor whose ECG promises so many samples a second.
    fn sensor(&self, id: &str, rate_hz: Option<f64>) -> (Arc<Sensor>, Arc<Stream>) {
        let spec = spec_of(id, "ecg", rate_hz);
        let info = SensorInfo {
            streams: vec![spec.clone()],
            ..crate::testing::sensor(id, ConnectorKind::Simulator)
        };
        let sensor = self.core.admit(info).unwrap();
        let _ = sensor.open_stream(&spec, |_| true);
        let stream = Arc::clone(&sensor.streams()[0]);
        sensor.set_link(LinkState::Live, self.now_ns());
        self.core.alarms.watch(&sensor, &stream, None);
        (sensor, stream)
    }

    fn now_ns(&self) -> i64 {
        self.core.clock.now().host_ns
    }

    /// One tick later.
    fn tick(&self) {
        self.clock.advance_ns(RAISED_LOOK_NS);
        self.core.alarms.round(&self.core);
    }

    /// Ticks until `holds`; how long that took, ms.
    fn until(&self, holds: impl Fn() -> bool) -> i64 {
        let from_ns = self.now_ns();
        for _ in 0..10_000 {
            if holds() {
                return (self.now_ns() - from_ns) / MS;
            }
            self.tick();
        }
        panic!("it never holds");
    }

    fn told(&self) -> Vec<String> {
        self.core.notices.all().into_iter().map(|posted| posted.notice.text).collect()
    }

    fn end(self) {
        assert!(self.core.tree.shut_down(Duration::from_secs(10)).is_empty());
    }
}

/// Ten samples of a stream, the newest of now.
fn deliver(rig: &Rig, stream: &Stream) {
    let (first, now_ns) = (stream.offered(), rig.now_ns());
    let times = (0..10).map(|k| now_ns - (9 - k) * MS).collect();
    let values = Column::I32(vec![0; 10]);
    offer(stream, 1, &Block::new(first, 0, times, None, vec![values]).unwrap());
}

fn is_silent(stream: &Stream) -> bool {
    stream.vitals().silent_since_ns.is_some()
}

#[test]
fn no_data_for_2_s_is_an_alarm_within_100_ms_and_is_gone_within_100_ms_of_the_next_data() {
    let rig = Rig::new();
    let (_sensor, stream) = rig.sensor("a", Some(100.0));
    for _ in 0..100 {
        deliver(&rig, &stream);
        rig.tick();
        assert!(!is_silent(&stream));
    }
    // The last samples are one tick old.
    let took_ms = rig.until(|| is_silent(&stream)) + 50;
    assert!((2000..=2100).contains(&took_ms), "{took_ms} ms");
    assert_eq!(rig.told(), ["No data from a for 2 s (ECG)."]);
    deliver(&rig, &stream);
    let took_ms = rig.until(|| !is_silent(&stream));
    assert!(took_ms <= 100, "{took_ms} ms");
    assert_eq!(rig.told(), ["Data from a flows again."]);
    rig.end();
}

#[test]
fn many_that_fall_silent_together_are_one_notice_which_stays_until_the_last_is_back() {
    let rig = Rig::new();
    let sensors: Vec<_> = (0..20).map(|k| rig.sensor(&format!("s{k:02}"), Some(100.0))).collect();
    let all = || sensors.iter().for_each(|(_, stream)| deliver(&rig, stream));
    all();
    rig.tick();
    rig.until(|| sensors.iter().all(|(_, stream)| is_silent(stream)));
    let told = rig.told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("No data for 2 s from 20 sensors: "), "{told:?}");
    assert!(told[0].ends_with(" and 17 more."), "{told:?}");
    deliver(&rig, &sensors[0].1);
    rig.tick();
    assert!(rig.told().contains(&told[0]), "19 are still silent");
    all();
    rig.tick();
    assert!(!rig.told().contains(&told[0]), "{:?}", rig.told());
    rig.end();
}

#[test]
fn a_device_that_was_let_go_or_forgotten_is_no_alarm() {
    let rig = Rig::new();
    let (stopped, stream) = rig.sensor("a", Some(100.0));
    let (forgotten, gone) = rig.sensor("b", Some(100.0));
    [&stream, &gone].into_iter().for_each(|one| deliver(&rig, one));
    rig.until(|| is_silent(&stream) && is_silent(&gone));
    stopped.set_link(LinkState::Stopped, rig.now_ns());
    rig.core.registries.forget_sensors(|sensor| sensor.id() == forgotten.id());
    drop((forgotten, gone));
    rig.tick();
    assert_eq!(rig.told(), [] as [String; 0]);
    assert!(!is_silent(&stream));
    rig.end();
}

#[test]
fn a_rate_that_nobody_promised_is_learned_and_then_an_alarm_watches_over_it() {
    let rig = Rig::new();
    let (_sensor, stream) = rig.sensor("a", None);
    for _ in 0..10 {
        deliver(&rig, &stream);
        rig.until(|| true);
        (0..20).for_each(|_| rig.tick());
    }
    assert!(!is_silent(&stream) && stream.vitals().basis == Basis::Unknown);
    // A sample every 100 ms for a minute.
    for _ in 0..1200 {
        deliver_one(&rig, &stream);
        rig.tick();
        rig.tick();
    }
    let vitals = stream.vitals();
    assert_eq!(vitals.basis, Basis::Learned, "{vitals:?}");
    assert!((vitals.learned_hz().unwrap() - 10.0).abs() < 0.1, "{vitals:?}");
    assert_eq!(vitals.verdict, policy::rate::Verdict::Good);
    let took_ms = rig.until(|| is_silent(&stream)) + 100;
    assert!((2000..=2100).contains(&took_ms), "{took_ms} ms");
    rig.end();
}

fn deliver_one(rig: &Rig, stream: &Stream) {
    let block =
        Block::new(stream.offered(), 0, vec![rig.now_ns()], None, vec![Column::I32(vec![0])]).unwrap();
    offer(stream, 1, &block);
}

#[test]
fn of_events_nothing_is_expected() {
    use AttributeKind::{Battery, Button, Ecg, HeartRate, RrInterval};
    assert!([RrInterval, Battery, Button].into_iter().all(|kind| !is_expected(kind)));
    assert!([Ecg, HeartRate].into_iter().all(is_expected));
}
