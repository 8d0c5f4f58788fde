//! The tracker against a model that is too simple to be wrong: it keeps a flat
//! list of marks, scans all of it for every question, and remembers nothing
//! that it could compute.

use super::*;
use model::{AttentionLevel, AttributeId, LoadLevel};
use proptest::prelude::*;

const SECOND: i64 = 1_000_000_000;
const ACTIONS: [Action; 9] = [
    Action::Register,
    Action::ViewEnter,
    Action::ViewLeave,
    Action::HoverEnter,
    Action::HoverLeave,
    Action::Focus,
    Action::Unfocus,
    Action::Pin,
    Action::Unpin,
];

#[derive(Clone, Debug)]
struct Step {
    wait_secs: i64,
    load: LoadLevel,
    viewer: u8,
    input: ModelInput,
}

#[derive(Clone, Debug)]
enum ModelInput {
    Act(Action, u8),
    Hidden(bool),
    Battery(f32, bool),
    Heartbeat,
    Gone,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Flags {
    registered: bool,
    view: bool,
    hover: bool,
    focus: bool,
    pin: bool,
    boost_until: i64,
}

#[derive(Default)]
struct Model {
    /// viewer, seen, hidden, cap
    viewers: Vec<(u8, i64, bool, AttentionLevel)>,
    /// viewer, target, flags
    marks: Vec<(u8, u8, Flags)>,
    /// target, since when without mark
    orphans: Vec<(u8, i64)>,
    next_sweep: i64,
}

/// Targets 0, 3: sensors; 1, 2 and 4, 5: their attributes; 6: unknown.
fn sensor_of(target: u8) -> u8 {
    target / 3
}

impl Model {
    /// Marks without a flag, at `now`, are gone; a target without marks is an orphan.
    fn tidy(&mut self, before: &[u8], now: i64) {
        self.marks.iter_mut().for_each(|(_, _, flags)| {
            if flags.boost_until <= now {
                flags.boost_until = 0;
            }
        });
        self.marks.retain(|(_, _, flags)| *flags != Flags::default());
        let marked: Vec<u8> = self.marks.iter().map(|(_, target, _)| *target).collect();
        self.orphans.retain(|(target, _)| !marked.contains(target));
        for target in before {
            if !marked.contains(target) && !self.orphans.iter().any(|(known, _)| known == target) {
                self.orphans.push((*target, now));
            }
        }
    }

    fn marked(&self) -> Vec<u8> {
        self.marks.iter().map(|(_, target, _)| *target).collect()
    }

    fn advance(&mut self, load: LoadLevel, now: i64) {
        let before = self.marked();
        self.tidy(&before, now);
        if now < self.next_sweep {
            return;
        }
        self.next_sweep = now + 30 * SECOND;
        let stale = [1800, 300, 120, 30][load as usize] * SECOND;
        let orphan = [120, 60, 30, 15][load as usize] * SECOND;
        let gone: Vec<u8> =
            self.viewers.iter().filter(|(_, seen, ..)| now - seen >= stale).map(|(id, ..)| *id).collect();
        gone.into_iter().for_each(|viewer| self.remove(viewer, now));
        self.orphans.retain(|(_, since)| now - since < orphan);
    }

    fn remove(&mut self, viewer: u8, now: i64) {
        let before = self.marked();
        self.viewers.retain(|(id, ..)| *id != viewer);
        self.marks.retain(|(by, ..)| *by != viewer);
        self.tidy(&before, now);
    }

