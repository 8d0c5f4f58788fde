//! Novelty: a value far from what its attribute usually shows.
//!
//! Running mean and variance (Welford) per attribute; a value is novel where
//! |z| > 3 after at least 10 samples and a standard deviation above 0.001. Its
//! sensor then gets fresher windows (factor 0.5) for 10 s, and up to 10 s more the
//! further out the value was. The same attribute is not novel again within 10 s.
//!
//! The statistics forget: from 10,000 samples on each new one weighs as much as
//! the last, so that a slow drift becomes the new normal.

use model::SensorId;
use std::collections::BTreeMap;

const SECOND_NS: i64 = 1_000_000_000;

/// Factor on the windows of a sensor that shows something novel.
pub const FACTOR: f64 = 0.5;
/// A score above this counts: logistic(0), that is |z| = 3.
pub const SCORE_MIN: f64 = 0.5;
/// |z| above which a value is novel.
const Z_MIN: f64 = 3.0;
const SAMPLES_MIN: u32 = 10;
const SAMPLES_WEIGHED_MAX: u32 = 10_000;
const SIGMA_MIN: f64 = 0.001;
const DEBOUNCE_NS: i64 = 10 * SECOND_NS;
const BOOST_NS: i64 = 10 * SECOND_NS;
const BOOST_PER_SIGMA_NS: f64 = 5e9;
const BOOST_EXTRA_MAX_NS: f64 = 10e9;
/// How often statistics are swept that nobody feeds any more.
pub const SWEEP_NS: i64 = 300 * SECOND_NS;
/// Statistics that are not fed for as long are forgotten.
const IDLE_NS: i64 = 300 * SECOND_NS;

/// Something novel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Novel {
    /// Distance from the mean, standard deviations, with its sign.
    pub z: f64,
    /// logistic(|z| − 3): 0.5 to 1.
    pub score: f64,
    /// Until when the sensor gets fresher windows, host ns.
    pub until_ns: i64,
}

/// The statistics of one attribute: 56 bytes.
#[derive(Clone, Copy, Debug)]
struct Track {
    weighed: u32,
    mean: f64,
    /// Sum of squared distances over the samples weighed.
    m2: f64,
    seen_ns: i64,
    novel_ns: Option<i64>,
}

impl Track {
    const fn new(now_ns: i64) -> Self {
        Self { weighed: 0, mean: 0.0, m2: 0.0, seen_ns: now_ns, novel_ns: None }
    }

    /// How far out `value` is; none while too little is known.
    fn z(&self, value: f64) -> Option<f64> {
        let sigma = (self.m2 / f64::from(self.weighed.max(2) - 1)).sqrt();
        (self.weighed >= SAMPLES_MIN && sigma > SIGMA_MIN).then(|| (value - self.mean) / sigma)
    }

    fn learn(&mut self, value: f64) {
        if self.weighed >= SAMPLES_WEIGHED_MAX {
            // One sample's worth of what is known gives way to the new one.
            self.m2 -= self.m2 / f64::from(self.weighed);
            self.weighed -= 1;
        }
        self.weighed += 1;
        let distance = value - self.mean;
        self.mean += distance / f64::from(self.weighed);
        self.m2 += distance * (value - self.mean);
    }
}

/// A boost of one sensor.
#[derive(Clone, Copy, Debug)]
struct Boost {
    score: f64,
    until_ns: i64,
}

/// Watches attributes, whose key `A` the caller chooses, for something novel.
#[derive(Clone, Debug)]
pub struct Novelty<A> {
    tracks_max: usize,
    tracks: BTreeMap<(SensorId, A), Track>,
    boosts: BTreeMap<SensorId, Boost>,
    swept_ns: Option<i64>,
    untracked: u64,
    found: u64,
}

impl<A: Ord + Clone> Novelty<A> {
    /// Watches at most `tracks_max` attributes; others are counted and left out.
    #[must_use]
    pub const fn new(tracks_max: usize) -> Self {
        Self {
            tracks_max,
            tracks: BTreeMap::new(),
            boosts: BTreeMap::new(),
            swept_ns: None,
            untracked: 0,
            found: 0,
        }
    }

