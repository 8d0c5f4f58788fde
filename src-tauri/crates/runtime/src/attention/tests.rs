//! The service on a real core, with real threads.

use super::*;
use crate::hub::RunSink;
use crate::testing::sensor;
use connect::{Event, EventSink};
use model::{AttentionLevel, AttributeId, ConnectorKind};
use policy::attention::{Action, VIEWERS_MAX};

const SOON: Duration = Duration::from_secs(10);

/// A core with sensors s0, s1, … and its services running.
fn core(sensors: usize) -> Arc<Core> {
    let core = Arc::new(Core::new(Arc::new(connect::SystemClock)).unwrap());
    core.start_services().unwrap();
    let sink = RunSink::new(Arc::clone(&core), 1);
    for k in 0..sensors {
        sink.send(Event::Sensor(sensor(&format!("s{k}"), ConnectorKind::Simulator)));
    }
    core
}

fn viewer(name: &str) -> ViewerId {
    ViewerId::parse(name).unwrap()
}

fn act(action: Action, sensors: &[&str]) -> Input {
    let target = |id: &&str| Target { sensor: SensorId::parse(id).unwrap(), attribute: None };
    Input::Act(action, sensors.iter().map(target).collect())
}

/// The level of a sensor and of its stream.
fn level(core: &Core, id: &str) -> (AttentionLevel, AttentionLevel) {
    let sensor = core.registry.get(&SensorId::parse(id).unwrap()).unwrap();
    let stream = sensor.stream(&AttributeId::parse("ecg").unwrap()).unwrap();
    (sensor.watched().level(), stream.attention())
}

fn both(level: AttentionLevel) -> (AttentionLevel, AttentionLevel) {
    (level, level)
}

fn end(core: &Core) {
    assert!(core.tree.shut_down(SOON).is_empty());
}

#[test]
fn everything_counts_as_watched_until_the_first_viewer_reports() {
    let core = core(2);
    assert_eq!(level(&core, "s0"), both(AttentionLevel::High));
    core.attention.tell(viewer("v"), act(Action::ViewEnter, &["s0"])).unwrap();
    testkit::wait_until(SOON, "the levels", || level(&core, "s1") == both(AttentionLevel::None));
    testkit::wait_until(SOON, "the view", || level(&core, "s0") == both(AttentionLevel::Medium));
    assert_eq!(core.attention_view().sensors, [1, 0, 1, 0]);
    // A sensor that comes later is unwatched, too.
    let sink = RunSink::new(Arc::clone(&core), 2);
    sink.send(Event::Sensor(sensor("s2", ConnectorKind::Simulator)));
    testkit::wait_until(SOON, "the newcomer", || level(&core, "s2") == both(AttentionLevel::None));
    end(&core);
}

#[test]
fn events_for_unknown_sensors_are_counted_and_nothing_is_kept_of_them() {
    let core = core(1);
    let unknown: Vec<String> = (0..5000).map(|k| format!("nobody{k}")).collect();
    let unknown: Vec<&str> = unknown.iter().map(String::as_str).collect();
    core.attention.tell(viewer("v"), act(Action::Focus, &unknown)).unwrap();
    core.attention.tell(viewer("v"), act(Action::Focus, &["s0"])).unwrap();
    testkit::wait_until(SOON, "the known one", || level(&core, "s0") == both(AttentionLevel::High));
    testkit::wait_until(SOON, "the count", || core.attention_view().refused.unknown_targets == 5000);
    assert_eq!(core.attention_view().sensors, [0, 0, 0, 1]);
    end(&core);
}

#[test]
fn a_flood_of_viewers_is_bounded_and_harms_nobody() {
    let core = core(1);
    core.attention.tell(viewer("first"), act(Action::Pin, &["s0"])).unwrap();
    for k in 0..2000 {
        // Each finds room sooner or later; what does not is counted.
        while core.attention.tell(viewer(&format!("v{k}")), Input::Heartbeat).is_err() {
            std::thread::yield_now();
        }
    }
    let refused = 2001 - VIEWERS_MAX as u64;
    testkit::wait_until(SOON, "all of them", || core.attention_view().refused.viewers == refused);
    assert_eq!((core.attention_view().viewers, level(&core, "s0").0), (VIEWERS_MAX, AttentionLevel::High));
    end(&core);
}

#[test]
fn after_a_crash_the_levels_hold_and_viewers_go_on() {
    let core = core(2);
    core.attention.tell(viewer("v"), act(Action::Focus, &["s0"])).unwrap();
    testkit::wait_until(SOON, "the focus", || level(&core, "s1") == both(AttentionLevel::None));
    assert!(core.attention.inbox.push_or_refuse(Word::Stumble, 0).is_ok());
    let restarts = || {
        let workers = core.tree.view().workers();
        workers.into_iter().find(|child| child.name == "attention").map_or(0, |child| child.restarts)
    };
    testkit::wait_until(SOON, "the restart", || restarts() == 1);
    core.attention.tell(viewer("v"), act(Action::ViewEnter, &["s1"])).unwrap();
    testkit::wait_until(SOON, "a new mark", || level(&core, "s1") == both(AttentionLevel::Medium));
    assert_eq!(level(&core, "s0"), both(AttentionLevel::High), "held by the grace period");
    end(&core);
}

#[test]
fn what_finds_no_room_in_the_inbox_is_refused_and_counted() {
    let attention = Attention::default();
    let told =
        (0..INBOX.entries + 7).filter(|_| attention.tell(viewer("v"), Input::Heartbeat).is_ok()).count();
    assert_eq!((told, attention.view().overrun), (INBOX.entries, 7));
    assert_eq!(attention.queue_view().dropped_samples, 7, "seen in the list of queues");
}

#[test]
fn the_settings_say_how_long_a_boost_lasts() {
    let text = "[attention.unfocus_s]\nnormal = 0\nelevated = 0\nhigh = 0\ncritical = 0\n";
    let settings = crate::Settings::parse("s", text).settings;
    let probe = Box::new(crate::load::SystemProbe::new());
    let core = Arc::new(Core::with(Arc::new(connect::SystemClock), &settings, probe).unwrap());
    core.start_services().unwrap();
    RunSink::new(Arc::clone(&core), 1).send(Event::Sensor(sensor("s0", ConnectorKind::Simulator)));
    core.attention.tell(viewer("v"), act(Action::Focus, &["s0"])).unwrap();
    core.attention.tell(viewer("v"), act(Action::Unfocus, &["s0"])).unwrap();
    // By default it would stay high for longer than is waited here.
    testkit::wait_until(SOON, "the end of the boost", || level(&core, "s0") == both(AttentionLevel::Medium));
    end(&core);
}
