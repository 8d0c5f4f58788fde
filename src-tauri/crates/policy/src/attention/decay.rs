//! How long attention lasts after it has gone elsewhere, by load ("platform,
//! attention tracker: decay"). Under load, what nobody looks at any more is let
//! go of sooner.

use super::Action;
use model::LoadLevel;

const SECOND_NS: i64 = 1_000_000_000;
const MINUTE_NS: i64 = 60 * SECOND_NS;

/// A duration for each level of load, the lowest load first, nanoseconds.
pub type ByLoad = [i64; 4];

/// How long attention lasts, nanoseconds. The defaults are the platform's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timings {
    /// How long a target stays high that has lost the focus.
    pub unfocus_ns: ByLoad,
    /// How long a target stays high that the pointer has left.
    pub hover_leave_ns: ByLoad,
    /// A viewer silent for this long is gone.
    pub stale_ns: ByLoad,
    /// A record that no viewer has marked for this long is forgotten.
    pub orphan_ns: ByLoad,
    /// How often stale viewers and orphaned records are looked for.
    pub sweep_ns: i64,
    /// How long the levels known before a crash hold.
    pub grace_ns: i64,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            unfocus_ns: [15, 8, 5, 2].map(|secs| secs * SECOND_NS),
            hover_leave_ns: [8, 4, 2, 1].map(|secs| secs * SECOND_NS),
            stale_ns: [30 * MINUTE_NS, 5 * MINUTE_NS, 2 * MINUTE_NS, 30 * SECOND_NS],
            orphan_ns: [120, 60, 30, 15].map(|secs| secs * SECOND_NS),
            sweep_ns: 30 * SECOND_NS,
            grace_ns: 60 * SECOND_NS,
        }
    }
}

impl Timings {
    /// How long a target stays high after `action` took the focus or the pointer
    /// away; none for any other action.
    pub(super) fn boost_ns(&self, action: Action, load: LoadLevel) -> Option<i64> {
        match action {
            Action::Unfocus => Some(self.unfocus_ns[load as usize]),
            Action::HoverLeave => Some(self.hover_leave_ns[load as usize]),
            _ => None,
        }
    }
}