    /// Takes the newest value of an attribute. What is not a finite number is left out.
    pub fn observe(&mut self, sensor: &SensorId, attribute: &A, value: f64, now_ns: i64) -> Option<Novel> {
        if !value.is_finite() {
            return None;
        }
        let Some(track) = self.track(sensor, attribute, now_ns) else {
            self.untracked += 1;
            return None;
        };
        let z = track.z(value);
        track.learn(value);
        track.seen_ns = now_ns;
        let is_due = track.novel_ns.is_none_or(|at_ns| now_ns.saturating_sub(at_ns) >= DEBOUNCE_NS);
        let z = z.filter(|z| z.abs() > Z_MIN && is_due)?;
        track.novel_ns = Some(now_ns);
        let novel = judge(z, now_ns);
        self.boost(sensor, novel);
        Some(novel)
    }

    fn track(&mut self, sensor: &SensorId, attribute: &A, now_ns: i64) -> Option<&mut Track> {
        let key = (sensor.clone(), attribute.clone());
        if self.tracks.len() >= self.tracks_max && !self.tracks.contains_key(&key) {
            return None;
        }
        Some(self.tracks.entry(key).or_insert_with(|| Track::new(now_ns)))
    }

    fn boost(&mut self, sensor: &SensorId, novel: Novel) {
        self.found += 1;
        let new = Boost { score: novel.score, until_ns: novel.until_ns };
        let boost = self.boosts.entry(sensor.clone()).or_insert(new);
        *boost = Boost { score: boost.score.max(new.score), until_ns: boost.until_ns.max(new.until_ns) };
    }

    /// The score of a sensor now: 0 where nothing is novel.
    #[must_use]
    pub fn score(&self, sensor: &SensorId, now_ns: i64) -> f64 {
        let boost = self.boosts.get(sensor).filter(|boost| now_ns < boost.until_ns);
        boost.map_or(0.0, |boost| boost.score)
    }

    /// The factor on a sensor's windows now.
    #[must_use]
    pub fn factor(&self, sensor: &SensorId, now_ns: i64) -> f64 {
        if self.score(sensor, now_ns) > SCORE_MIN { FACTOR } else { 1.0 }
    }

    /// Forgets boosts that are over and, every 5 min, attributes that nobody feeds.
    pub fn sweep(&mut self, now_ns: i64) {
        self.boosts.retain(|_, boost| now_ns < boost.until_ns);
        let swept_ns = *self.swept_ns.get_or_insert(now_ns);
        if now_ns.saturating_sub(swept_ns) >= SWEEP_NS {
            self.swept_ns = Some(now_ns);
            self.tracks.retain(|_, track| now_ns.saturating_sub(track.seen_ns) < IDLE_NS);
        }
    }

    /// Attributes that are watched.
    #[must_use]
    pub fn tracked(&self) -> usize {
        self.tracks.len()
    }

    /// Values that were left out because too many attributes are watched.
    #[must_use]
    pub const fn untracked(&self) -> u64 {
        self.untracked
    }

    /// Sensors with a boost, as of the last sweep.
    #[must_use]
    pub fn boosted(&self) -> usize {
        self.boosts.len()
    }

    /// Novel values so far.
    #[must_use]
    pub const fn found(&self) -> u64 {
        self.found
    }
}

