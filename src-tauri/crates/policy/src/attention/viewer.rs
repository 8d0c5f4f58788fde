//! One viewer: when it was last heard of, whether its page shows, its battery,
//! and what it has marked.

use super::levels::Target;
use model::AttentionLevel;
use std::collections::BTreeSet;

/// Under this many percent a battery is low …
const LOW_PERCENT: f32 = 30.0;
/// … and under this many, critical.
const CRITICAL_PERCENT: f32 = 15.0;

/// The battery of a viewer's machine. A machine without one is as good as charging.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Battery {
    /// Charge, 0 to 100 %.
    pub percent: f32,
    /// Whether it charges.
    pub is_charging: bool,
}

impl Battery {
    /// The highest level that a viewer on this battery can ask for. A charge
    /// that is not a number caps nothing.
    #[must_use]
    pub fn cap(self) -> AttentionLevel {
        match self {
            Self { is_charging: true, .. } => AttentionLevel::High,
            Self { percent, .. } if percent < CRITICAL_PERCENT => AttentionLevel::Low,
            Self { percent, .. } if percent < LOW_PERCENT => AttentionLevel::Medium,
            Self { .. } => AttentionLevel::High,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Viewer {
    pub seen_ns: i64,
    pub is_hidden: bool,
    pub battery: Battery,
    /// What it has marked.
    pub targets: BTreeSet<Target>,
}

impl Viewer {
    pub fn new(now_ns: i64) -> Self {
        let mains = Battery { percent: 100.0, is_charging: true };
        Self { seen_ns: now_ns, is_hidden: false, battery: mains, targets: BTreeSet::new() }
    }
}
