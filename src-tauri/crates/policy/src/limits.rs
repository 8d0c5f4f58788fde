//! How many samples of a stream are kept in memory: the newest ones plain
//! ("hot"), older ones packed ("warm"). By attribute kind and load ("platform,
//! tiered attribute store").

use model::{AttributeKind, LoadLevel};

/// Entries kept of one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Newest samples, plain.
    pub hot: u32,
    /// Older samples, packed; 0 where the kind keeps none.
    pub warm: u32,
}

/// What every kind keeps without load. Its default is the platform's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table([Limits; AttributeKind::ALL.len()]);

impl Default for Table {
    fn default() -> Self {
        Self(AttributeKind::ALL.map(full))
    }
}

impl Table {
    /// What a kind keeps without load.
    #[must_use]
    pub fn of(&self, kind: AttributeKind) -> Limits {
        self.0[kind as usize]
    }

    /// The same, to be changed. A hot limit of 0 is taken for 1: a stream always
    /// has its newest sample.
    pub fn of_mut(&mut self, kind: AttributeKind) -> &mut Limits {
        // A kind's number is its place in `ALL`, which is as long as the table.
        &mut self.0[kind as usize]
    }

    /// What is kept of a stream of `kind` under `load`.
    #[must_use]
    pub fn limits(&self, kind: AttributeKind, load: LoadLevel) -> Limits {
        shrunk(self.of(kind), kind, load)
    }
}

/// Hot never shrinks under this …
const HOT_MIN: u32 = 10;
/// … but for slow scalars under this …
const SLOW_HOT_MIN: u32 = 5;
/// … and warm of kinds without a row of their own never under this.
const DEFAULT_WARM_MIN: u32 = 100;

/// What is kept of a stream of `kind` under `load` by the platform's table.
#[must_use]
pub fn limits(kind: AttributeKind, load: LoadLevel) -> Limits {
    shrunk(full(kind), kind, load)
}

/// What `load` leaves. A floor never lifts a limit above what there is without load.
fn shrunk(full: Limits, kind: AttributeKind, load: LoadLevel) -> Limits {
    let full = Limits { hot: full.hot.max(1), ..full };
    let (hot_percent, warm_percent) = percents(load);
    let hot_min = if is_slow(kind) { SLOW_HOT_MIN } else { HOT_MIN };
    let warm_min = if has_no_row(kind) { DEFAULT_WARM_MIN } else { 0 };
    Limits {
        hot: share(full.hot, hot_percent).max(hot_min.min(full.hot)),
        warm: share(full.warm, warm_percent).max(warm_min.min(full.warm)),
    }
}

/// `percent`, at most 100, of `samples`.
fn share(samples: u32, percent: u32) -> u32 {
    (u64::from(samples) * u64::from(percent) / 100).try_into().unwrap_or(samples)
}

/// The share that a load level leaves, in percent: hot and warm.
const fn percents(load: LoadLevel) -> (u32, u32) {
    match load {
        LoadLevel::Normal => (100, 100),
        LoadLevel::Elevated => (80, 50),
        LoadLevel::High => (40, 20),
        LoadLevel::Critical => (20, 5),
    }
}

/// The limits without load.
const fn full(kind: AttributeKind) -> Limits {
    use AttributeKind as K;
    let (hot, warm) = match kind {
        K::Ecg | K::Respiration => (500, 1_000),
        K::HeartRate | K::Hrv | K::RrInterval => (300, 500),
        K::EyeGaze | K::EyeAperture => (200, 300),
        K::EyeBlink => (100, 200),
        K::EyeWorn => (50, 0),
        K::Geolocation | K::Imu => (100, 200),
        K::Quaternion | K::Euler | K::Heading | K::Orientation => (50, 0),
        K::Accelerometer | K::Gyroscope => (100, 0),
        K::Skeleton => (1, 0),
        _ if is_slow(kind) => (20, 0),
        _ => (500, 3_000),
    };
    Limits { hot, warm }
}

/// The slow scalars of the platform's table; energy expended comes as rarely.
const fn is_slow(kind: AttributeKind) -> bool {
    use AttributeKind as K;
    matches!(
        kind,
        K::Battery
            | K::Button
            | K::Temperature
            | K::Humidity
            | K::Pressure
            | K::AirQuality
            | K::Steps
            | K::Tap
            | K::Led
            | K::Speaker
            | K::Microphone
            | K::Color
            | K::BodyLocation
            | K::RichPresence
            | K::Spo2
            | K::EnergyExpended
    )
}

/// Kinds that the platform's table does not name run with its shipped default.
const fn has_no_row(kind: AttributeKind) -> bool {
    full(kind).warm == 3_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use AttributeKind as K;

    fn pair(kind: K, load: LoadLevel) -> (u32, u32) {
        let Limits { hot, warm } = limits(kind, load);
        (hot, warm)
    }

    #[test]
    fn an_ecg_shrinks_with_the_load_as_in_the_platforms_table() {
        let shrunk = LoadLevel::ALL.map(|load| pair(K::Ecg, load));
        assert_eq!(shrunk, [(500, 1_000), (400, 500), (200, 200), (100, 50)]);
    }

    #[test]
    fn what_a_table_says_of_a_kind_shrinks_as_the_platforms_numbers_do_and_no_other_kind_changes() {
        let mut table = Table::default();
        *table.of_mut(K::Ecg) = Limits { hot: 1_000, warm: 4_000 };
        let shrunk = LoadLevel::ALL.map(|load| table.limits(K::Ecg, load));
        let expected = [(1_000, 4_000), (800, 2_000), (400, 800), (200, 200)];
        assert_eq!(shrunk, expected.map(|(hot, warm)| Limits { hot, warm }));
        for kind in K::ALL.into_iter().filter(|kind| *kind != K::Ecg) {
            for load in LoadLevel::ALL {
                assert_eq!(table.limits(kind, load), limits(kind, load), "{kind:?}");
            }
        }
    }

    #[test]
    fn absurd_limits_neither_overflow_nor_take_the_newest_sample() {
        let mut table = Table::default();
        *table.of_mut(K::Ecg) = Limits { hot: u32::MAX, warm: u32::MAX };
        assert_eq!(table.limits(K::Ecg, LoadLevel::Normal), Limits { hot: u32::MAX, warm: u32::MAX });
        *table.of_mut(K::Ecg) = Limits { hot: 0, warm: 0 };
        assert_eq!(table.limits(K::Ecg, LoadLevel::Critical), Limits { hot: 1, warm: 0 });
    }

    #[test]
    fn floors_hold_at_critical_load() {
        assert_eq!(pair(K::EyeWorn, LoadLevel::Critical), (10, 0));
        assert_eq!(pair(K::Battery, LoadLevel::Critical), (5, 0));
        assert_eq!(pair(K::Generic, LoadLevel::Critical), (100, 150));
    }

    #[test]
    fn a_floor_never_lifts_a_limit_above_the_one_without_load() {
        for load in LoadLevel::ALL {
            assert_eq!(pair(K::Skeleton, load), (1, 0));
        }
    }

    #[test]
    fn no_kind_is_ever_without_a_newest_sample_and_none_grows_with_the_load() {
        for kind in K::ALL {
            for pair in LoadLevel::ALL.windows(2) {
                let (less, more) = (limits(kind, pair[0]), limits(kind, pair[1]));
                assert!(more.hot >= 1 && more.hot <= less.hot && more.warm <= less.warm, "{kind:?} {pair:?}");
            }
        }
    }
}
