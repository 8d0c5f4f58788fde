use super::*;
use crate::load::depths::Spread;
use crate::settings::Settings;
use crate::testing::sensor;
use model::{Clock, ConnectorKind};
use policy::memory::LimitSource;
use std::sync::atomic::{AtomicU64, Ordering};
use testkit::{FakeClock, wait_until};

const SECOND: i64 = 1_000_000_000;
const SOON: Duration = Duration::from_secs(20);

/// A machine whose memory a test fills; from 1000 on its probe panics.
#[derive(Clone, Default)]
struct Machine(Arc<AtomicU64>);

impl Machine {
    fn fill(&self, percent: u64) {
        self.0.store(percent, Ordering::Relaxed);
    }
}

impl Probe for Machine {
    fn cpu(&self) -> CpuReading {
        CpuReading::default()
    }

    fn memory(&self) -> Option<MemoryUse> {
        let used_bytes = self.0.load(Ordering::Relaxed);
        assert!(used_bytes < 1000, "planted");
        Some(MemoryUse { used_bytes, limit_bytes: 100, source: LimitSource::Host })
    }
}

struct Bench {
    clock: Arc<FakeClock>,
    machine: Machine,
    core: Arc<Core>,
}

fn bench() -> Bench {
    let (clock, machine) = (Arc::new(FakeClock::default()), Machine::default());
    let for_core = Arc::clone(&clock) as Arc<dyn Clock>;
    let core = Core::with(for_core, &Settings::default(), Box::new(machine.clone())).unwrap();
    Bench { clock, machine, core: Arc::new(core) }
}

impl Bench {
    /// Two samples and a decision, as the thread would.
    fn tick(&self) {
        for _ in 0..SAMPLES_PER_DECISION {
            self.clock.advance_ns(SECOND);
            self.core.load.sample(self.clock.now().host_ns);
        }
        self.core.decide_load(self.clock.now().host_ns);
    }

    fn regime(&self) -> (LoadLevel, bool, bool) {
        let regime = &self.core.regime;
        (regime.load(), regime.memory_protected(), regime.refuses_simulated())
    }

    fn notices(&self) -> Vec<String> {
        self.core.notices.all().into_iter().rev().map(|posted| posted.notice.text).collect()
    }

    fn admits(&self, id: &str, kind: ConnectorKind) -> bool {
        self.core.admit(sensor(id, kind)).is_some()
    }
}

#[test]
fn full_memory_protects_refuses_and_is_told_and_all_of_it_ends_with_it() {
    let bench = bench();
    bench.tick();
    assert_eq!(bench.regime(), (LoadLevel::Normal, false, false));
    bench.machine.fill(86);
    bench.tick();
    assert_eq!(bench.regime(), (LoadLevel::Normal, true, false));
    bench.machine.fill(93);
    bench.tick();
    assert_eq!(bench.regime(), (LoadLevel::Critical, true, true));
    assert!(!bench.admits("sim:1", ConnectorKind::Simulator) && bench.admits("ble:1", ConnectorKind::Ble));
    bench.machine.fill(10);
    (0..3).for_each(|_| bench.tick());
    assert_eq!(bench.regime(), (LoadLevel::Critical, true, true), "four seconds are not five");
    bench.tick();
    assert_eq!(bench.regime(), (LoadLevel::Critical, false, true), "the level has its own five seconds");
    (0..3).for_each(|_| bench.tick());
    assert_eq!(bench.regime(), (LoadLevel::Normal, false, false));
    assert!(bench.admits("sim:1", ConnectorKind::Simulator));
    assert_eq!(
        bench.notices(),
        [
            "Memory is short.",
            "Memory is almost used up.",
            "New simulated sensors are not taken in.",
            "There is enough memory again.",
            "The machine has room again."
        ]
    );
}

#[test]
fn what_waits_becomes_pressure_and_its_words() {
    let monitor = LoadMonitor::new(MonitorConfig::default(), Box::new(Machine::default()));
    let depths =
        Depths { queues: Spread { worst: 201.0, mean: 100.0 }, bus: Spread { worst: 501.0, mean: 100.0 } };
    let decision = monitor.decide(depths, 0);
    assert_eq!(monitor.reading().map(|(level, _)| level), Some(LoadLevel::Normal), "0.45 of the score");
    assert_eq!(decision.cause, "what waits for views");
    let view = monitor.view();
    assert!((view.score - 0.45).abs() < 1e-9 && (view.pressures.queues - 1.0).abs() < 1e-9);
}

