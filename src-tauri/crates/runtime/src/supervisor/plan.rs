//! The plan of the tree: its supervisors, their order, and what each of them may
//! restart before it counts as failed itself.

use policy::restart::Intensity;
use policy::supervise::{AutoShutdown, ChildKey, Flags, RestartType, Strategy};

/// The six tiers, in the order of their start. They are stopped in reverse, and
/// when one fails those behind it are restarted with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tier {
    /// Task pool, telemetry.
    Infrastructure,
    /// What serves the registries. Their contents belong to no thread.
    Registries,
    /// Recorder, outbox, history.
    Storage,
    /// The bio modules.
    Bio,
    /// The services of the domain: attention, load. (Sensors, rooms and connectors
    /// are places of their own in this tier, and stop before its services.)
    Domain,
    /// IPC, HTTP, health.
    Edge,
}

/// Where a child can be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A tier: its child, and its failure is the tier's, unless it is guarded.
    Tier(Tier),
    /// Workers of sensors; each is given up alone.
    Sensors,
    /// Rooms; each is given up alone.
    Rooms,
    /// Connectors; each is given up alone.
    Connectors,
}

impl From<Tier> for Place {
    fn from(tier: Tier) -> Self {
        Self::Tier(tier)
    }
}

/// A supervisor of the plan.
pub(super) struct Planned {
    pub name: &'static str,
    /// The row of its own supervisor; the root's is its own.
    pub parent: usize,
    pub strategy: Strategy,
    /// More restarts than this …
    pub restarts_max: u32,
    /// … in so many seconds end it, and its own supervisor restarts it.
    pub window_s: i64,
}

const fn planned(
    name: &'static str,
    parent: usize,
    strategy: Strategy,
    restarts_max: u32,
    window_s: i64,
) -> Planned {
    Planned { name, parent, strategy, restarts_max, window_s }
}

use Strategy::{OneForOne, RestForOne, SimpleOneForOne};

/// Every supervisor of the tree, in the order of their start. Its row is its key.
pub(super) const PLAN: [Planned; 11] = [
    // A tier that ends has used its own budget up; what three restarts of a tier
    // within a minute do not heal, a fourth does not either: the operator is told.
    planned("console", 0, RestForOne, 3, 60),
    // Little runs here and everything leans on it: OTP's usual budget.
    planned("infrastructure", 0, OneForOne, 3, 5),
    planned("registries", 0, OneForOne, 3, 5),
    // A disk that comes and goes takes longer than a moment, and what is to be
    // written waits in queues meanwhile: patience.
    planned("storage", 0, OneForOne, 5, 10),
    // They only advise, several of them on the same bad data: much patience.
    planned("bio", 0, OneForOne, 10, 60),
    // Counts restarts of the four below, which have used their own budgets up.
    planned("domain", 0, OneForOne, 3, 30),
    // The first in its tier, so that it stops behind sensors and connectors.
    planned("services", 5, OneForOne, 3, 5),
    // The children of these three are guarded and temporary: each is given up by
    // its own guard, and never counts here.
    planned("sensors", 5, SimpleOneForOne, 3, 5),
    planned("rooms", 5, SimpleOneForOne, 3, 5),
    planned("connectors", 5, SimpleOneForOne, 3, 5),
    // Talks to the outside, which can make it fail at any rate: patience.
    planned("edge", 0, OneForOne, 5, 10),
];

/// How often a guarded child may be restarted: 3 times in 5 s, then it is given up.
pub(super) const GUARD: Intensity = Intensity { restarts_max: 3, window_ns: 5_000_000_000 };

/// Workers of one tier that may be left behind; one more, and the tier is
/// restarted. Each may hold a lock or a file that its successor needs, and a
/// process has room for some thousands of threads at most.
pub(super) const ABANDONED_MAX: u32 = 3;

/// The key of the root.
pub(super) const ROOT: ChildKey = ChildKey(0);

/// The first key that is not a row of the plan.
pub(super) const FIRST_FREE_KEY: u64 = PLAN.len() as u64;

impl Place {
    /// The supervisor that serves this place.
    pub(super) fn key(self) -> ChildKey {
        ChildKey(match self {
            Self::Tier(Tier::Infrastructure) => 1,
            Self::Tier(Tier::Registries) => 2,
            Self::Tier(Tier::Storage) => 3,
            Self::Tier(Tier::Bio) => 4,
            Self::Tier(Tier::Domain) => 6,
            Self::Sensors => 7,
            Self::Rooms => 8,
            Self::Connectors => 9,
            Self::Tier(Tier::Edge) => 10,
        })
    }
}

impl Planned {
    pub(super) fn flags(&self) -> Flags {
        let intensity =
            Intensity { restarts_max: self.restarts_max, window_ns: self.window_s * model::NANOS_PER_SEC };
        Flags { strategy: self.strategy, intensity, auto_shutdown: AutoShutdown::Never }
    }
}

/// The flags of the guard of one child. It ends with a child that ends for good.
pub(super) fn guard_flags(child: RestartType) -> Flags {
    let auto_shutdown = match child {
        RestartType::Permanent => AutoShutdown::Never,
        RestartType::Transient | RestartType::Temporary => AutoShutdown::AnySignificant,
    };
    Flags { strategy: OneForOne, intensity: GUARD, auto_shutdown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_the_row_of_its_name() {
        let places = [
            (Tier::Infrastructure.into(), "infrastructure"),
            (Tier::Registries.into(), "registries"),
            (Tier::Storage.into(), "storage"),
            (Tier::Bio.into(), "bio"),
            (Tier::Domain.into(), "services"),
            (Place::Sensors, "sensors"),
            (Place::Rooms, "rooms"),
            (Place::Connectors, "connectors"),
            (Tier::Edge.into(), "edge"),
        ];
        for (place, name) in places {
            assert_eq!(PLAN[place.key().0 as usize].name, name);
        }
    }

    #[test]
    fn the_root_has_the_six_tiers_in_their_order() {
        let tiers: Vec<_> = PLAN.iter().skip(1).filter(|row| row.parent == 0).map(|row| row.name).collect();
        assert_eq!(tiers, ["infrastructure", "registries", "storage", "bio", "domain", "edge"]);
    }
}