    fn input(&mut self, viewer: u8, input: &ModelInput, load: LoadLevel, now: i64) {
        if matches!(input, ModelInput::Gone) {
            return self.remove(viewer, now);
        }
        if !self.viewers.iter().any(|(id, ..)| *id == viewer) {
            self.viewers.push((viewer, now, false, AttentionLevel::High));
        }
        let one = self.viewers.iter_mut().find(|(id, ..)| *id == viewer).unwrap();
        one.1 = now;
        match input {
            ModelInput::Hidden(hidden) => one.2 = *hidden,
            ModelInput::Battery(percent, charging) => {
                one.3 = match percent {
                    _ if *charging => AttentionLevel::High,
                    percent if *percent < 15.0 => AttentionLevel::Low,
                    percent if *percent < 30.0 => AttentionLevel::Medium,
                    _ => AttentionLevel::High,
                };
            }
            ModelInput::Act(action, target) if *target < 6 => self.act(viewer, *action, *target, load, now),
            ModelInput::Act(..) | ModelInput::Heartbeat | ModelInput::Gone => (),
        }
    }

    fn act(&mut self, viewer: u8, action: Action, target: u8, load: LoadLevel, now: i64) {
        let before = self.marked();
        if !self.marks.iter().any(|(by, of, _)| (*by, *of) == (viewer, target)) {
            self.marks.push((viewer, target, Flags::default()));
        }
        let flags = &mut self.marks.iter_mut().find(|(by, of, _)| (*by, *of) == (viewer, target)).unwrap().2;
        let boost = |was: bool, secs: [i64; 4]| if was { now + secs[load as usize] * SECOND } else { 0 };
        let unhover = boost(flags.hover, [8, 4, 2, 1]);
        let unfocus = boost(flags.focus, [15, 8, 5, 2]);
        match action {
            Action::Register => flags.registered = true,
            Action::ViewEnter => flags.view = true,
            Action::HoverEnter => (flags.hover, flags.view) = (true, true),
            Action::Focus => (flags.focus, flags.view) = (true, true),
            Action::Pin => flags.pin = true,
            Action::Unpin => flags.pin = false,
            Action::HoverLeave => (flags.hover, flags.boost_until) = (false, flags.boost_until.max(unhover)),
            Action::Unfocus => (flags.focus, flags.boost_until) = (false, flags.boost_until.max(unfocus)),
            Action::ViewLeave => {
                (flags.view, flags.hover, flags.focus) = (false, false, false);
                flags.boost_until = flags.boost_until.max(unhover).max(unfocus);
            }
        }
        self.tidy(&before, now);
    }

    /// The maximum over the viewers that have marked a target.
    fn own(&self, target: u8, now: i64) -> Option<AttentionLevel> {
        let of = self.marks.iter().filter(|(_, of, _)| *of == target);
        of.map(|(by, _, flags)| {
            let (_, _, hidden, cap) = self.viewers.iter().find(|(id, ..)| id == by).unwrap();
            let looked_at = flags.hover || flags.focus || flags.boost_until > now;
            let asked = match flags {
                Flags { pin: true, .. } => AttentionLevel::High,
                _ if *hidden => AttentionLevel::Low,
                _ if looked_at => AttentionLevel::High,
                Flags { view: true, .. } => AttentionLevel::Medium,
                _ => AttentionLevel::Low,
            };
            asked.min(*cap)
        })
        .max()
    }

    fn sensor(&self, sensor: u8, now: i64) -> AttentionLevel {
        let own = (3 * sensor..3 * sensor + 3).filter_map(|target| self.own(target, now)).max();
        let orphaned = self.orphans.iter().any(|(target, _)| sensor_of(*target) == sensor);
        own.unwrap_or(if orphaned { AttentionLevel::Low } else { AttentionLevel::None })
    }

