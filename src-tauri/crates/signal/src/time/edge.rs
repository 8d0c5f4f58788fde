//! The line under the arrivals: which clock, how fast, how sure.

use super::hull::{Hull, Point};

/// The smallest typical delay the line believes in, ns: clocks that tick in
/// milliseconds and hosts that schedule are never finer.
const LEAST_SCALE: f64 = 50_000.0;

/// A slope farther from the belief is never taken, in standard deviations: packets
/// out of a queue that was waiting would make a clock that stands still.
const MOST_SIGMAS: f64 = 4.0;

/// A straight line: host time less device time, as a function of device time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Height at `x = 0`, ns.
    pub height: f64,
    /// Slope, ns per ns: how much faster the host's clock runs.
    pub slope: f64,
}

impl Line {
    /// The height of the line at `x`, ns.
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        self.height + self.slope * x
    }
}

/// What is believed about the slope before any point: a value and how far off it may be.
#[derive(Clone, Copy, Debug)]
pub struct Belief {
    /// The slope, ns per ns.
    pub slope: f64,
    /// Its standard deviation, ns per ns.
    pub sigma: f64,
}

/// The most probable line below all points, if delays above it are exponential of
/// mean `scale` ns and the slope is what `belief` says. None without points.
///
/// That is the line of greatest `count · line(mean x) / scale − (slope − believed)² / 2σ²`
/// that lies above no point: concave in the slope, so one walk along the hull's
/// corners finds it. With few points the belief decides, with many the edge of
/// the hull under their middle.
#[must_use]
pub fn line_under(hull: &Hull, scale: f64, belief: Belief, corners: &mut Vec<Point>) -> Option<Line> {
    hull.lower(corners);
    let pull = belief.sigma * belief.sigma * hull.count() / scale.max(LEAST_SCALE);
    let most = MOST_SIGMAS * belief.sigma;
    let (middle, mut left) = (hull.mean_x(), f64::NEG_INFINITY);
    for (k, corner) in corners.iter().enumerate() {
        let right =
            corners.get(k + 1).map_or(f64::INFINITY, |next| (next.y - corner.y) / (next.x - corner.x));
        let best = belief.slope + (pull * (middle - corner.x)).clamp(-most, most);
        if best <= right {
            let slope = best.max(left);
            return Some(Line { height: corner.y - slope * corner.x, slope });
        }
        left = right;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRYSTAL: Belief = Belief { slope: 0.0, sigma: 5e-5 };
    const MS: f64 = 1e6;
    const S: f64 = 1e9;

    fn hull_of(points: impl IntoIterator<Item = (f64, f64)>) -> Hull {
        let mut hull = Hull::new(120.0 * S);
        points.into_iter().for_each(|(x, y)| hull.push(Point { x, y }));
        hull
    }

    fn line(hull: &Hull, belief: Belief) -> Option<Line> {
        line_under(hull, 10.0 * MS, belief, &mut Vec::new())
    }

    /// Every fifth packet waits for nothing, the others up to 40 ms.
    fn arrivals(n: u32, slope: f64) -> impl Iterator<Item = (f64, f64)> {
        (0..n).map(move |k| {
            let x = f64::from(k) * 0.5 * S;
            (x, 3.0 * MS + slope * x + f64::from(k * 3 % 5) * 10.0 * MS)
        })
    }

    #[test]
    fn finds_height_and_slope_of_the_lower_edge_and_not_the_middle() {
        let found = line(&hull_of(arrivals(200, 20e-6)), CRYSTAL).unwrap();
        assert!((found.slope - 20e-6).abs() < 0.2e-6, "{found:?}");
        assert!((found.height - 3.0 * MS).abs() < 0.02 * MS, "{found:?}");
    }

    #[test]
    fn two_packets_do_not_make_a_clock_that_is_five_percent_off() {
        let found = line(&hull_of([(0.0, 0.0), (0.5 * S, 25.0 * MS)]), CRYSTAL).unwrap();
        assert!(found.slope.abs() < 50e-6, "{found:?}");
        let loose =
            line(&hull_of([(0.0, 0.0), (0.5 * S, 25.0 * MS)]), Belief { slope: 0.0, sigma: 1.0 }).unwrap();
        assert!((loose.slope - 0.05).abs() < 1e-9, "{loose:?}");
    }

    #[test]
    fn packets_out_of_a_queue_do_not_make_a_clock_that_stands_still() {
        let queue = hull_of((0..10).map(|k| (f64::from(k) * 0.5 * S, f64::from(-k) * 0.5 * S)));
        let found = line_under(&queue, 0.0, Belief { slope: 0.0, sigma: 0.03 }, &mut Vec::new()).unwrap();
        assert_eq!(found.slope, -0.12);
        assert!((found.at(4.5 * S) + 4.5 * S).abs() < 1.0, "{found:?}");
    }

    #[test]
    fn lies_above_no_point() {
        let points: Vec<_> = arrivals(90, -35e-6).collect();
        let found = line(&hull_of(points.clone()), CRYSTAL).unwrap();
        assert!(points.iter().all(|(x, y)| found.at(*x) <= y + 1.0));
    }

    #[test]
    fn without_points_there_is_no_line() {
        assert_eq!(line(&hull_of([]), CRYSTAL), None);
    }
}
