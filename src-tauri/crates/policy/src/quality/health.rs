//! What a face says of itself: its frame rate, smoothed, as a class with a wide
//! gap between entering and leaving it ("platform, client health").

use super::Quality;
use std::collections::VecDeque;

/// Reports that are averaged.
const REPORTS: usize = 8;
/// The class rests this long after it changed.
const COOL_DOWN_NS: i64 = 10_000_000_000;
/// A frame rate above this is a mistake of the face, frames a second.
const FPS_MAX: f32 = 1_000.0;

/// One report of a face. A hidden page draws nothing and is not to report.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    /// Frames drawn a second.
    pub fps: f32,
}

/// The class of a face over time.
#[derive(Clone, Debug, Default)]
pub struct Health {
    recent_fps: VecDeque<f32>,
    class: Option<Quality>,
    rests_until_ns: i64,
}

impl Health {
    /// The best quality that the face can bear.
    #[must_use]
    pub fn ceiling(&self) -> Quality {
        self.class.unwrap_or(Quality::High)
    }

    /// Takes a report; what is no frame rate is ignored.
    pub fn on_report(&mut self, report: Report, now_ns: i64) {
        if !report.fps.is_finite() || !(0.0..=FPS_MAX).contains(&report.fps) {
            return;
        }
        self.recent_fps.push_back(report.fps);
        if self.recent_fps.len() > REPORTS {
            self.recent_fps.pop_front();
        }
        let class = class_after(self.ceiling(), self.mean_fps());
        if class != self.ceiling() && now_ns >= self.rests_until_ns {
            self.class = Some(class);
            self.rests_until_ns = now_ns.saturating_add(COOL_DOWN_NS);
        }
    }

    fn mean_fps(&self) -> f32 {
        self.recent_fps.iter().sum::<f32>() / self.recent_fps.len().max(1) as f32
    }
}

/// A class is entered at its first bound and left only under its second.
fn class_after(now: Quality, fps: f32) -> Quality {
    let entered = match fps {
        fps if fps >= 25.0 => Quality::High,
        fps if fps >= 12.0 => Quality::Medium,
        fps if fps >= 6.0 => Quality::Low,
        _ => Quality::Minimal,
    };
    let leave_below = match now {
        Quality::High => 12.0,
        Quality::Medium => 6.0,
        Quality::Low => 2.0,
        Quality::Minimal | Quality::Paused => 0.0,
    };
    if entered > now || fps < leave_below { entered } else { now }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    fn after(fps: &[f32]) -> Quality {
        let mut health = Health::default();
        for (k, fps) in fps.iter().enumerate() {
            health.on_report(Report { fps: *fps }, k as i64 * 20 * SECOND);
        }
        health.ceiling()
    }

    #[test]
    fn a_class_is_left_far_below_where_it_is_entered() {
        assert_eq!(after(&[24.0]), Quality::High);
        assert_eq!(after(&[12.0]), Quality::High);
        assert_eq!(after(&[11.0]), Quality::Low);
        assert_eq!(after(&[1.0]), Quality::Minimal);
        assert_eq!(class_after(Quality::Low, 11.9), Quality::Low);
        assert_eq!(class_after(Quality::Low, 12.0), Quality::Medium);
        assert_eq!(class_after(Quality::Medium, 24.9), Quality::Medium);
        assert_eq!(class_after(Quality::Medium, 6.0), Quality::Medium);
        assert_eq!(class_after(Quality::Minimal, 6.0), Quality::Low);
    }

    #[test]
    fn one_slow_frame_among_eight_reports_changes_nothing() {
        assert_eq!(after(&[60.0, 60.0, 60.0, 60.0, 60.0, 60.0, 60.0, 1.0]), Quality::High);
    }

    #[test]
    fn rests_ten_seconds_after_a_change() {
        let mut health = Health::default();
        health.on_report(Report { fps: 8.0 }, 0);
        assert_eq!(health.ceiling(), Quality::Low);
        (1..9).for_each(|second| health.on_report(Report { fps: 60.0 }, second * SECOND));
        assert_eq!(health.ceiling(), Quality::Low);
        health.on_report(Report { fps: 60.0 }, 10 * SECOND);
        assert_eq!(health.ceiling(), Quality::High);
    }

    #[test]
    fn what_is_no_frame_rate_is_ignored() {
        assert_eq!(after(&[f32::NAN, -1.0, f32::INFINITY, 1e9]), Quality::High);
    }
}