#[test]
fn neither_a_wall_clock_that_steps_nor_a_suspend_moves_the_level() {
    let bench = bench();
    bench.machine.fill(86);
    bench.tick();
    let hour = 3600 * SECOND;
    for step in [hour, -hour, 87_600 * hour, -2 * 87_600 * hour] {
        bench.clock.step_wall_ns(step);
        bench.tick();
        assert_eq!(bench.regime(), (LoadLevel::Normal, true, false));
    }
    bench.clock.advance_ns(8 * hour);
    bench.tick();
    assert_eq!(bench.regime(), (LoadLevel::Normal, true, false));
    assert_eq!(bench.notices(), ["Memory is short."]);
}

#[test]
fn thresholds_of_the_settings_count() {
    let mut settings = Settings::default();
    settings.monitor.memory.start = 0.5;
    let core = Core::with(Arc::new(FakeClock::default()), &settings, Box::new(Machine::default())).unwrap();
    let machine = Machine::default();
    machine.fill(51);
    let monitor = LoadMonitor::new(settings.monitor, Box::new(machine));
    monitor.sample(0);
    assert_eq!(monitor.decide(core.depths(), 0).after.memory, MemoryState::Protected);
}

#[test]
fn the_thread_decides_by_itself_on_this_machine() {
    let core = Arc::new(Core::new(Arc::new(connect::SystemClock)).unwrap());
    core.tree.start(crate::supervisor::Tier::Domain, service(&core)).unwrap();
    wait_until(SOON, "a decision", || core.load.reading().is_some());
    assert!(core.tree.shut_down(SOON).is_empty());
}

#[test]
fn a_monitor_that_fails_for_good_leaves_nobody_throttled() {
    let machine = Machine::default();
    machine.fill(93);
    let core =
        Core::with(Arc::new(connect::SystemClock), &Settings::default(), Box::new(machine.clone())).unwrap();
    let core = Arc::new(core);
    let handle = core.tree.start(crate::supervisor::Tier::Domain, service(&core)).unwrap();
    wait_until(SOON, "protection", || core.regime.refuses_simulated());
    machine.fill(1000);
    wait_until(SOON, "the end of it", || handle.state() == crate::supervisor::NodeState::GivenUp);
    assert!(!core.regime.refuses_simulated() && !core.regime.memory_protected());
    assert_eq!(core.regime.load(), LoadLevel::Normal);
    assert!(!core.tree.is_failed());
}

/// A stream of 250 samples a second in a bench, and the number of its next sample.
struct Flowing<'b> {
    bench: &'b Bench,
    stream: Arc<crate::stream::Stream>,
    next: u64,
}

impl<'b> Flowing<'b> {
    /// Its stores are full.
    fn full(bench: &'b Bench) -> Self {
        let mut info = sensor("ble:1", ConnectorKind::Ble);
        info.streams[0].nominal_rate_hz = Some(250.0);
        let sensor = bench.core.admit(info.clone()).unwrap();
        let _ = sensor.open_stream(&info.streams[0], |_| true);
        let mut flowing = Self { bench, stream: sensor.streams().remove(0), next: 0 };
        (0..400).for_each(|_| flowing.round());
        flowing
    }

    fn round(&mut self) {
        self.bench.core.keeper.make_round();
        crate::testing::offer(&self.stream, 1, &crate::testing::block(self.next, 100));
        self.next += 100;
    }

    /// The ring has one writer, its stream's worker: it takes up its new length
    /// with the next block.
    fn held_after_a_round(&mut self) -> crate::warm::Held {
        self.round();
        let (held, ring) = (self.bench.core.keeper.held(), self.stream.ring());
        crate::warm::Held { hot_samples: ring.held(), hot_bytes: ring.bytes() as u64, ..held }
    }
}

#[test]
fn short_memory_shrinks_the_stores_within_one_round_of_the_keeper() {
    let bench = bench();
    bench.tick();
    let mut flowing = Flowing::full(&bench);
    let calm = flowing.held_after_a_round();
    assert!(calm.hot_samples + calm.warm_samples > 30_000, "{calm:?}");
    bench.machine.fill(86);
    bench.tick();
    // Protected memory has the limits of high load: 40 % of 500, and 20 % of 1000.
    let protected = flowing.held_after_a_round();
    assert!(protected.hot_samples <= 200 && protected.warm_samples <= 200, "{protected:?}");
    assert!(protected.warm_bytes < calm.warm_bytes / 10, "{protected:?}");
    assert!(protected.hot_bytes < calm.hot_bytes, "{protected:?}");
    bench.machine.fill(93);
    bench.tick();
    // At the limit a single packed block remains.
    let critical = flowing.held_after_a_round();
    assert!(critical.hot_samples <= 100 && critical.warm_samples <= 128, "{critical:?}");
}

#[test]
fn high_load_alone_shrinks_the_stores_too() {
    let bench = bench();
    let mut flowing = Flowing::full(&bench);
    bench.core.regime.set_load(LoadLevel::High);
    let held = flowing.held_after_a_round();
    assert!(held.hot_samples <= 200 && held.warm_samples <= 200, "{held:?}");
}
