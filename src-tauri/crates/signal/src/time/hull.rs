//! The lower edge of a cloud of points within a sliding window.

use std::collections::VecDeque;

/// Into how many blocks a window is cut. Old points leave block by block.
const BLOCKS: usize = 16;
/// Points a block's hull may have before the block is closed early. Only a cloud
/// made on purpose gets there; the window then becomes shorter, never larger.
const HULL_POINTS: usize = 64;

/// A point: device time and what the host's clock is ahead of it, both in
/// nanoseconds from the first packet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Device time, ns.
    pub x: f64,
    /// Host time less device time, ns.
    pub y: f64,
}

#[derive(Clone, Debug)]
struct Block {
    first_x: f64,
    last_x: f64,
    count: f64,
    sum_x: f64,
    hull: Vec<Point>,
}

/// The points of the last `span` ns of device time, of which only the lower hull
/// of each block is kept: at most 17 blocks of 64 points, whatever comes.
#[derive(Clone, Debug)]
pub struct Hull {
    block_span: f64,
    blocks: VecDeque<Block>,
}

impl Hull {
    /// An empty window of `span` ns.
    #[must_use]
    pub fn new(span: f64) -> Self {
        Self { block_span: span / BLOCKS as f64, blocks: VecDeque::with_capacity(BLOCKS + 1) }
    }

    /// Takes a point; its `x` must be above all earlier ones.
    pub fn push(&mut self, point: Point) {
        let span = self.block_span;
        match self.blocks.back_mut() {
            Some(block) if point.x - block.first_x < span && block.hull.len() < HULL_POINTS => {
                block.push(point)
            }
            _ => self.blocks.push_back(Block::of(point)),
        }
        let oldest = point.x - span * BLOCKS as f64;
        while self.blocks.len() > BLOCKS + 1 || self.blocks.front().is_some_and(|block| block.last_x < oldest)
        {
            self.blocks.pop_front();
        }
    }

    /// Forgets all points.
    pub fn clear(&mut self) {
        self.blocks.clear();
    }

    /// How many points the window holds.
    #[must_use]
    pub fn count(&self) -> f64 {
        self.blocks.iter().map(|block| block.count).sum()
    }

    /// From the oldest to the newest point of the window, ns.
    #[must_use]
    pub fn span(&self) -> f64 {
        match (self.blocks.front(), self.blocks.back()) {
            (Some(first), Some(last)) => last.last_x - first.first_x,
            _ => 0.0,
        }
    }

    /// The mean `x` of the window; 0 without points.
    #[must_use]
    pub fn mean_x(&self) -> f64 {
        self.blocks.iter().map(|block| block.sum_x).sum::<f64>() / self.count().max(1.0)
    }

    /// The corners of the lower hull, left to right, into `out`.
    pub fn lower(&self, out: &mut Vec<Point>) {
        out.clear();
        for point in self.blocks.iter().flat_map(|block| &block.hull) {
            append(out, *point);
        }
    }
}

impl Block {
    fn of(point: Point) -> Self {
        Self { first_x: point.x, last_x: point.x, count: 1.0, sum_x: point.x, hull: vec![point] }
    }

    fn push(&mut self, point: Point) {
        self.last_x = point.x;
        self.count += 1.0;
        self.sum_x += point.x;
        append(&mut self.hull, point);
    }
}

/// Adds a point at the right end of a lower hull (monotone chain).
fn append(hull: &mut Vec<Point>, point: Point) {
    while let [.., a, b] = hull[..] {
        if (b.y - a.y) * (point.x - a.x) < (point.y - a.y) * (b.x - a.x) {
            break;
        }
        hull.pop();
    }
    hull.push(point);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lower(hull: &Hull) -> Vec<(f64, f64)> {
        let mut out = Vec::new();
        hull.lower(&mut out);
        out.iter().map(|point| (point.x, point.y)).collect()
    }

    fn of(span: f64, points: &[(f64, f64)]) -> Hull {
        let mut hull = Hull::new(span);
        points.iter().for_each(|(x, y)| hull.push(Point { x: *x, y: *y }));
        hull
    }

    #[test]
    fn keeps_the_corners_of_the_lower_edge_and_nothing_above_it() {
        let hull = of(1000.0, &[(0.0, 5.0), (1.0, 9.0), (2.0, 1.0), (3.0, 2.0), (4.0, 1.5), (5.0, 4.0)]);
        assert_eq!(lower(&hull), [(0.0, 5.0), (2.0, 1.0), (4.0, 1.5), (5.0, 4.0)]);
    }

    #[test]
    fn a_point_hidden_by_one_that_left_the_window_is_seen_again() {
        let mut points: Vec<_> = (0..40).map(|k| (f64::from(k), 10.0)).collect();
        points[3].1 = 0.0;
        let deep = of(16.0, &points[..12]);
        assert!(lower(&deep).contains(&(3.0, 0.0)));
        let later = of(16.0, &points);
        assert!(lower(&later).iter().all(|(x, y)| *x >= 22.0 && *y == 10.0), "{:?}", lower(&later));
    }

    #[test]
    fn holds_a_bounded_number_of_points_whatever_comes() {
        let mut hull = Hull::new(1e12);
        for k in 0..20_000 {
            let x = f64::from(k);
            hull.push(Point { x, y: x * x });
        }
        assert!(lower(&hull).len() <= (BLOCKS + 1) * HULL_POINTS);
        assert!(hull.count() <= ((BLOCKS + 1) * HULL_POINTS) as f64);
    }

    #[test]
    fn mean_count_and_span_are_those_of_the_window() {
        let hull = of(160.0, &[(0.0, 0.0), (10.0, 0.0), (20.0, 0.0)]);
        assert_eq!((hull.count(), hull.span(), hull.mean_x()), (3.0, 20.0, 10.0));
        let later = of(16.0, &[(0.0, 0.0), (100.0, 0.0)]);
        assert_eq!((later.count(), later.span(), later.mean_x()), (1.0, 0.0, 100.0));
    }
}
