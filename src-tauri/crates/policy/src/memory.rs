//! Whether memory is short, and what "all of it" means.
//!
//! Protection begins at a ratio of 0.85 and counts as critical from 0.92 (the
//! platform's production values); both are left with hysteresis, see
//! [`crate::ladder`]. Inside a container the container's limit counts, outside it
//! the host's; where both are known, the one that is nearer to being used up.

use crate::ladder::{Ladder, Reluctance};

/// How short memory is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemoryState {
    /// There is enough.
    #[default]
    Free,
    /// Sources and stores hold back.
    Protected,
    /// What can be let go is let go.
    Critical,
}

impl MemoryState {
    const ALL: [Self; 3] = [Self::Free, Self::Protected, Self::Critical];
}

/// Where a limit comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LimitSource {
    /// A control group of version 2.
    CgroupV2,
    /// A control group of version 1.
    CgroupV1,
    /// The machine's own memory.
    #[default]
    Host,
}

impl LimitSource {
    /// The source's name on screen.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CgroupV2 => "cgroup_v2",
            Self::CgroupV1 => "cgroup_v1",
            Self::Host => "host",
        }
    }
}

/// What is used of what may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryUse {
    /// Used, bytes.
    pub used_bytes: u64,
    /// May be used, bytes.
    pub limit_bytes: u64,
    /// Where the limit comes from.
    pub source: LimitSource,
}

impl MemoryUse {
    /// used ÷ limit; 0 where no limit is known.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        if self.limit_bytes == 0 { 0.0 } else { self.used_bytes as f64 / self.limit_bytes as f64 }
    }
}

/// The use that counts: that of the control group where its limit is a real one
/// and nearer to being used up than the host's memory.
#[must_use]
pub fn tightest(group: Option<MemoryUse>, host: MemoryUse) -> MemoryUse {
    // A group without a limit reports one that is larger than the machine.
    let limited = group.filter(|group| {
        group.limit_bytes > 0 && (host.limit_bytes == 0 || group.limit_bytes < host.limit_bytes)
    });
    match limited {
        Some(group) if group.ratio() >= host.ratio() => group,
        _ => host,
    }
}

/// The knobs of the protection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemoryConfig {
    /// Ratio from which memory is protected.
    pub start: f64,
    /// Ratio that is critical.
    pub critical: f64,
    /// How reluctantly either is left.
    pub reluctance: Reluctance,
}

impl Default for MemoryConfig {
    fn default() -> Self {
        Self { start: 0.85, critical: 0.92, reluctance: Reluctance::default() }
    }
}

/// Decides whether memory is short.
#[derive(Clone, Debug)]
pub struct MemoryGuard {
    config: MemoryConfig,
    ladder: Ladder<2>,
}

impl MemoryGuard {
    /// Nothing is short yet.
    #[must_use]
    pub fn new(config: MemoryConfig) -> Self {
        Self { config, ladder: Ladder::new(config.reluctance) }
    }

    /// Takes the ratio of used memory at `now_ns`.
    pub fn observe(&mut self, ratio: f64, now_ns: i64) -> MemoryState {
        self.ladder.observe(ratio, &[self.config.start, self.config.critical], now_ns);
        self.state()
    }

    /// How short memory is.
    #[must_use]
    pub fn state(&self) -> MemoryState {
        MemoryState::ALL.get(self.ladder.step()).copied().unwrap_or(MemoryState::Critical)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;
    const GIB: u64 = 1 << 30;

    fn used(used_gib: u64, limit_gib: u64, source: LimitSource) -> MemoryUse {
        MemoryUse { used_bytes: used_gib * GIB, limit_bytes: limit_gib * GIB, source }
    }

    #[test]
    fn protection_begins_at_its_ratio_and_is_critical_at_the_next() {
        for (ratio, state) in [
            (0.849, MemoryState::Free),
            (0.85, MemoryState::Protected),
            (0.919, MemoryState::Protected),
            (0.92, MemoryState::Critical),
        ] {
            assert_eq!(MemoryGuard::new(MemoryConfig::default()).observe(ratio, 0), state, "{ratio}");
        }
    }

    #[test]
    fn protection_ends_five_seconds_after_memory_has_fallen_clearly_below() {
        let mut guard = MemoryGuard::new(MemoryConfig::default());
        guard.observe(0.95, 0);
        assert_eq!(guard.observe(0.88, 60 * SECOND), MemoryState::Critical, "0.88 is not 0.05 below");
        guard.observe(0.86, 61 * SECOND);
        assert_eq!(guard.observe(0.86, 66 * SECOND), MemoryState::Protected);
        guard.observe(0.79, 70 * SECOND);
        assert_eq!(guard.observe(0.79, 75 * SECOND), MemoryState::Free);
    }

    #[test]
    fn the_limit_of_the_group_counts_where_it_is_tighter() {
        let host = used(4, 16, LimitSource::Host);
        let group = used(1, 2, LimitSource::CgroupV2);
        assert_eq!(tightest(Some(group), host), group);
        let full_host = used(15, 16, LimitSource::Host);
        assert_eq!(tightest(Some(group), full_host), full_host, "the machine is fuller than the group");
    }

    #[test]
    fn a_group_without_a_real_limit_is_no_limit() {
        let host = used(4, 16, LimitSource::Host);
        let unlimited = MemoryUse {
            used_bytes: 15 * GIB,
            limit_bytes: 9_223_372_036_854_771_712,
            source: LimitSource::CgroupV1,
        };
        assert_eq!(tightest(Some(unlimited), host), host);
        assert_eq!(tightest(Some(used(1, 0, LimitSource::CgroupV2)), host), host);
        assert_eq!(tightest(None, host), host);
    }

    #[test]
    fn nothing_known_is_no_reason_to_protect() {
        assert!(MemoryUse::default().ratio().abs() < 1e-12);
    }
}
