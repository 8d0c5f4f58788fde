//! How long attention lasts after it has gone elsewhere, by load ("platform,
//! attention tracker: decay"). Under load, what nobody looks at any more is let
//! go of sooner.

use super::Action;
use model::LoadLevel;

const SECOND_NS: i64 = 1_000_000_000;
const MINUTE_NS: i64 = 60 * SECOND_NS;

/// How often stale viewers and orphaned records are looked for.
pub const SWEEP_NS: i64 = 30 * SECOND_NS;
/// How long the levels known before a crash hold.
pub const GRACE_NS: i64 = 60 * SECOND_NS;

/// How long a target stays high after `action` took the focus or the pointer
/// away; none for any other action.
#[must_use]
pub fn boost_ns(action: Action, load: LoadLevel) -> Option<i64> {
    let by_load = match action {
        Action::Unfocus => [15, 8, 5, 2],
        Action::HoverLeave => [8, 4, 2, 1],
        _ => return None,
    };
    Some(by_load[load as usize] * SECOND_NS)
}

/// A viewer silent for this long is gone.
#[must_use]
pub fn stale_ns(load: LoadLevel) -> i64 {
    [30 * MINUTE_NS, 5 * MINUTE_NS, 2 * MINUTE_NS, 30 * SECOND_NS][load as usize]
}

/// A record that no viewer has marked for this long is forgotten.
#[must_use]
pub fn orphan_ns(load: LoadLevel) -> i64 {
    [120, 60, 30, 15][load as usize] * SECOND_NS
}
