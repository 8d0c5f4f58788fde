use super::*;
use crate::load::Depths;
use crate::sensor::Sensor;
use crate::settings::Settings;
use crate::testing::{offer, sensor, spec_of};
use model::{AttributeKind, Block, Clock, Column, ConnectorKind};
use testkit::FakeClock;

const SECOND: i64 = 1_000_000_000;
const HOUR: i64 = 3600 * SECOND;

struct Bench {
    clock: Arc<FakeClock>,
    core: Arc<Core>,
    looks: u32,
}

fn bench(on: &[Module]) -> Bench {
    let clock = Arc::new(FakeClock::default());
    let mut settings = Settings::default();
    for module in Module::ALL {
        settings.bio.switches.set(module, on.contains(&module));
    }
    let probe = Box::new(crate::load::SystemProbe::default());
    let core = Core::with(Arc::clone(&clock) as Arc<dyn Clock>, &settings, probe).unwrap();
    Bench { clock, core: Arc::new(core), looks: 0 }
}

impl Bench {
    fn add(&self, id: &str, kind: AttributeKind) -> Arc<Sensor> {
        let added = self.core.admit(sensor(id, ConnectorKind::Simulator)).unwrap();
        let mut spec = spec_of(id, "value", Some(1.0));
        spec.kind = kind;
        added.open_stream(&spec, |_| true);
        added
    }

    /// One look of the thread, a quarter of a second later.
    fn look(&mut self) {
        self.clock.advance_ns(SECOND / 4);
        self.core.look(self.looks);
        self.looks += 1;
    }

    fn deliver(&self, sensor: &Sensor, index: u64, value: i32) {
        let stream =
            sensor.streams().into_iter().find(|stream| stream.spec().key.attribute.as_str() == "value");
        let times = vec![self.clock.now().host_ns];
        let block = Block::new(index, 0, times, None, vec![Column::I32(vec![value])]).unwrap();
        offer(&stream.unwrap(), 1, &block);
    }

    /// Lets a sensor live with values about 100, then shows it one of 200.
    fn surprise(&mut self, sensor: &Sensor) {
        self.looks = 0;
        self.look();
        for k in 0..40 {
            self.deliver(sensor, k, 100 + i32::try_from(k % 2).unwrap());
            self.look();
        }
        self.deliver(sensor, 40, 200);
        self.look();
    }

