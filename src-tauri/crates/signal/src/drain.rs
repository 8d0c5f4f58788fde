//! When a battery will be empty: a straight line through what it was since it was
//! last charged. Told only where there is something to tell.

use crate::trail::TrailPoint;

/// A rise of more than this between two points, %, means that it was charged.
const CHARGED_PERCENT: f32 = 1.5;
/// So long it has to be seen, ns …
const SPAN_MIN_NS: i64 = 20 * 60 * 1_000_000_000;
/// … in so many points at least …
const POINTS_MIN: usize = 3;
/// … and so far it has to have fallen, %. A level comes in whole percents.
const FALL_MIN_PERCENT: f32 = 2.0;
/// How much of the ups and downs the line must explain.
const FIT_MIN: f64 = 0.8;
/// What is further away than this is not told, seconds: 4 weeks.
const SECS_MAX: f64 = 28.0 * 86_400.0;

/// Seconds from `now_ns` until a battery with these levels (%, the oldest first) will
/// be empty; none where it does not fall, or not clearly.
#[must_use]
pub fn secs_to_empty(levels: &[TrailPoint], now_ns: i64) -> Option<f64> {
    let charged = levels.windows(2).rposition(|pair| pair[1].value - pair[0].value > CHARGED_PERCENT);
    let levels = &levels[charged.map_or(0, |at| at + 1)..];
    let (first, last) = (levels.first()?, levels.last()?);
    let is_enough = levels.len() >= POINTS_MIN
        && last.at_ns.saturating_sub(first.at_ns) >= SPAN_MIN_NS
        && first.value - last.value >= FALL_MIN_PERCENT;
    if !is_enough {
        return None;
    }
    let line = fit(levels, first.at_ns)?;
    let empty_secs = -line.at_zero / line.per_sec;
    let left_secs = empty_secs - now_ns.saturating_sub(first.at_ns) as f64 / 1e9;
    (line.per_sec < 0.0 && line.explains >= FIT_MIN && left_secs <= SECS_MAX).then(|| left_secs.max(0.0))
}

/// A line: value = `at_zero` + `per_sec` × seconds.
struct Line {
    at_zero: f64,
    per_sec: f64,
    /// Share of the variance that it explains.
    explains: f64,
}

fn fit(points: &[TrailPoint], zero_ns: i64) -> Option<Line> {
    let n = points.len() as f64;
    let xy = || points.iter().map(|p| (p.at_ns.saturating_sub(zero_ns) as f64 / 1e9, f64::from(p.value)));
    let (mean_x, mean_y) = (xy().map(|(x, _)| x).sum::<f64>() / n, xy().map(|(_, y)| y).sum::<f64>() / n);
    let (mut xx, mut xy_sum, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in xy() {
        let (dx, dy) = (x - mean_x, y - mean_y);
        (xx, xy_sum, yy) = (xx + dx * dx, xy_sum + dx * dy, yy + dy * dy);
    }
    (xx > 0.0 && yy > 0.0).then(|| {
        let per_sec = xy_sum / xx;
        Line { at_zero: mean_y - per_sec * mean_x, per_sec, explains: xy_sum * xy_sum / (xx * yy) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60 * 1_000_000_000;

    /// A level every 10 minutes, in whole percents.
    fn levels(percent: impl Fn(i64) -> f32, points: i64) -> Vec<TrailPoint> {
        (0..points).map(|k| TrailPoint { at_ns: k * 10 * MINUTE, value: percent(k).round() }).collect()
    }

    #[test]
    fn a_battery_that_falls_by_6_percent_an_hour_from_50_is_empty_after_8_hours() {
        let levels = levels(|k| 50.0 - k as f32, 13);
        let secs = secs_to_empty(&levels, 120 * MINUTE).unwrap();
        assert!((secs / 3600.0 - 38.0 / 6.0).abs() < 0.1, "{secs}");
    }

    #[test]
    fn of_one_that_does_not_fall_or_not_clearly_nothing_is_told() {
        let cases = [
            levels(|_| 80.0, 30),
            levels(|k| 50.0 + k as f32, 30),
            levels(|k| 80.0 - (k % 2) as f32, 30),
            levels(|k| 50.0 - k as f32, 2),
            levels(|k| 90.0 - k as f32 / 30.0, 30),
            Vec::new(),
        ];
        for levels in cases {
            assert_eq!(secs_to_empty(&levels, 300 * MINUTE), None, "{levels:?}");
        }
    }

    #[test]
    fn what_was_before_the_last_charge_does_not_count() {
        // Falls fast, is charged, falls slowly.
        let level = |k: i64| if k < 6 { 60.0 - 8.0 * k as f32 } else { 100.0 - (k - 6) as f32 };
        let secs = secs_to_empty(&levels(level, 18), 170 * MINUTE).unwrap();
        assert!((secs / 3600.0 - 89.0 / 6.0).abs() < 0.2, "{secs}");
    }

    #[test]
    fn what_should_be_empty_by_now_is_empty_now_and_not_before() {
        let levels = levels(|k| 12.0 - k as f32, 12);
        assert_eq!(secs_to_empty(&levels, 100_000 * MINUTE), Some(0.0));
    }
}
