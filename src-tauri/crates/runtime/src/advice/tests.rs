//! The desk, looked at step by step; only the recorder has a thread.

use super::*;
use crate::hub::RunSink;
use crate::queue::Policy;
use crate::testing::sensor;
use connect::{Event, EventSink};
use model::LoadLevel;
use std::collections::BTreeMap;

struct Bench {
    core: Arc<Core>,
    desk: Desk,
    commands: Queue<Command>,
}

/// A desk for `sensors` simulated sensors whose connector has room for `room` commands.
fn bench(sensors: usize, room: usize) -> Bench {
    let core = Arc::new(Core::new(Arc::new(connect::SystemClock)).unwrap());
    let commands = Queue::of_words("commands", Policy::Block, room);
    core.advice.add_outlet(ConnectorKind::Simulator, &commands);
    let sink = RunSink::new(Arc::clone(&core), 1);
    for k in 0..sensors {
        sink.send(Event::Sensor(sensor(&format!("s{k}"), ConnectorKind::Simulator)));
    }
    Bench { core, desk: Desk::default(), commands }
}

impl Bench {
    /// One look, and what the connector was told by it.
    fn look(&mut self) -> Vec<AdviceTo> {
        self.desk.look(&self.core);
        let told = |command| match command {
            Command::Advise { advice } => advice,
            _ => Vec::new(),
        };
        self.commands.receiver().try_iter().flat_map(told).collect()
    }

    fn nobody_watches(&self) {
        for sensor in self.core.registry.all() {
            sensor.watched().set(AttentionLevel::None);
            self.core.attention.announced(sensor.id());
        }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.core.tree.shut_down(Duration::from_secs(5));
    }
}

#[test]
fn a_sensor_is_advised_once_and_again_only_when_something_changed() {
    let mut bench = bench(3, 8);
    assert_eq!(bench.look().len(), 3);
    assert!(bench.look().is_empty());
    bench.core.regime.set_load(LoadLevel::High);
    let told = bench.look();
    assert_eq!((told.len(), told[0].advice.window_ms), (3, 300));
    bench.core.regime.set_memory_protected(false);
    assert!(bench.look().is_empty(), "nothing changed");
    let sensor = bench.core.registry.all().remove(0);
    sensor.watched().set(AttentionLevel::Low);
    bench.core.attention.announced(sensor.id());
    let told = bench.look();
    assert_eq!((told.len(), told[0].sensor.as_str(), told[0].advice.window_ms), (1, "s0", 6_000));
}

#[test]
fn a_connector_that_begins_anew_is_told_everything_again() {
    let mut bench = bench(2, 8);
    bench.look();
    let sink = RunSink::new(Arc::clone(&bench.core), 2);
    sink.send(Event::Sensor(sensor("s1", ConnectorKind::Simulator)));
    let told = bench.look();
    assert_eq!(told.iter().map(|one| one.sensor.as_str()).collect::<Vec<_>>(), ["s1"]);
}

#[test]
fn what_a_connector_has_no_room_for_waits_the_latest_for_each_sensor() {
    let mut bench = bench(600, 2);
    bench.desk.look(&bench.core);
    assert_eq!(bench.core.advice_view().waiting, 600 - 256, "half of the room is the operator's");
    bench.core.regime.set_load(LoadLevel::Elevated);
    bench.desk.look(&bench.core);
    let view = bench.core.advice_view();
    assert_eq!((view.waiting, view.overtaken), (600, 344));
    let mut told = Vec::new();
    for _ in 0..4 {
        told.extend(bench.look());
    }
    let last: BTreeMap<SensorId, Advice> = told.into_iter().map(|one| (one.sensor, one.advice)).collect();
    assert_eq!(last.len(), 600);
    assert!(last.values().all(|advice| advice.window_ms == 150));
    assert_eq!(bench.core.advice_view().waiting, 0);
}

#[test]
fn no_source_pauses_while_a_recording_runs_and_it_may_again_afterwards() {
    let mut bench = bench(1, 8);
    bench.nobody_watches();
    bench.core.regime.set_load(LoadLevel::Critical);
    assert!(bench.look()[0].advice.paused);
    let folder = tempfile::tempdir().unwrap();
    bench.core.recorder.start(&folder.path().join("r.sensocto"), "", "test", Vec::new).unwrap();
    let told = bench.look();
    assert!(!told[0].advice.paused && told[0].advice.window_ms <= 250, "{told:?}");
    bench.core.recorder.stop(Vec::new).unwrap();
    assert!(bench.look()[0].advice.paused);
}

#[test]
fn only_a_source_that_can_pause_counts_as_paused() {
    let mut bench = bench(1, 8);
    bench.nobody_watches();
    bench.core.regime.set_memory_protected(true);
    bench.look();
    let sink = RunSink::new(Arc::clone(&bench.core), 1);
    let sensor = SensorId::parse("s0").unwrap();
    sink.send(Event::Advised { sensor: sensor.clone(), obeys: false });
    assert_eq!(bench.core.advice_view().paused, 0);
    sink.send(Event::Advised { sensor, obeys: true });
    assert_eq!(bench.core.advice_view().paused, 1);
}
