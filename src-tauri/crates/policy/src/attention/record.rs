//! The marks on one sensor and its attributes, and the levels they come to.

use super::levels::Levels;
use super::viewer::Viewer;
use super::{Action, Timings};
use model::{AttentionLevel, AttributeId, LoadLevel, ViewerId};
use std::collections::BTreeMap;

/// What one viewer does with one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "five independent marks, not states of one machine")]
struct Mark {
    registered: bool,
    viewed: bool,
    hovered: bool,
    focused: bool,
    pinned: bool,
    /// Until when it stays high after the pointer or the focus left.
    boost_ns: Option<i64>,
}

/// An action with the circumstances that it happens in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Act {
    pub action: Action,
    pub now_ns: i64,
    pub load: LoadLevel,
    pub timings: Timings,
}

/// What an action came to.
pub(super) struct Outcome {
    /// Whether the viewer still has a mark on the target.
    pub is_marked: bool,
    /// The end of its boost before the action.
    pub boost_before_ns: Option<i64>,
    /// The end of its boost now.
    pub boost_ns: Option<i64>,
}

/// The marks on one target.
#[derive(Clone, Debug, Default)]
pub(super) struct TargetRecord {
    marks: BTreeMap<ViewerId, Mark>,
    /// Since when nobody has marked it.
    orphan_since_ns: Option<i64>,
}

/// The marks on one sensor and its attributes.
#[derive(Clone, Debug, Default)]
pub(super) struct SensorRecord {
    own: TargetRecord,
    attributes: BTreeMap<AttributeId, TargetRecord>,
    /// The levels as they were last given out.
    pub published: Levels,
}

impl Act {
    /// How long what `action` lets go of stays high.
    fn boost_ns(&self, action: Action) -> Option<i64> {
        self.timings.boost_ns(action, self.load)
    }

    /// Whether the action makes a mark, and not only takes one away.
    pub fn adds(self) -> bool {
        matches!(
            self.action,
            Action::Register | Action::ViewEnter | Action::HoverEnter | Action::Focus | Action::Pin
        )
    }
}

impl Mark {
    fn act(&mut self, act: Act) {
        match act.action {
            Action::Register => self.registered = true,
            Action::ViewEnter => self.viewed = true,
            Action::HoverEnter => (self.viewed, self.hovered) = (true, true),
            Action::Focus => (self.viewed, self.focused) = (true, true),
            Action::HoverLeave => self.leave(Action::HoverLeave, act),
            Action::Unfocus => self.leave(Action::Unfocus, act),
            Action::ViewLeave => {
                self.leave(Action::HoverLeave, act);
                self.leave(Action::Unfocus, act);
                self.viewed = false;
            }
            Action::Pin => self.pinned = true,
            Action::Unpin => self.pinned = false,
        }
    }

    /// Takes pointer or focus away, where it was, and boosts instead.
    fn leave(&mut self, action: Action, act: Act) {
        let left = match action {
            Action::HoverLeave => std::mem::take(&mut self.hovered),
            _ => std::mem::take(&mut self.focused),
        };
        if left {
            let end_ns = act.boost_ns(action).map(|boost| act.now_ns.saturating_add(boost));
            self.boost_ns = self.boost_ns.max(end_ns);
        }
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What the mark of `viewer` comes to at `now_ns`.
    fn level(&self, viewer: &Viewer, now_ns: i64) -> AttentionLevel {
        let is_boosted = self.boost_ns.is_some_and(|end_ns| end_ns > now_ns);
        let asked = if self.pinned {
            AttentionLevel::High
        } else if viewer.is_hidden {
            AttentionLevel::Low
        } else if self.focused || self.hovered || is_boosted {
            AttentionLevel::High
        } else if self.viewed {
            AttentionLevel::Medium
        } else {
            AttentionLevel::Low
        };
        asked.min(viewer.battery.cap())
    }
}

impl TargetRecord {
    pub fn act(&mut self, viewer: &ViewerId, act: Act) -> Outcome {
        let mark = self.marks.entry(viewer.clone()).or_default();
        let boost_before_ns = mark.boost_ns;
        mark.act(act);
        let boost_ns = mark.boost_ns;
        let is_marked = !mark.is_empty();
        if is_marked {
            self.orphan_since_ns = None;
        } else {
            self.unmark(viewer, act.now_ns);
        }
        Outcome { is_marked, boost_before_ns, boost_ns }
    }