    fn factor(&self, sensor: &Sensor) -> f64 {
        self.core.regime.bio_factor(sensor.id())
    }
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn a_surprising_value_of_a_stream_makes_its_own_sensor_fresher_for_a_while() {
    let mut bench = bench(&[Module::Novelty]);
    let (surprising, calm) =
        (bench.add("sim:1", AttributeKind::Temperature), bench.add("sim:2", AttributeKind::Temperature));
    bench.surprise(&surprising);
    assert!(close(bench.factor(&surprising), 0.5) && close(bench.factor(&calm), 1.0));
    assert!(close(bench.core.bio.view(bench.clock.now().host_ns)[0].factor, 0.75), "the mean of both");
    (0..81).for_each(|_| bench.look());
    assert!(close(bench.factor(&surprising), 1.0), "20 s are over");
}

#[test]
fn a_wave_is_not_novel_by_its_nature() {
    let mut bench = bench(&[Module::Novelty]);
    let wave = bench.add("sim:1", AttributeKind::Ecg);
    bench.surprise(&wave);
    assert!(close(bench.factor(&wave), 1.0));
}

#[test]
fn a_switch_acts_at_once_in_both_directions() {
    let mut bench = bench(&Module::ALL);
    let sensor = bench.add("sim:1", AttributeKind::Temperature);
    bench.surprise(&sensor);
    let now_ns = bench.clock.now().host_ns;
    let switch = |module, on| bench.core.bio.switch(module, on, &bench.core.regime, now_ns);
    switch(Module::Circadian, false);
    assert!(close(bench.factor(&sensor), 0.5), "{}", bench.factor(&sensor));
    switch(Module::Novelty, false);
    assert!(close(bench.factor(&sensor), 1.0));
    let view = bench.core.bio.view(now_ns);
    assert!(!view[0].is_on && close(view[0].factor, 1.0));
    switch(Module::Novelty, true);
    assert!(close(bench.factor(&sensor), 0.5));
}

#[test]
fn equal_sensors_get_factor_one_however_many_they_are() {
    let mut bench = bench(&[Module::Arbiter]);
    let sensors: Vec<_> =
        (0..50).map(|k| bench.add(&format!("sim:{k}"), AttributeKind::Temperature)).collect();
    (0..21).for_each(|_| bench.look());
    assert!(sensors.iter().all(|sensor| close(bench.factor(sensor), 1.0)));
}

#[test]
fn who_is_watched_gets_fresher_windows_and_the_others_pay() {
    let mut bench = bench(&[Module::Arbiter]);
    let sensors: Vec<_> =
        (0..3).map(|k| bench.add(&format!("sim:{k}"), AttributeKind::Temperature)).collect();
    for (k, sensor) in sensors.iter().enumerate() {
        let level = if k == 0 { AttentionLevel::High } else { AttentionLevel::None };
        sensor.streams()[0].set_attention(level);
    }
    (0..21).for_each(|_| bench.look());
    assert!(close(bench.factor(&sensors[0]), 0.5) && close(bench.factor(&sensors[1]), 1.41));
    assert_eq!(bench.core.bio.0.lock().watched, AttentionLevel::High);
}

#[test]
fn the_tuners_offsets_reach_the_thresholds_of_the_load_and_leave_them_with_its_switch() {
    let mut bench = bench(&[Module::Homeostatic]);
    let busy = |bench: &Bench| {
        let deep = crate::load::Spread { worst: 1000.0, mean: 1000.0 };
        bench.core.load.decide(Depths { queues: deep, bus: deep }, bench.clock.now().host_ns);
    };
    for _ in 0..=1800 {
        busy(&bench);
        bench.clock.advance_ns(2 * SECOND);
        bench.core.learn_from_load(bench.clock.now());
    }
    assert!(close(bench.core.load.view().thresholds.elevated, 0.495), "0.45 is normal: react earlier");
    bench.core.bio.switch(Module::Homeostatic, false, &bench.core.regime, 0);
    bench.looks = 0;
    bench.look();
    assert!(close(bench.core.load.view().thresholds.elevated, 0.5));
}

#[test]
fn load_and_attention_are_remembered_for_the_forecast() {
    let bench = bench(&[Module::Predictive]);
    for _ in 0..200 {
        bench.clock.advance_ns(2 * SECOND);
        bench.core.learn_from_load(bench.clock.now());
    }
    assert_eq!(bench.core.bio.0.lock().forecast.points(), 3);
}

#[test]
fn a_wall_clock_that_steps_moves_the_day_at_once_and_nothing_else() {
    let mut bench = bench(&Module::ALL);
    let sensor = bench.add("sim:1", AttributeKind::Temperature);
    bench.surprise(&sensor);
    for step in [HOUR, -HOUR, 87_600 * HOUR, -87_600 * HOUR, -87_600 * HOUR, i64::MIN / 2, i64::MAX] {
        bench.clock.step_wall_ns(step);
        (0..40).for_each(|_| bench.look());
        assert!((0.3..=3.0).contains(&bench.factor(&sensor)));
        assert_eq!(bench.core.bio.0.lock().novelty.tracked(), 1, "host time alone ages what is known");
    }
}

#[test]
fn after_a_suspend_of_eight_hours_only_the_day_has_gone_on() {
    let mut bench = bench(&Module::ALL);
    let sensor = bench.add("sim:1", AttributeKind::Temperature);
    bench.surprise(&sensor);
    let points = bench.core.bio.0.lock().forecast.points();
    bench.clock.advance_ns(8 * HOUR);
    (0..40).for_each(|_| bench.look());
    let state = bench.core.bio.0.lock();
    assert!(state.forecast.points() <= points + 1, "what was not lived through is not remembered");
    assert!(close(state.novelty.factor(sensor.id(), bench.clock.now().host_ns), 1.0), "the boost is over");
    let mut fresh = Circadian::default();
    fresh.observe(0.0, state.time, 0);
    assert_eq!(state.circadian.phase(), fresh.phase());
}

#[test]
fn more_streams_than_fit_into_one_look_get_their_turn_in_the_next() {
    let mut taste = Taste::default();
    let sensors: Vec<Arc<Sensor>> = (0..60)
        .map(|k| {
            let id = format!("sim:{k}");
            let sensor =
                Sensor::new(sensor(&id, ConnectorKind::Simulator), crate::worker::Inbox::new("x"), None);
            for k in 0..60 {
                let mut spec = spec_of(&id, &format!("a{k}"), None);
                spec.kind = AttributeKind::Generic;
                sensor.open_stream(&spec, |_| true);
            }
            for stream in sensor.streams() {
                offer(&stream, 1, &crate::testing::block(0, 1));
            }
            Arc::new(sensor)
        })
        .collect();
    taste.refill(&sensors);
    let mut seen = std::collections::BTreeSet::new();
    let mut look = |taste: &mut Taste| {
        let before = seen.len();
        taste.each_newest(|key, _| assert!(seen.insert(key.to_string()), "twice: {key}"));
        seen.len() - before
    };
    assert_eq!((look(&mut taste), look(&mut taste), look(&mut taste)), (2_500, 1_100, 0));
    taste.refill(&sensors);
    assert_eq!(look(&mut taste), 0, "nothing new has come");
}

#[test]
fn the_thread_publishes_and_leaves_nothing_behind() {
    let clock = Arc::new(connect::SystemClock);
    let core =
        Core::with(clock, &Settings::default(), Box::new(crate::load::SystemProbe::default())).unwrap();
    let core = Arc::new(core);
    core.regime.set_bio_factors(2.0, BTreeMap::new());
    core.tree.start(crate::supervisor::Tier::Bio, service(&core)).unwrap();
    testkit::wait_until(Duration::from_secs(10), "factors", || core.regime.global_bio_factor() < 1.5);
    assert!(core.tree.shut_down(Duration::from_secs(10)).is_empty());
    assert!(close(core.regime.global_bio_factor(), 1.0));
}
