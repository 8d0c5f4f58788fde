//! The wall in front of the disk with the recordings: whoever opens or lists
//! files there waits [`DISK_DEADLINE`] at most, however long the disk hangs. It has
//! several places, so that with one disk hanging another can still be used.

use crate::supervisor::{Tier, Tree};
use crate::walls::{Wall, WallConfig};
use model::Clock;
use policy::breaker::BreakerRule;
use std::sync::Arc;
use std::time::Duration;

/// How long the disk may take to open a recording, or to list them.
pub const DISK_DEADLINE: Duration = Duration::from_secs(10);
/// Calls at once, those that hang included.
const PLACES: u32 = 4;
/// How long it is left alone after it has failed too often: shorter than the
/// usual, because somebody waits for it.
const REST_NS: i64 = 5_000_000_000;

/// The wall.
///
/// # Errors
/// The operating system has no thread left.
pub fn wall(clock: Arc<dyn Clock>, tree: &Tree) -> std::io::Result<Wall> {
    let breaker = BreakerRule { open_ns: REST_NS, probation: 1, ..BreakerRule::default() };
    let config = WallConfig { deadline: DISK_DEADLINE, width: PLACES, breaker };
    Wall::start("recordings", clock, config, tree, Tier::Storage)
}
