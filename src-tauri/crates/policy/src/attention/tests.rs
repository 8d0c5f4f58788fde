//! The tracker with invented time.

use super::*;
use model::{AttentionLevel as A, AttributeId, LoadLevel as L};

const SECOND: i64 = 1_000_000_000;

fn viewer(name: &str) -> ViewerId {
    ViewerId::parse(name).unwrap()
}

fn sensor(name: &str) -> SensorId {
    SensorId::parse(name).unwrap()
}

/// `s` is the sensor, `s/a` its attribute.
fn target(text: &str) -> Target {
    let (sensor_id, attribute) = text.split_once('/').unwrap_or((text, ""));
    Target { sensor: sensor(sensor_id), attribute: AttributeId::parse(attribute).ok() }
}

/// A tracker whose clock is told in seconds, for a console with sensors `s…`.
#[derive(Default)]
struct Bench {
    tracker: Tracker,
    load: L,
    now_ns: i64,
}

impl Bench {
    fn input(&mut self, by: &str, input: Input) -> Vec<Change> {
        let known = |target: &Target| target.sensor.as_str().starts_with('s');
        self.tracker.on_input(&viewer(by), input, &known, self.load, self.now_ns)
    }

    fn act(&mut self, by: &str, action: Action, what: &str) -> Vec<Change> {
        self.input(by, Input::Act(action, vec![target(what)]))
    }

    fn at(&mut self, seconds: i64) -> Vec<Change> {
        self.now_ns = seconds * SECOND;
        self.tracker.advance(self.load, self.now_ns)
    }

    fn level(&self, what: &str) -> A {
        let target = target(what);
        let levels = self.tracker.levels(&target.sensor);
        target.attribute.map_or(levels.sensor, |attribute| levels.of(&attribute))
    }
}

fn battery(percent: f32, is_charging: bool) -> Input {
    Input::Battery(Battery { percent, is_charging })
}

#[test]
fn a_level_is_the_maximum_over_attributes_and_viewers() {
    let mut bench = Bench::default();
    bench.act("v", Action::Register, "s/a");
    assert_eq!((bench.level("s"), bench.level("s/a")), (A::Low, A::Low));
    bench.act("v", Action::ViewEnter, "s/b");
    assert_eq!((bench.level("s"), bench.level("s/a"), bench.level("s/b")), (A::Medium, A::Low, A::Medium));
    bench.act("w", Action::Focus, "s/a");
    assert_eq!((bench.level("s"), bench.level("s/a"), bench.level("s/b")), (A::High, A::High, A::Medium));
    assert_eq!(bench.level("s/c"), A::High, "an attribute without marks falls back to its sensor");
    assert_eq!(bench.level("s2"), A::None);
}

#[test]
fn a_change_is_told_once_and_only_when_there_is_one() {
    let mut bench = Bench::default();
    assert_eq!(bench.act("v", Action::ViewEnter, "s").len(), 1);
    assert!(bench.act("v", Action::ViewEnter, "s").is_empty());
    assert!(bench.act("w", Action::ViewEnter, "s").is_empty());
    assert!(bench.act("v", Action::ViewLeave, "s").is_empty());
    let changes = bench.act("w", Action::ViewLeave, "s");
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].sensor.as_str(), changes[0].levels.sensor), ("s", A::Low));
}

#[test]
fn focus_and_hover_leave_a_boost_as_long_as_the_load_allows_and_then_the_view() {
    for (load, unfocus, unhover) in
        [(L::Normal, 15, 8), (L::Elevated, 8, 4), (L::High, 5, 2), (L::Critical, 2, 1)]
    {
        for (enter, leave, lasts) in
            [(Action::Focus, Action::Unfocus, unfocus), (Action::HoverEnter, Action::HoverLeave, unhover)]
        {
            let mut bench = Bench { load, ..Bench::default() };
            bench.act("v", enter, "s");
            assert!(bench.act("v", leave, "s").is_empty(), "nothing changes at first");
            bench.at(lasts - 1);
            assert_eq!(bench.level("s"), A::High);
            assert_eq!(bench.at(lasts).len(), 1);
            assert_eq!(bench.level("s"), A::Medium, "hover and focus implied the view");
        }
    }
}

#[test]
fn what_leaves_the_view_keeps_only_its_boost_and_its_pin() {
    let mut bench = Bench::default();
    bench.act("v", Action::Focus, "s");
    bench.act("v", Action::ViewLeave, "s");
    assert_eq!(bench.level("s"), A::High);
    bench.at(15);
    assert_eq!(bench.level("s"), A::Low);
    bench.act("v", Action::Pin, "s");
    bench.act("v", Action::ViewEnter, "s");
    bench.act("v", Action::ViewLeave, "s");
    assert_eq!(bench.level("s"), A::High);
    bench.act("v", Action::Unpin, "s");
    assert_eq!(bench.level("s"), A::Low);
}

