//! How closely each sensor is watched, and by whom it is asked.
//!
//! Viewers (open pages, headless clients) say what they have in view, hover,
//! focus or pin. A mark counts high (pinned, focused, hovered, or un-focused or
//! un-hovered a moment ago), medium (in view) or low (registered); a target's
//! level is the maximum over viewers, a sensor's over itself and its attributes.
//! An attribute that no viewer has marked falls back to its sensor. Timings:
//! [`Timings`]. Decided here, where the platform is silent or wrong:
//!
//! - Hover and focus imply view, and what leaves the view is neither hovered nor
//!   focused any more (it keeps the boost).
//! - A hidden page counts as low for all it has marked, but for its pins: nobody
//!   looks, yet the page knows its sensors and comes back without asking anew.
//! - The battery cap really caps, pins included: medium on a low battery, low on
//!   a critical one, never while it charges.
//! - Targets that the console does not have are refused and counted; viewers and
//!   marks are bounded.
//! - After a crash the levels known before hold for a grace period; in it, new
//!   marks can raise a level and nothing can lower it.

mod decay;
mod levels;
mod record;
mod viewer;

pub use self::decay::{ByLoad, Timings};
pub use self::levels::{Change, Levels, Target};
pub use self::viewer::Battery;

use self::record::{Act, SensorRecord};
use self::viewer::Viewer;
use model::{LoadLevel, SensorId, ViewerId};
use std::collections::{BTreeMap, BTreeSet};

/// So many viewers at most.
pub const VIEWERS_MAX: usize = 64;
/// So many targets a viewer may have marked at most.
pub const TARGETS_MAX: usize = 20_000;
/// Where there is no room for a new viewer, one that has been silent for this
/// long gives way.
const GIVES_WAY_AFTER_NS: i64 = 60 * 1_000_000_000;

/// What a viewer does with targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// It lists them, without showing them.
    Register,
    /// They came into view.
    ViewEnter,
    /// They went out of view.
    ViewLeave,
    /// The pointer is over them.
    HoverEnter,
    /// The pointer has left them.
    HoverLeave,
    /// They have the focus.
    Focus,
    /// They lost the focus.
    Unfocus,
    /// The operator keeps them.
    Pin,
    /// The operator lets them go.
    Unpin,
}

/// What a viewer tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// An action on any number of targets.
    Act(Action, Vec<Target>),
    /// Its page is not visible.
    PageHidden,
    /// Its page is visible again.
    PageVisible,
    /// The battery of its machine.
    Battery(Battery),
    /// It is still there.
    Heartbeat,
    /// It is gone.
    Gone,
}

/// What was refused, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// Targets that the console does not have.
    pub unknown_targets: u64,
    /// Inputs of viewers for whom there was no room.
    pub viewers: u64,
    /// Targets beyond [`TARGETS_MAX`] of a viewer.
    pub targets: u64,
}

/// The levels that held before a crash, and until when.
#[derive(Clone, Debug)]
struct Grace {
    until_ns: i64,
    cached: BTreeMap<SensorId, Levels>,
}

/// Who watches what.
#[derive(Clone, Debug, Default)]
pub struct Tracker {
    timings: Timings,
    viewers: BTreeMap<ViewerId, Viewer>,
    sensors: BTreeMap<SensorId, SensorRecord>,
    /// (end, viewer, target) of every boost, the first to end first.
    boosts: BTreeSet<(i64, ViewerId, Target)>,
    grace: Option<Grace>,
    next_sweep_ns: Option<i64>,
    refused: Refused,
    stale_viewers: u64,
}

impl Tracker {
    /// Nobody watches anything yet.
    #[must_use]
    pub fn new(timings: Timings) -> Self {
        Self { timings, ..Self::default() }
    }

    /// Takes up the work of a tracker that crashed: the levels that it had given
    /// out hold for [`Timings::grace_ns`], in which viewers report again.
    #[must_use]
    pub fn after_crash(timings: Timings, cached: impl IntoIterator<Item = Change>, now_ns: i64) -> Self {
        let cached = cached.into_iter().map(|change| (change.sensor, change.levels)).collect();
        let grace = Grace { until_ns: now_ns.saturating_add(timings.grace_ns), cached };
        let mut tracker = Self { grace: Some(grace), ..Self::new(timings) };
        for (sensor, levels) in tracker.grace.iter().flat_map(|grace| &grace.cached) {
            tracker.sensors.entry(sensor.clone()).or_default().published = levels.clone();
        }
        tracker
    }