    pub fn unmark(&mut self, viewer: &ViewerId, now_ns: i64) {
        self.marks.remove(viewer);
        if self.marks.is_empty() {
            self.orphan_since_ns.get_or_insert(now_ns);
        }
    }

    /// Ends the boost of a viewer; whether its mark is still there.
    pub fn end_boost(&mut self, viewer: &ViewerId, now_ns: i64) -> bool {
        let Some(mark) = self.marks.get_mut(viewer) else { return false };
        mark.boost_ns = None;
        let is_marked = !mark.is_empty();
        if !is_marked {
            self.unmark(viewer, now_ns);
        }
        is_marked
    }

    /// Every mark: whose, and the end of its boost.
    #[cfg(test)]
    pub fn marks(&self) -> impl Iterator<Item = (&ViewerId, Option<i64>)> {
        self.marks.iter().map(|(viewer, mark)| (viewer, mark.boost_ns))
    }

    fn is_there(&self) -> bool {
        !self.marks.is_empty() || self.orphan_since_ns.is_some()
    }

    /// The maximum over the viewers; none where no viewer has marked it.
    fn level(&self, viewers: &BTreeMap<ViewerId, Viewer>, now_ns: i64) -> Option<AttentionLevel> {
        let marks = self.marks.iter().filter_map(|(id, mark)| viewers.get(id).map(|viewer| (viewer, mark)));
        marks.map(|(viewer, mark)| mark.level(viewer, now_ns)).max()
    }

    fn is_orphaned(&self, now_ns: i64, orphaned_ns: i64) -> bool {
        self.orphan_since_ns.is_some_and(|since_ns| now_ns.saturating_sub(since_ns) >= orphaned_ns)
    }
}

impl SensorRecord {
    pub fn target(&mut self, attribute: Option<&AttributeId>) -> &mut TargetRecord {
        match attribute {
            None => &mut self.own,
            Some(id) => self.attributes.entry(id.clone()).or_default(),
        }
    }

    /// Every target of the sensor with its marks.
    #[cfg(test)]
    pub fn targets(&self) -> impl Iterator<Item = (Option<&AttributeId>, &TargetRecord)> {
        std::iter::once((None, &self.own))
            .chain(self.attributes.iter().map(|(id, record)| (Some(id), record)))
    }

    /// Whether nothing is known of the sensor any more.
    pub fn is_empty(&self) -> bool {
        !self.own.is_there() && self.attributes.is_empty()
    }

    /// Forgets what nobody has marked for `orphaned_ns`; whether there was any.
    pub fn drop_orphans(&mut self, now_ns: i64, orphaned_ns: i64) -> bool {
        let before = self.attributes.len();
        self.attributes.retain(|_, record| !record.is_orphaned(now_ns, orphaned_ns));
        let own = self.own.is_orphaned(now_ns, orphaned_ns);
        if own {
            self.own = TargetRecord::default();
        }
        own || self.attributes.len() < before
    }

    pub fn levels(&self, viewers: &BTreeMap<ViewerId, Viewer>, now_ns: i64) -> Levels {
        let attributes: BTreeMap<_, _> = self
            .attributes
            .iter()
            .filter_map(|(id, record)| Some((id.clone(), record.level(viewers, now_ns)?)))
            .collect();
        let own = self.own.level(viewers, now_ns);
        // A record that nobody has marked for a moment is still registered.
        let known = if self.is_empty() { AttentionLevel::None } else { AttentionLevel::Low };
        let sensor = attributes.values().copied().chain(own).chain([known]).max().unwrap_or(known);
        Levels { sensor, attributes }
    }
}
