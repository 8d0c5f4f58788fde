//! From waiting entries to a pressure: the platform's two tables.

/// Pressure of the queues towards workers and recorder, 0 to 1. `worst` is the
/// deepest queue, `mean` the mean depth, in entries.
#[must_use]
pub fn queue_pressure(worst: f64, mean: f64) -> f64 {
    first_above(worst, &[(200.0, 1.0), (100.0, 0.9), (50.0, 0.8), (20.0, 0.6)])
        .or_else(|| first_above(mean, &[(10.0, 0.4)]))
        .unwrap_or_else(|| a_fiftieth(mean))
}

/// Pressure of the event bus, that is of what waits on its way to views and
/// callers, 0 to 1. `worst` is the deepest queue, `mean` the mean depth, in entries.
#[must_use]
pub fn event_bus_pressure(worst: f64, mean: f64) -> f64 {
    first_above(worst, &[(500.0, 1.0), (200.0, 0.85), (50.0, 0.7)])
        .or_else(|| first_above(mean, &[(20.0, 0.5), (5.0, 0.3)]))
        .unwrap_or_else(|| a_fiftieth(mean))
}

fn first_above(depth: f64, table: &[(f64, f64)]) -> Option<f64> {
    table.iter().find(|(bound, _)| depth > *bound).map(|(_, pressure)| *pressure)
}

fn a_fiftieth(mean: f64) -> f64 {
    if mean.is_nan() { 0.0 } else { (mean / 50.0).clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn queues_follow_the_platforms_table_at_every_border() {
        let rows = [
            (201.0, 0.0, 1.0),
            (200.0, 0.0, 0.9),
            (101.0, 0.0, 0.9),
            (100.0, 0.0, 0.8),
            (51.0, 0.0, 0.8),
            (50.0, 0.0, 0.6),
            (21.0, 0.0, 0.6),
            (20.0, 11.0, 0.4),
            (20.0, 10.0, 0.2),
            (5.0, 2.5, 0.05),
            (0.0, 0.0, 0.0),
        ];
        for (worst, mean, pressure) in rows {
            assert!(same(queue_pressure(worst, mean), pressure), "{worst} {mean}");
        }
    }

    #[test]
    fn the_event_bus_follows_the_platforms_table_at_every_border() {
        let rows = [
            (501.0, 0.0, 1.0),
            (500.0, 0.0, 0.85),
            (201.0, 0.0, 0.85),
            (200.0, 0.0, 0.7),
            (51.0, 0.0, 0.7),
            (50.0, 21.0, 0.5),
            (50.0, 20.0, 0.3),
            (50.0, 5.1, 0.3),
            (50.0, 5.0, 0.1),
            (0.0, 0.0, 0.0),
        ];
        for (worst, mean, pressure) in rows {
            assert!(same(event_bus_pressure(worst, mean), pressure), "{worst} {mean}");
        }
    }

    #[test]
    fn what_is_not_a_number_presses_on_nobody() {
        assert!(same(queue_pressure(f64::NAN, f64::NAN), 0.0));
        assert!(same(event_bus_pressure(f64::NAN, -1.0), 0.0));
    }
}