    /// Takes one input of a viewer; gives back whose levels changed. `known` says
    /// whether the console has a target.
    pub fn on_input(
        &mut self,
        viewer: &ViewerId,
        input: Input,
        known: &dyn Fn(&Target) -> bool,
        load: LoadLevel,
        now_ns: i64,
    ) -> Vec<Change> {
        if matches!(input, Input::Gone) {
            let touched = self.remove_viewer(viewer, now_ns);
            return self.publish(touched, now_ns);
        }
        let Some(mut touched) = self.admit(viewer, now_ns) else {
            self.refused.viewers += 1;
            return Vec::new();
        };
        match input {
            Input::Act(action, targets) => {
                let act = Act { action, now_ns, load, timings: self.timings };
                touched.extend(targets.into_iter().filter_map(|target| self.act(viewer, target, act, known)));
            }
            Input::PageHidden => touched.extend(self.change_viewer(viewer, |one| one.is_hidden = true)),
            Input::PageVisible => touched.extend(self.change_viewer(viewer, |one| one.is_hidden = false)),
            Input::Battery(battery) => {
                touched.extend(self.change_viewer(viewer, |one| one.battery = battery))
            }
            Input::Heartbeat | Input::Gone => (),
        }
        self.publish(touched, now_ns)
    }

    /// Lets time pass: boosts end, the grace ends, and now and then stale viewers
    /// and orphaned records are swept. Gives back whose levels changed.
    pub fn advance(&mut self, load: LoadLevel, now_ns: i64) -> Vec<Change> {
        let mut touched = self.end_boosts(now_ns);
        touched.extend(self.end_grace(now_ns));
        let next_ns = now_ns.saturating_add(self.timings.sweep_ns);
        let sweep_ns = *self.next_sweep_ns.get_or_insert(next_ns);
        if now_ns >= sweep_ns {
            self.next_sweep_ns = Some(next_ns);
            touched.extend(self.sweep(load, now_ns));
        }
        self.publish(touched, now_ns)
    }

    /// When [`Self::advance`] has something to do, host nanoseconds.
    #[must_use]
    pub fn next_due_ns(&self) -> Option<i64> {
        let boost = self.boosts.first().map(|(end_ns, _, _)| *end_ns);
        let grace = self.grace.as_ref().map(|grace| grace.until_ns);
        [boost, grace, self.next_sweep_ns].into_iter().flatten().min()
    }

    /// Forgets a sensor that the console no longer has.
    pub fn forget(&mut self, sensor: &SensorId) {
        self.sensors.remove(sensor);
        self.boosts.retain(|(_, _, target)| target.sensor != *sensor);
        if let Some(grace) = &mut self.grace {
            grace.cached.remove(sensor);
        }
        for viewer in self.viewers.values_mut() {
            viewer.targets.retain(|target| target.sensor != *sensor);
        }
    }

    /// Forgets every sensor that the console no longer has.
    pub fn retain(&mut self, is_there: &dyn Fn(&SensorId) -> bool) {
        let cached = self.grace.iter().flat_map(|grace| grace.cached.keys());
        let gone: Vec<_> = self.sensors.keys().chain(cached).filter(|id| !is_there(id)).cloned().collect();
        gone.iter().for_each(|sensor| self.forget(sensor));
    }

    /// The levels of a sensor, as they were last given out.
    #[must_use]
    pub fn levels(&self, sensor: &SensorId) -> Levels {
        self.sensors.get(sensor).map(|record| record.published.clone()).unwrap_or_default()
    }

    /// How many viewers there are.
    #[must_use]
    pub fn viewers(&self) -> usize {
        self.viewers.len()
    }

    /// How many viewers fell silent and were removed.
    #[must_use]
    pub fn stale_viewers(&self) -> u64 {
        self.stale_viewers
    }

    /// What was refused so far.
    #[must_use]
    pub fn refused(&self) -> Refused {
        self.refused
    }

    /// Lets a viewer in, or notes that it is still there; gives back the sensors
    /// of a viewer that gave way. None where there is no room.
    fn admit(&mut self, viewer: &ViewerId, now_ns: i64) -> Option<BTreeSet<SensorId>> {
        if let Some(known) = self.viewers.get_mut(viewer) {
            known.seen_ns = now_ns;
            return Some(BTreeSet::new());
        }
        let freed = if self.viewers.len() < VIEWERS_MAX {
            BTreeSet::new()
        } else {
            let (quietest, seen_ns) =
                self.viewers.iter().map(|(id, one)| (id, one.seen_ns)).min_by_key(|(_, seen_ns)| *seen_ns)?;
            if now_ns.saturating_sub(seen_ns) < GIVES_WAY_AFTER_NS {
                return None;
            }
            let quietest = quietest.clone();
            self.stale_viewers += 1;
            self.remove_viewer(&quietest, now_ns)
        };
        self.viewers.insert(viewer.clone(), Viewer::new(now_ns));
        Some(freed)
    }

