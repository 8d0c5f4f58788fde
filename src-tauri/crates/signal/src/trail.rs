//! What a slow value was lately (signal strength, battery): one point for each
//! stretch of time, as many as are drawn, the oldest give way.

use std::collections::VecDeque;

/// What a point says of its stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// The mean: for what is noisy.
    Mean,
    /// The last value: for what moves in steps.
    Last,
}

/// A thinned history of one value.
#[derive(Clone, Debug)]
pub struct Trail {
    stretch_ns: i64,
    points_max: usize,
    keeps: Keeps,
    points: VecDeque<(i64, f32)>,
    /// Readings in the newest point.
    readings: u32,
}

/// A point of a trail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrailPoint {
    /// Host time of the middle of its stretch.
    pub at_ns: i64,
    /// The value.
    pub value: f32,
}

impl Trail {
    /// An empty trail of `points_max` stretches of `stretch_ns` each (both at least 1).
    #[must_use]
    pub fn new(stretch_ns: i64, points_max: usize, keeps: Keeps) -> Self {
        let (stretch_ns, points_max) = (stretch_ns.max(1), points_max.max(1));
        Self { stretch_ns, points_max, keeps, points: VecDeque::new(), readings: 0 }
    }

    /// Takes a reading. What is no number, or older than the newest point, is passed over.
    pub fn note(&mut self, at_ns: i64, value: f32) {
        let stretch = at_ns.div_euclid(self.stretch_ns);
        if !value.is_finite() {
            return;
        }
        match self.points.back_mut() {
            Some((newest, _)) if stretch < *newest => {}
            Some((newest, held)) if stretch == *newest => {
                self.readings = self.readings.saturating_add(1);
                match self.keeps {
                    Keeps::Mean => *held += (value - *held) / self.readings as f32,
                    Keeps::Last => *held = value,
                }
            }
            _ => self.begin(stretch, value),
        }
    }

    fn begin(&mut self, stretch: i64, value: f32) {
        let oldest = stretch.saturating_sub(self.points_max as i64);
        while self.points.front().is_some_and(|(at, _)| *at <= oldest) {
            self.points.pop_front();
        }
        self.points.push_back((stretch, value));
        self.readings = 1;
    }

    /// The points no older than the trail is long, the oldest first.
    pub fn points(&self, now_ns: i64) -> impl Iterator<Item = TrailPoint> {
        let oldest = now_ns.div_euclid(self.stretch_ns).saturating_sub(self.points_max as i64);
        let half_ns = self.stretch_ns / 2;
        self.points.iter().filter(move |(at, _)| *at > oldest).map(move |(at, value)| TrailPoint {
            at_ns: at.saturating_mul(self.stretch_ns).saturating_add(half_ns),
            value: *value,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    fn values(trail: &Trail, now_s: i64) -> Vec<f32> {
        trail.points(now_s * SECOND).map(|point| point.value).collect()
    }

    #[test]
    fn a_day_of_readings_a_second_is_one_hour_of_120_points() {
        let mut trail = Trail::new(30 * SECOND, 120, Keeps::Last);
        (0..86_400).for_each(|s| trail.note(s * SECOND, s as f32));
        let points: Vec<TrailPoint> = trail.points(86_400 * SECOND).collect();
        assert!(points.len() <= 120 && trail.points.len() <= 120, "{}", points.len());
        assert_eq!(points.last(), Some(&TrailPoint { at_ns: (86_400 - 15) * SECOND, value: 86_399.0 }));
        assert!(points[0].at_ns >= (86_400 - 3_600) * SECOND);
    }

    #[test]
    fn a_point_is_the_mean_of_what_is_noisy_and_the_last_of_what_moves_in_steps() {
        for (keeps, expected) in [(Keeps::Mean, -70.0), (Keeps::Last, -60.0)] {
            let mut trail = Trail::new(30 * SECOND, 4, keeps);
            [-80.0, -70.0, -60.0].into_iter().for_each(|dbm| trail.note(SECOND, dbm));
            assert_eq!(values(&trail, 1), [expected]);
        }
    }

    #[test]
    fn what_is_too_old_is_not_told_even_where_nothing_new_came() {
        let mut trail = Trail::new(SECOND, 10, Keeps::Last);
        (0..10).for_each(|s| trail.note(s * SECOND, s as f32));
        assert_eq!(values(&trail, 14), [5.0, 6.0, 7.0, 8.0, 9.0]);
        assert_eq!(values(&trail, 1000), [] as [f32; 0]);
    }

    #[test]
    fn what_is_no_number_or_comes_late_is_passed_over() {
        let mut trail = Trail::new(SECOND, 10, Keeps::Last);
        trail.note(5 * SECOND, 1.0);
        trail.note(6 * SECOND, f32::NAN);
        trail.note(3 * SECOND, 2.0);
        trail.note(i64::MIN, 3.0);
        assert_eq!(values(&trail, 6), [1.0]);
    }
}