    fn level(&self, target: u8, now: i64) -> AttentionLevel {
        let sensor = self.sensor(sensor_of(target), now);
        if target.is_multiple_of(3) { sensor } else { self.own(target, now).unwrap_or(sensor) }
    }
}

fn target(number: u8) -> Target {
    let attribute = ["", "a", "b"][usize::from(number % 3)];
    Target {
        sensor: SensorId::parse(&format!("s{}", sensor_of(number))).unwrap(),
        attribute: AttributeId::parse(attribute).ok(),
    }
}

/// The tracker's books agree: what viewers have marked, what is marked, and
/// which boosts are to end; nothing is kept of sensors of which nothing is known.
fn assert_books_agree(tracker: &Tracker) {
    let (mut marks, mut boosts) = (BTreeSet::new(), BTreeSet::new());
    for (sensor, record) in &tracker.sensors {
        assert!(!record.is_empty(), "an empty record of {sensor} is kept");
        for (attribute, target) in record.targets() {
            let target_id = Target { sensor: sensor.clone(), attribute: attribute.cloned() };
            for (viewer, boost_ns) in target.marks() {
                marks.insert((viewer.clone(), target_id.clone()));
                boosts.extend(boost_ns.map(|end_ns| (end_ns, viewer.clone(), target_id.clone())));
            }
        }
    }
    let of = |(id, one): (&ViewerId, &Viewer)| {
        one.targets.iter().map(|target| (id.clone(), target.clone())).collect::<Vec<_>>()
    };
    let marked: BTreeSet<_> = tracker.viewers.iter().flat_map(of).collect();
    assert_eq!(marks, marked, "viewers and records disagree");
    assert_eq!(boosts, tracker.boosts, "a boost is forgotten, or kept for nothing");
}

fn real(input: &ModelInput) -> Input {
    match input {
        ModelInput::Act(action, number) => Input::Act(*action, vec![target(*number)]),
        ModelInput::Hidden(true) => Input::PageHidden,
        ModelInput::Hidden(false) => Input::PageVisible,
        ModelInput::Battery(percent, is_charging) => {
            Input::Battery(Battery { percent: *percent, is_charging: *is_charging })
        }
        ModelInput::Heartbeat => Input::Heartbeat,
        ModelInput::Gone => Input::Gone,
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let input = prop_oneof![
        12 => (0..ACTIONS.len(), 0_u8..7).prop_map(|(k, target)| ModelInput::Act(ACTIONS[k], target)),
        1 => any::<bool>().prop_map(ModelInput::Hidden),
        1 => (0.0_f32..100.0, any::<bool>()).prop_map(|(percent, charging)| ModelInput::Battery(percent, charging)),
        1 => Just(ModelInput::Heartbeat),
        1 => Just(ModelInput::Gone),
    ];
    let wait = prop_oneof![8 => 0_i64..4, 2 => 0_i64..40, 1 => 0_i64..2000];
    let step = (wait, 0..4_usize, 0_u8..3, input).prop_map(|(wait_secs, load, viewer, input)| Step {
        wait_secs,
        load: LoadLevel::ALL[load],
        viewer,
        input,
    });
    proptest::collection::vec(step, 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn agrees_with_the_model_and_tells_every_change(steps in steps()) {
        let (mut tracker, mut model) = (Tracker::default(), Model::default());
        model.next_sweep = 30 * SECOND;
        let mut told: BTreeMap<SensorId, Levels> = BTreeMap::new();
        let mut now = 0;
        tracker.advance(LoadLevel::Normal, now);
        for step in steps {
            now += step.wait_secs * SECOND;
            let mut changes = tracker.advance(step.load, now);
            model.advance(step.load, now);
            let known = |target: &Target| target.sensor.as_str() != "s2";
            let viewer = ViewerId::parse(&format!("v{}", step.viewer)).unwrap();
            changes.extend(tracker.on_input(&viewer, real(&step.input), &known, step.load, now));
            model.input(step.viewer, &step.input, step.load, now);
            told.extend(changes.into_iter().map(|change| (change.sensor, change.levels)));
            assert_books_agree(&tracker);
            for number in 0..6 {
                let Target { sensor, attribute } = target(number);
                let levels = told.get(&sensor).cloned().unwrap_or_default();
                prop_assert_eq!(&levels, &tracker.levels(&sensor), "not every change was told");
                let level = attribute.map_or(levels.sensor, |id| levels.of(&id));
                prop_assert_eq!(level, model.level(number, now), "target {} after {:?}", number, step);
            }
        }
    }
}
