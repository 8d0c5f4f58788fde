//! The entrance of attention: a bucket for every viewer, and one for all of them,
//! so that a page gone wild is turned away before it costs the others theirs.

use super::{Entrance, EntranceView};
use governor::clock::DefaultClock;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use model::ViewerId;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

/// Words of one viewer a second in the long run, and at once. A request has 64 at most.
const VIEWER_PER_SEC: NonZeroU32 = NonZeroU32::new(100).unwrap();
const VIEWER_BURST: NonZeroU32 = NonZeroU32::new(500).unwrap();
/// Viewers whose buckets are not full again at most; further ones are turned away.
const VIEWERS_MAX: usize = 1024;

/// What viewers tell of what they show.
pub struct Viewers {
    all: Entrance,
    each: RateLimiter<ViewerId, HashMapStateStore<ViewerId>, DefaultClock>,
    passed: AtomicU64,
    refused: AtomicU64,
}

impl Viewers {
    /// An entrance for `per_sec` words of all viewers together.
    #[must_use]
    pub fn new(per_sec: u32) -> Self {
        Self {
            all: Entrance::new("attention", per_sec, per_sec.max(1000)),
            each: RateLimiter::hashmap(Quota::per_second(VIEWER_PER_SEC).allow_burst(VIEWER_BURST)),
            passed: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        }
    }

    /// Whether one more word of `viewer` may come in. Never waits.
    #[must_use]
    pub fn admits(&self, viewer: &ViewerId) -> bool {
        let admitted = self.has_room() && self.each.check_key(viewer).is_ok();
        let count = if admitted { &self.passed } else { &self.refused };
        count.fetch_add(1, Ordering::Relaxed);
        admitted && self.all.admits()
    }

    /// Buckets that are full again are forgotten: an unknown viewer has a full one.
    fn has_room(&self) -> bool {
        if self.each.len() >= VIEWERS_MAX {
            self.each.retain_recent();
        }
        self.each.len() < VIEWERS_MAX
    }

    /// For each viewer, and all together.
    #[must_use]
    pub fn views(&self) -> [EntranceView; 2] {
        let each = EntranceView {
            name: "attention of one viewer",
            per_sec: VIEWER_PER_SEC.get(),
            burst: VIEWER_BURST.get(),
            passed: self.passed.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        };
        [each, self.all.view()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn viewer(name: &str) -> ViewerId {
        ViewerId::parse(name).unwrap()
    }

    #[test]
    fn a_viewer_that_storms_is_turned_away_and_leaves_the_others_their_room() {
        let viewers = Viewers::new(200);
        let admitted = (0..10_000).filter(|_| viewers.admits(&viewer("wild"))).count() as u64;
        assert!((500..900).contains(&admitted), "{admitted}");
        assert!(viewers.admits(&viewer("calm")));
        let [each, all] = viewers.views();
        assert_eq!((each.passed, each.refused), (admitted + 1, 10_000 - admitted));
        assert_eq!((all.passed, all.refused), (admitted + 1, 0));
    }

    #[test]
    fn invented_viewers_take_no_memory_without_bound() {
        let viewers = Viewers::new(200);
        let admitted = (0..5000).filter(|k| viewers.admits(&viewer(&format!("viewer-{k}")))).count() as u64;
        assert!(viewers.each.len() <= VIEWERS_MAX);
        let [each, all] = viewers.views();
        assert_eq!((each.passed + each.refused, all.passed), (5000, admitted));
        assert_eq!(all.passed + all.refused, each.passed);
    }
}