#[test]
fn taking_away_a_pointer_that_was_not_there_boosts_nothing() {
    let mut bench = Bench::default();
    bench.act("v", Action::ViewEnter, "s");
    bench.act("v", Action::HoverLeave, "s");
    bench.act("v", Action::Unfocus, "s");
    assert_eq!(bench.level("s"), A::Medium);
}

#[test]
fn a_hidden_page_counts_for_nothing_but_its_pins_and_comes_back() {
    let mut bench = Bench::default();
    bench.act("v", Action::Focus, "s");
    bench.act("v", Action::Pin, "s2");
    assert_eq!(bench.input("v", Input::PageHidden).len(), 1);
    assert_eq!((bench.level("s"), bench.level("s2")), (A::Low, A::High));
    bench.input("v", Input::PageVisible);
    assert_eq!(bench.level("s"), A::High);
}

#[test]
fn the_battery_cap_really_caps_what_its_viewer_asks_for() {
    let mut bench = Bench::default();
    bench.act("v", Action::Pin, "s");
    for (percent, is_charging, expected) in [
        (30.0, false, A::High),
        (29.9, false, A::Medium),
        (15.0, false, A::Medium),
        (14.9, false, A::Low),
        (14.9, true, A::High),
        (f32::NAN, false, A::High),
    ] {
        bench.input("v", battery(percent, is_charging));
        assert_eq!(bench.level("s"), expected, "{percent} %, charging: {is_charging}");
    }
    bench.input("v", battery(5.0, false));
    bench.act("w", Action::ViewEnter, "s");
    assert_eq!(bench.level("s"), A::Medium, "another viewer is not capped");
}

#[test]
fn stale_viewers_go_at_the_sweep_and_their_orphans_after_them() {
    for (load, stale, orphan) in
        [(L::Normal, 1800, 120), (L::Elevated, 300, 60), (L::High, 120, 30), (L::Critical, 30, 15)]
    {
        let mut bench = Bench { load, ..Bench::default() };
        bench.at(0);
        bench.act("v", Action::Pin, "s");
        (0..stale / 30).for_each(|sweep| drop(bench.at(sweep * 30)));
        assert_eq!(bench.level("s"), A::High, "{load:?}");
        bench.at(stale);
        assert_eq!((bench.level("s"), bench.tracker.viewers()), (A::Low, 0), "{load:?}");
        let forgotten = stale + (orphan + 29) / 30 * 30;
        bench.at(forgotten - 30);
        assert_eq!(bench.level("s"), A::Low, "{load:?}");
        bench.at(forgotten);
        assert_eq!(bench.level("s"), A::None, "{load:?}");
        assert_eq!(bench.tracker.stale_viewers(), 1);
        assert!(bench.tracker.sensors.is_empty(), "no record is left");
    }
}

#[test]
fn a_heartbeat_keeps_a_viewer() {
    let mut bench = Bench { load: L::Critical, ..Bench::default() };
    bench.act("v", Action::ViewEnter, "s");
    for second in 1..200 {
        bench.at(second);
        bench.input("v", Input::Heartbeat);
    }
    assert_eq!(bench.level("s"), A::Medium);
}

#[test]
fn targets_that_the_console_does_not_have_are_refused_and_counted() {
    let mut bench = Bench::default();
    let targets = (0..1000).map(|k| target(&format!("x{k}"))).chain([target("s")]).collect();
    let changes = bench.input("v", Input::Act(Action::ViewEnter, targets));
    assert_eq!(changes.len(), 1);
    assert_eq!(bench.tracker.refused().unknown_targets, 1000);
    assert_eq!(bench.tracker.sensors.len(), 1);
    bench.act("v", Action::ViewLeave, "x1");
    assert_eq!(bench.tracker.sensors.len(), 1);
}

#[test]
fn a_flood_of_viewers_is_bounded_and_the_quietest_gives_way() {
    let mut bench = Bench::default();
    for k in 0..1000 {
        bench.act(&format!("v{k}"), Action::Pin, "s");
    }
    assert_eq!(bench.tracker.viewers(), VIEWERS_MAX);
    assert_eq!(bench.tracker.refused().viewers, 1000 - VIEWERS_MAX as u64);
    bench.at(60);
    bench.input("v1", Input::Heartbeat);
    bench.act("late", Action::Focus, "s2");
    assert_eq!((bench.tracker.viewers(), bench.level("s2")), (VIEWERS_MAX, A::High));
}