    /// One action on one target; the sensor whose levels may have changed.
    fn act(
        &mut self,
        viewer: &ViewerId,
        target: Target,
        act: Act,
        known: &dyn Fn(&Target) -> bool,
    ) -> Option<SensorId> {
        let marks = &mut self.viewers.get_mut(viewer)?.targets;
        let is_marked = marks.contains(&target);
        if !is_marked && !act.adds() {
            return None;
        }
        if !is_marked && !known(&target) {
            self.refused.unknown_targets += 1;
            return None;
        }
        if !is_marked && marks.len() >= TARGETS_MAX {
            self.refused.targets += 1;
            return None;
        }
        let record = self.sensors.entry(target.sensor.clone()).or_default();
        let outcome = record.target(target.attribute.as_ref()).act(viewer, act);
        match outcome.is_marked {
            true => marks.insert(target.clone()),
            false => marks.remove(&target),
        };
        let sensor = target.sensor.clone();
        self.reschedule(viewer, target, outcome.boost_before_ns, outcome.boost_ns);
        Some(sensor)
    }

    fn reschedule(&mut self, viewer: &ViewerId, target: Target, before_ns: Option<i64>, end_ns: Option<i64>) {
        if before_ns == end_ns {
            return;
        }
        if let Some(before_ns) = before_ns {
            self.boosts.remove(&(before_ns, viewer.clone(), target.clone()));
        }
        if let Some(end_ns) = end_ns {
            self.boosts.insert((end_ns, viewer.clone(), target));
        }
    }

    fn change_viewer(&mut self, viewer: &ViewerId, change: impl FnOnce(&mut Viewer)) -> BTreeSet<SensorId> {
        let Some(one) = self.viewers.get_mut(viewer) else { return BTreeSet::new() };
        change(one);
        one.targets.iter().map(|target| target.sensor.clone()).collect()
    }

    fn remove_viewer(&mut self, viewer: &ViewerId, now_ns: i64) -> BTreeSet<SensorId> {
        let Some(one) = self.viewers.remove(viewer) else { return BTreeSet::new() };
        self.boosts.retain(|(_, boosted, _)| boosted != viewer);
        for target in &one.targets {
            if let Some(record) = self.sensors.get_mut(&target.sensor) {
                record.target(target.attribute.as_ref()).unmark(viewer, now_ns);
            }
        }
        one.targets.into_iter().map(|target| target.sensor).collect()
    }

    fn end_boosts(&mut self, now_ns: i64) -> BTreeSet<SensorId> {
        let mut touched = BTreeSet::new();
        while self.boosts.first().is_some_and(|(end_ns, _, _)| *end_ns <= now_ns)
            && let Some((_, viewer, target)) = self.boosts.pop_first()
        {
            if let Some(record) = self.sensors.get_mut(&target.sensor)
                && !record.target(target.attribute.as_ref()).end_boost(&viewer, now_ns)
                && let Some(one) = self.viewers.get_mut(&viewer)
            {
                one.targets.remove(&target);
            }
            touched.insert(target.sensor);
        }
        touched
    }

    fn end_grace(&mut self, now_ns: i64) -> Vec<SensorId> {
        match self.grace.take_if(|grace| now_ns >= grace.until_ns) {
            Some(grace) => grace.cached.into_keys().collect(),
            None => Vec::new(),
        }
    }

    fn sweep(&mut self, load: LoadLevel, now_ns: i64) -> BTreeSet<SensorId> {
        let stale_ns = self.timings.stale_ns[load as usize];
        let is_stale = |viewer: &Viewer| now_ns.saturating_sub(viewer.seen_ns) >= stale_ns;
        let stale = self.viewers.iter().filter(|(_, one)| is_stale(one)).map(|(id, _)| id.clone());
        let stale: Vec<ViewerId> = stale.collect();
        self.stale_viewers += stale.len() as u64;
        let mut touched = BTreeSet::new();
        for viewer in &stale {
            touched.extend(self.remove_viewer(viewer, now_ns));
        }
        let orphaned_ns = self.timings.orphan_ns[load as usize];
        for (sensor, record) in &mut self.sensors {
            if record.drop_orphans(now_ns, orphaned_ns) {
                touched.insert(sensor.clone());
            }
        }
        touched
    }

    /// Computes the levels of `sensors` anew and gives back those that changed.
    fn publish(&mut self, sensors: impl IntoIterator<Item = SensorId>, now_ns: i64) -> Vec<Change> {
        let mut changes = Vec::new();
        for sensor in sensors.into_iter().collect::<BTreeSet<_>>() {
            let Some(record) = self.sensors.get_mut(&sensor) else { continue };
            let cached = self.grace.as_ref().and_then(|grace| grace.cached.get(&sensor));
            let mut levels = record.levels(&self.viewers, now_ns);
            if let Some(cached) = cached {
                levels = levels.raised_to(cached);
            }
            if record.published != levels {
                record.published = levels.clone();
                changes.push(Change { sensor: sensor.clone(), levels });
            }
            if record.is_empty() && cached.is_none() {
                self.sensors.remove(&sensor);
            }
        }
        changes
    }
}

#[cfg(test)]
mod against_model;
#[cfg(test)]
mod tests;
