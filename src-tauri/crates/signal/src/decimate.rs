//! Decimation for the screen: at most two points a pixel, and no peak lost.

/// One point of a trace: host time in nanoseconds, and the value in its unit.
/// A NaN value breaks the line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Host time, nanoseconds.
    pub t_ns: i64,
    /// Value; NaN where the line breaks.
    pub value: f32,
}

/// Keeps, of every bucket of `bucket_ns` (aligned to time zero, so that the
/// picture does not shimmer as it scrolls), the smallest and the largest value
/// in the order of their times. NaN points are kept: they end a bucket, so a
/// break is never bridged. Times must ascend.
pub fn min_max(points: impl IntoIterator<Item = Point>, bucket_ns: i64, out: &mut Vec<Point>) {
    let bucket_ns = bucket_ns.max(1);
    let mut open: Option<Bucket> = None;
    for point in points {
        let number = point.t_ns.div_euclid(bucket_ns);
        match &mut open {
            Some(bucket) if bucket.number == number && !point.value.is_nan() => bucket.take(point),
            _ => {
                flush(open.take(), out);
                if point.value.is_nan() {
                    out.push(point);
                } else {
                    open = Some(Bucket { number, min: point, max: point });
                }
            }
        }
    }
    flush(open, out);
}

struct Bucket {
    number: i64,
    min: Point,
    max: Point,
}

impl Bucket {
    fn take(&mut self, point: Point) {
        if point.value < self.min.value {
            self.min = point;
        }
        if point.value > self.max.value {
            self.max = point;
        }
    }
}

fn flush(bucket: Option<Bucket>, out: &mut Vec<Point>) {
    let Some(Bucket { min, max, .. }) = bucket else { return };
    let (first, second) = if min.t_ns <= max.t_ns { (min, max) } else { (max, min) };
    out.push(first);
    if second != first {
        out.push(second);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(values: &[f32], bucket_ns: i64) -> Vec<(i64, f32)> {
        let points = values.iter().enumerate().map(|(k, v)| Point { t_ns: k as i64, value: *v });
        let mut out = Vec::new();
        min_max(points, bucket_ns, &mut out);
        out.into_iter().map(|p| (p.t_ns, p.value)).collect()
    }

    #[test]
    fn keeps_both_extremes_of_a_bucket_in_their_order() {
        assert_eq!(run(&[0.0, 9.0, -3.0, 1.0], 4), [(1, 9.0), (2, -3.0)]);
        assert_eq!(run(&[0.0, -3.0, 9.0, 1.0], 4), [(1, -3.0), (2, 9.0)]);
    }

    #[test]
    fn a_bucket_with_one_value_gives_one_point() {
        assert_eq!(run(&[5.0, 5.0, 5.0], 4), [(0, 5.0)]);
    }

    #[test]
    fn never_gives_more_than_two_points_a_bucket() {
        let values: Vec<f32> = (0..10_000).map(|k| ((k * 7919) % 1000) as f32).collect();
        assert!(run(&values, 100).len() <= 200);
    }

    #[test]
    fn a_break_survives_and_is_not_bridged() {
        let broken = run(&[1.0, f32::NAN, 2.0], 100);
        assert_eq!(broken.len(), 3);
        assert!(broken[1].1.is_nan());
    }

    #[test]
    fn buckets_do_not_move_with_the_window() {
        let values: Vec<f32> = (0..1000).map(|k| (k as f32 / 7.0).sin()).collect();
        let all = run(&values, 50);
        let mut shifted = Vec::new();
        let later = values.iter().enumerate().skip(500).map(|(k, v)| Point { t_ns: k as i64, value: *v });
        min_max(later, 50, &mut shifted);
        let tail: Vec<(i64, f32)> = all.into_iter().filter(|(t, _)| *t >= 500).collect();
        assert_eq!(shifted.into_iter().map(|p| (p.t_ns, p.value)).collect::<Vec<_>>(), tail);
    }
}