#[test]
fn a_viewer_can_mark_only_so_many_targets() {
    let mut bench = Bench::default();
    let targets = (0..TARGETS_MAX + 7).map(|k| target(&format!("s{k}"))).collect();
    bench.input("v", Input::Act(Action::ViewEnter, targets));
    assert_eq!(bench.tracker.refused().targets, 7);
    bench.input("v", Input::Gone);
    assert_eq!(bench.level("s1"), A::Low);
}

#[test]
fn levels_known_before_a_crash_hold_for_sixty_seconds() {
    let mut first = Bench::default();
    first.act("v", Action::Focus, "s/a");
    first.act("v", Action::ViewEnter, "s2");
    let cached =
        ["s", "s2"].map(|id| Change { sensor: sensor(id), levels: first.tracker.levels(&sensor(id)) });
    let mut bench =
        Bench { tracker: Tracker::after_crash(Timings::default(), cached, 0), ..Bench::default() };
    assert_eq!((bench.level("s"), bench.level("s/a"), bench.level("s2")), (A::High, A::High, A::Medium));
    assert!(bench.act("v", Action::Register, "s").is_empty(), "nothing is lowered during the grace");
    assert_eq!(bench.act("v", Action::Pin, "s2").len(), 1, "but it can be raised");
    bench.at(59);
    assert_eq!((bench.level("s"), bench.level("s2")), (A::High, A::High));
    assert_eq!(bench.at(60).len(), 1);
    assert_eq!((bench.level("s"), bench.level("s/a"), bench.level("s2")), (A::Low, A::Low, A::High));
}

#[test]
fn a_sensor_that_is_gone_leaves_nothing_behind() {
    let mut bench = Bench::default();
    bench.act("v", Action::Focus, "s/a");
    bench.act("v", Action::Unfocus, "s/a");
    bench.tracker.forget(&sensor("s"));
    assert_eq!(bench.level("s"), A::None);
    assert!(bench.tracker.boosts.is_empty() && bench.tracker.sensors.is_empty());
    assert!(bench.tracker.viewers[&viewer("v")].targets.is_empty());
}

#[test]
fn the_next_moment_with_something_to_do_is_known() {
    let mut bench = Bench::default();
    assert_eq!(bench.tracker.next_due_ns(), None);
    bench.at(0);
    assert_eq!(bench.tracker.next_due_ns(), Some(30 * SECOND));
    bench.act("v", Action::HoverEnter, "s");
    bench.act("v", Action::HoverLeave, "s");
    assert_eq!(bench.tracker.next_due_ns(), Some(8 * SECOND));
}

#[test]
fn every_timing_is_the_one_that_was_given() {
    let secs = |secs: i64| [secs * SECOND; 4];
    let timings = Timings {
        unfocus_ns: secs(20),
        hover_leave_ns: secs(3),
        stale_ns: secs(40),
        orphan_ns: secs(50),
        sweep_ns: 7 * SECOND,
        grace_ns: 11 * SECOND,
    };
    let mut bench = Bench { tracker: Tracker::new(timings), ..Bench::default() };
    bench.at(0);
    assert_eq!(bench.tracker.next_due_ns(), Some(7 * SECOND), "the sweep");
    for (what, on, off) in
        [("s1", Action::Focus, Action::Unfocus), ("s2", Action::HoverEnter, Action::HoverLeave)]
    {
        bench.act("v", on, what);
        bench.act("v", off, what);
    }
    let mut levels_at = |second| {
        bench.at(second);
        (bench.level("s1"), bench.level("s2"))
    };
    assert_eq!(levels_at(2), (A::High, A::High));
    assert_eq!(levels_at(3), (A::High, A::Medium), "the pointer's boost");
    assert_eq!(levels_at(19), (A::High, A::Medium));
    assert_eq!(levels_at(20), (A::Medium, A::Medium), "the focus's boost");
    bench.at(39);
    assert_eq!(bench.tracker.viewers(), 1);
    (40..=47).for_each(|second| drop(bench.at(second)));
    assert_eq!(bench.tracker.viewers(), 0, "silent for 40 s");
    assert_eq!(bench.level("s1"), A::Low, "not forgotten yet");
    (48..=110).for_each(|second| drop(bench.at(second)));
    assert_eq!(bench.level("s1"), A::None, "forgotten");
    let tracker = Tracker::after_crash(timings, [], 0);
    assert_eq!(tracker.next_due_ns(), Some(11 * SECOND), "the grace");
}
