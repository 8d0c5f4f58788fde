//! Tracks: lines on the globe, followed by distance.
//!
//! Between two points the way is straight; a degree of latitude is 111,320 m
//! and one of longitude that times the cosine of the latitude, which is true
//! enough for a simulated walk. The built-in tracks come from `assets/tracks`
//! (CSV: latitude, longitude, altitude in m; `#` begins a comment) and are part
//! of the program. A track whose ends meet is gone round; another one is gone
//! to and fro. Nothing here knows the time.

mod file;

use super::hash;
use super::plan::TrackName;
use std::f64::consts::TAU;

const METRES_PER_DEG: f64 = 111_320.0;
/// Ends nearer than this meet.
const MEETING_M: f64 = 1.0;
/// The points of an invented track.
const INVENTED_POINTS: u32 = 180;

/// A position, with longitude possibly outside ±180° while a track is computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geodetic {
    /// Degrees north.
    pub lat_deg: f64,
    /// Degrees east.
    pub lng_deg: f64,
    /// Metres above sea level.
    pub alt_m: f64,
}

/// A line with at least two points and a length.
#[derive(Debug)]
pub struct Track {
    points: Vec<Geodetic>,
    /// The distance of each point from the first, metres.
    distance_m: Vec<f64>,
}

/// What happens at the end of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turning {
    /// Round again, or back the same way.
    GoOn,
    /// Nothing more.
    StayAtEnd,
}

/// A place on a track.
#[derive(Clone, Copy, Debug)]
pub struct Fix {
    pub position: Geodetic,
    /// Where the way leads, degrees from north over east.
    pub heading_deg: f64,
    /// Whether the end has been reached for good.
    pub at_end: bool,
}

impl Track {
    /// A track of the program; `base_alt_m` lifts it so that it begins at that altitude.
    pub fn built_in(name: TrackName, base_alt_m: Option<f64>) -> Option<Self> {
        let mut points = file::points(name);
        let lift_m = base_alt_m.zip(points.first()).map_or(0.0, |(wanted, first)| wanted - first.alt_m);
        points.iter_mut().for_each(|point| point.alt_m += lift_m);
        Self::through(points)
    }

    /// A way round that begins and ends at `start` and is `length_m` long.
    pub fn invented(start: Geodetic, length_m: f64, seed: u64) -> Option<Self> {
        let wobble = |angle: f64| -> f64 {
            let part = |k: f64, n: u64, size: f64| size * (k * angle + TAU * hash::unit(seed, n)).cos();
            1.0 + part(2.0, 0, 0.25) + part(3.0, 1, 0.15) + part(5.0, 2, 0.1)
        };
        let first_angle = TAU * hash::unit(seed, 3);
        let corner = |n: u32| {
            let angle = first_angle + TAU * f64::from(n % INVENTED_POINTS) / f64::from(INVENTED_POINTS);
            (wobble(angle) * angle.cos(), wobble(angle) * angle.sin())
        };
        let corners: Vec<(f64, f64)> = (0..=INVENTED_POINTS).map(corner).collect();
        let around: f64 = corners.windows(2).map(|ab| (ab[1].0 - ab[0].0).hypot(ab[1].1 - ab[0].1)).sum();
        let (scale, from) = (length_m / around, corners[0]);
        Self::through(
            corners.iter().map(|(n, e)| moved(start, (n - from.0) * scale, (e - from.1) * scale)).collect(),
        )
    }

    /// None where the points make no way.
    fn through(points: Vec<Geodetic>) -> Option<Self> {
        let mut distance_m = vec![0.0];
        for (n, ab) in points.windows(2).enumerate() {
            distance_m.push(distance_m[n] + apart_m(ab[0], ab[1]));
        }
        let has_length = distance_m.last().is_some_and(|length| *length > 0.0);
        has_length.then_some(Self { points, distance_m })
    }

    /// From its first point to its last, metres.
    pub fn length_m(&self) -> f64 {
        self.distance_m.last().copied().unwrap_or_default()
    }

    /// The place `distance_m` metres along the way.
    pub fn at(&self, distance_m: f64, turning: Turning) -> Fix {
        let length = self.length_m();
        match turning {
            Turning::StayAtEnd => self.fix(distance_m.min(length), false, distance_m >= length),
            Turning::GoOn if self.is_closed() => self.fix(distance_m % length, false, false),
            Turning::GoOn => {
                let there_and_back = distance_m % (2.0 * length);
                let backwards = there_and_back > length;
                let along = if backwards { 2.0 * length - there_and_back } else { there_and_back };
                self.fix(along, backwards, false)
            }
        }
    }

    fn is_closed(&self) -> bool {
        match (self.points.first(), self.points.last()) {
            (Some(first), Some(last)) => apart_m(*first, *last) < MEETING_M,
            _ => false,
        }
    }

