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

/// Hot never shrinks under this …
const HOT_MIN: u32 = 10;
/// … but for slow scalars under this …
const SLOW_HOT_MIN: u32 = 5;
/// … and warm of kinds without a row of their own never under this.
const DEFAULT_WARM_MIN: u32 = 100;

/// What is kept of a stream of `kind` under `load`. A floor never lifts a limit
/// above what the kind has without load.
#[must_use]
pub fn limits(kind: AttributeKind, load: LoadLevel) -> Limits {
    let full = full(kind);
    let (hot_percent, warm_percent) = percents(load);
    let hot_min = if is_slow(kind) { SLOW_HOT_MIN } else { HOT_MIN };
    let warm_min = if has_no_row(kind) { DEFAULT_WARM_MIN } else { 0 };
    Limits {
        hot: (full.hot * hot_percent / 100).max(hot_min.min(full.hot)),
        warm: (full.warm * warm_percent / 100).max(warm_min.min(full.warm)),
    }
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