fn judge(z: f64, now_ns: i64) -> Novel {
    let beyond = z.abs() - Z_MIN;
    let extra_ns = (beyond * BOOST_PER_SIGMA_NS).min(BOOST_EXTRA_MAX_NS) as i64;
    Novel {
        z,
        score: 1.0 / (1.0 + (-beyond).exp()),
        until_ns: now_ns.saturating_add(BOOST_NS).saturating_add(extra_ns),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sensor(name: &str) -> SensorId {
        SensorId::parse(name).unwrap()
    }

    /// A detector that has seen 20 values about 100 with a standard deviation near 1, the last at 19 s.
    fn used_to_a_hundred() -> Novelty<u8> {
        let mut novelty = Novelty::new(100);
        for second in 0..20 {
            let value = 100.0 + f64::from(second % 2) * 2.0 - 1.0;
            assert_eq!(novelty.observe(&sensor("a"), &0, value, i64::from(second) * SECOND_NS), None);
        }
        novelty
    }

    #[test]
    fn a_value_beyond_three_sigma_is_novel_and_makes_windows_fresher_for_a_while() {
        let (mut novelty, a) = (used_to_a_hundred(), sensor("a"));
        let now = 20 * SECOND_NS;
        assert_eq!(novelty.observe(&a, &0, 102.9, now), None);
        let novel = novelty.observe(&a, &0, 104.5, now).unwrap();
        assert!(novel.z > 3.0 && novel.score > 0.5 && novel.until_ns > now + BOOST_NS);
        assert!((novelty.factor(&a, novel.until_ns - 1) - FACTOR).abs() < 1e-12);
        assert!((novelty.factor(&a, novel.until_ns) - 1.0).abs() < 1e-12);
        assert!((novelty.factor(&sensor("b"), now) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_boost_grows_by_five_seconds_a_sigma_up_to_ten_more() {
        let until_s = |z: f64| judge(z, 0).until_ns as f64 / 1e9;
        for (z, seconds) in [(3.0, 10.0), (4.0, 15.0), (-4.0, 15.0), (5.0, 20.0), (50.0, 20.0)] {
            assert!((until_s(z) - seconds).abs() < 1e-6, "{z}");
        }
        assert!((judge(3.0, 0).score - 0.5).abs() < 1e-12);
        assert!((judge(4.0, 0).score - 0.731_058_578_630_004_9).abs() < 1e-12);
    }

    #[test]
    fn nine_samples_are_too_few_and_ten_are_enough() {
        for (known, is_novel) in [(9, false), (10, true)] {
            let mut novelty = Novelty::new(1);
            for k in 0..known {
                novelty.observe(&sensor("a"), &0, f64::from(k % 2), 0);
            }
            assert_eq!(novelty.observe(&sensor("a"), &0, 9.0, 0).is_some(), is_novel);
        }
    }

    #[test]
    fn a_value_that_never_moved_is_not_novel_when_it_moves_a_hair() {
        let mut novelty = Novelty::new(1);
        for k in 0..50 {
            novelty.observe(&sensor("a"), &0, 20.0 + f64::from(k % 2) * 0.001, 0);
        }
        assert_eq!(novelty.observe(&sensor("a"), &0, 20.01, 0), None, "sigma is below 0.001");
    }

    #[test]
    fn an_attribute_is_not_novel_again_within_ten_seconds() {
        let (mut novelty, a) = (used_to_a_hundred(), sensor("a"));
        let at = |second: i64| second * SECOND_NS;
        assert!(novelty.observe(&a, &0, 110.0, at(20)).is_some());
        assert!(novelty.observe(&a, &0, 210.0, at(30) - 1).is_none());
        assert!(novelty.observe(&a, &0, 900.0, at(30)).is_some());
    }

    #[test]
    fn more_attributes_than_fit_are_counted_and_idle_ones_make_room() {
        let mut novelty = Novelty::new(2);
        novelty.sweep(0);
        for attribute in 0..3_u8 {
            novelty.observe(&sensor("a"), &attribute, 1.0, 0);
        }
        assert_eq!((novelty.tracked(), novelty.untracked()), (2, 1));
        novelty.sweep(IDLE_NS);
        assert_eq!(novelty.tracked(), 0);
    }

    #[test]
    fn what_is_no_number_teaches_nothing() {
        let mut novelty = used_to_a_hundred();
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(novelty.observe(&sensor("a"), &0, bad, 20 * SECOND_NS), None);
        }
        assert!(novelty.observe(&sensor("a"), &0, 110.0, 20 * SECOND_NS).is_some(), "still knows the rest");
    }

    #[test]
    fn a_drift_becomes_the_new_normal() {
        let (mut novelty, a) = (Novelty::new(1), sensor("a"));
        for k in 0..100_000_i64 {
            let value = if k < 50_000 { 0.0 } else { 100.0 } + (k % 2) as f64;
            novelty.observe(&a, &0_u8, value, k * SECOND_NS / 4);
        }
        assert_eq!(novelty.observe(&a, &0, 100.0, 50_000 * SECOND_NS), None);
        assert!(novelty.observe(&a, &0, 0.0, 50_000 * SECOND_NS).is_some(), "the old normal is novel now");
    }

    proptest! {
        /// Welford's way gives what the textbook gives.
        #[test]
        fn running_statistics_are_those_of_the_whole(values in prop::collection::vec(-1e3_f64..1e3, 10..200)) {
            let mut track = Track::new(0);
            values.iter().for_each(|value| track.learn(*value));
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
            prop_assert!((track.mean - mean).abs() < 1e-6);
            prop_assert!((track.m2 / (n - 1.0) - variance).abs() < 1e-6 * variance.max(1.0));
        }
    }
}