    fn fix(&self, along_m: f64, backwards: bool, at_end: bool) -> Fix {
        let behind = self.distance_m.partition_point(|d| *d <= along_m).clamp(1, self.points.len() - 1);
        let (a, b) = (self.points[behind - 1], self.points[behind]);
        let (from, to) = (self.distance_m[behind - 1], self.distance_m[behind]);
        let share = if to > from { (along_m - from) / (to - from) } else { 0.0 };
        let heading = if backwards { heading_deg(b, a) } else { heading_deg(a, b) };
        Fix { position: between(a, b, share), heading_deg: heading, at_end }
    }
}

/// The place that is so many metres to the north and east.
pub fn moved(from: Geodetic, north_m: f64, east_m: f64) -> Geodetic {
    Geodetic {
        lat_deg: from.lat_deg + north_m / METRES_PER_DEG,
        lng_deg: from.lng_deg + east_m / metres_per_lng_deg(from),
        alt_m: from.alt_m,
    }
}

fn between(a: Geodetic, b: Geodetic, share: f64) -> Geodetic {
    let mix = |from: f64, to: f64| (to - from).mul_add(share, from);
    Geodetic {
        lat_deg: mix(a.lat_deg, b.lat_deg),
        lng_deg: mix(a.lng_deg, b.lng_deg),
        alt_m: mix(a.alt_m, b.alt_m),
    }
}

fn north_and_east_m(a: Geodetic, b: Geodetic) -> (f64, f64) {
    let middle = between(a, b, 0.5);
    ((b.lat_deg - a.lat_deg) * METRES_PER_DEG, (b.lng_deg - a.lng_deg) * metres_per_lng_deg(middle))
}

/// Not below 1 % of that at the equator, so that the poles divide nothing by zero.
fn metres_per_lng_deg(at: Geodetic) -> f64 {
    METRES_PER_DEG * at.lat_deg.to_radians().cos().max(0.01)
}

fn apart_m(a: Geodetic, b: Geodetic) -> f64 {
    let (north, east) = north_and_east_m(a, b);
    north.hypot(east)
}

fn heading_deg(a: Geodetic, b: Geodetic) -> f64 {
    let (north, east) = north_and_east_m(a, b);
    east.atan2(north).to_degrees().rem_euclid(360.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(lat_deg: f64, lng_deg: f64) -> Geodetic {
        Geodetic { lat_deg, lng_deg, alt_m: 0.0 }
    }

    #[test]
    fn every_built_in_track_has_points_on_the_globe_and_a_length() {
        for (text, name) in TrackName::ALL {
            let track = Track::built_in(name, None).unwrap_or_else(|| panic!("{text} is no track"));
            assert!(track.points.len() >= 8, "{text} has {} points", track.points.len());
            assert!((500.0..3_000_000.0).contains(&track.length_m()), "{text}: {} m", track.length_m());
            assert!(track.points.iter().all(|p| p.lat_deg.abs() < 90.0 && p.lng_deg.abs() < 180.0));
        }
    }

    #[test]
    fn a_closed_way_is_gone_round_and_an_open_one_to_and_fro() {
        let open = Track::through(vec![point(0.0, 0.0), point(1.0, 0.0)]).unwrap();
        let back = open.at(1.5 * open.length_m(), Turning::GoOn);
        assert!((back.position.lat_deg - 0.5).abs() < 1e-9 && (back.heading_deg - 180.0).abs() < 1e-9);
        let corners = [point(0.0, 0.0), point(1.0, 0.0), point(1.0, 1.0), point(0.0, 0.0)];
        let closed = Track::through(corners.to_vec()).unwrap();
        let again = closed.at(closed.length_m() + 1000.0, Turning::GoOn);
        assert!((again.position.lat_deg - 1000.0 / METRES_PER_DEG).abs() < 1e-9);
    }

    #[test]
    fn without_a_loop_the_end_is_kept() {
        let track = Track::through(vec![point(0.0, 0.0), point(0.0, 1.0)]).unwrap();
        let fix = track.at(1e9, Turning::StayAtEnd);
        assert!(fix.at_end && (fix.position.lng_deg - 1.0).abs() < 1e-9);
    }

    #[test]
    fn an_invented_track_comes_home_and_is_as_long_as_asked_even_near_a_pole() {
        for start in [point(52.5, 13.4), point(0.0, 179.999), point(89.0, 0.0)] {
            let track = Track::invented(start, 2000.0, 7).unwrap();
            assert!(track.is_closed(), "{start:?}");
            assert!((track.length_m() - 2000.0).abs() < 40.0, "{start:?}: {} m", track.length_m());
            assert!(apart_m(track.points[0], start) < 0.001);
        }
    }

    #[test]
    fn points_in_one_place_are_no_track() {
        assert!(Track::through(vec![point(1.0, 1.0); 3]).is_none());
        assert!(Track::through(vec![]).is_none());
    }
}
