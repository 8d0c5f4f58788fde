//! The quality of a view with invented time.

use super::*;
use model::{AttentionLevel as A, LoadLevel as L};

const SECOND: i64 = 1_000_000_000;

/// Feeds (second, waiting) and gives the quality after each.
fn run(view: &mut ViewQuality, load: L, steps: &[(i64, u32)]) -> Vec<Quality> {
    steps.iter().map(|(second, waiting)| view.on_waiting(*waiting, load, second * SECOND)).collect()
}

#[test]
fn flushes_at_64_128_250_and_500_ms() {
    let flush = Quality::ALL.map(|quality| quality.flush_ms(A::Low));
    assert_eq!(flush, [None, Some(500), Some(250), Some(128), Some(64)]);
}

#[test]
fn steps_down_by_how_much_waits() {
    for (waiting, expected) in [
        (50, Quality::High),
        (51, Quality::Medium),
        (76, Quality::Low),
        (101, Quality::Minimal),
        (150, Quality::Minimal),
        (151, Quality::Paused),
    ] {
        // Beyond 75 the backlog alone decides, not the one step that comes on top.
        let may_step_down_ns = if waiting > 75 { i64::MAX } else { 0 };
        let mut view = ViewQuality { may_step_down_ns, ..ViewQuality::default() };
        assert_eq!(view.on_waiting(waiting, L::Normal, 0), expected, "{waiting} waiting");
    }
}

#[test]
fn a_mild_backlog_costs_one_step_a_second_and_not_one_a_flush() {
    let mut view = ViewQuality::default();
    for flush in 0..15 {
        assert_eq!(view.on_waiting(60, L::Normal, flush * 64_000_000), Quality::Medium);
    }
    assert_eq!(view.on_waiting(60, L::Normal, SECOND), Quality::Low);
}

#[test]
fn the_thresholds_shrink_with_the_load() {
    for (load, mild, pausing) in [(L::Elevated, 26, 76), (L::High, 17, 51), (L::Critical, 13, 38)] {
        assert_eq!(ViewQuality::default().on_waiting(mild - 1, load, 0), Quality::High);
        assert_eq!(ViewQuality::default().on_waiting(mild, load, 0), Quality::Medium);
        assert_eq!(ViewQuality::default().on_waiting(pausing, load, 0), Quality::Paused);
    }
}

#[test]
fn climbs_one_step_for_two_calm_checks_in_a_row_and_all_the_way_to_the_top() {
    let mut view = ViewQuality::default();
    run(&mut view, L::Normal, &[(0, 101)]);
    let climb: Vec<(i64, u32)> = (1..=60).map(|second| (second, 9)).collect();
    let seen = run(&mut view, L::Normal, &climb);
    let first = |quality| 1 + seen.iter().position(|one| *one == quality).unwrap();
    assert_eq!([Quality::Low, Quality::Medium, Quality::High].map(first), [16, 32, 48]);
}

#[test]
fn one_busy_check_starts_the_count_anew() {
    let mut view = ViewQuality::default();
    let seen = run(&mut view, L::Normal, &[(0, 101), (8, 0), (16, 10), (24, 0), (32, 0)]);
    assert_eq!(seen, [Quality::Minimal, Quality::Minimal, Quality::Minimal, Quality::Minimal, Quality::Low]);
}

#[test]
fn recovers_from_a_pause_below_twenty_at_the_next_check() {
    let mut view = ViewQuality::default();
    let seen = run(&mut view, L::Normal, &[(0, 200), (2, 0), (3, 20), (5, 0), (6, 19)]);
    let paused = Quality::Paused;
    assert_eq!(seen, [paused, paused, paused, paused, Quality::Minimal]);
}

#[test]
fn a_choice_of_the_operator_stands_but_for_the_pause() {
    let mut view = ViewQuality::default();
    view.choose(Choice::High);
    assert_eq!(view.on_waiting(101, L::Normal, 0), Quality::High);
    assert_eq!(view.on_waiting(151, L::Normal, 0), Quality::Paused);
    view.choose(Choice::Minimal);
    assert_eq!(view.on_waiting(0, L::Normal, 9 * SECOND), Quality::Minimal);
}

#[test]
fn a_slow_face_is_served_less_and_climbs_back_step_by_step() {
    let mut view = ViewQuality::default();
    view.on_report(Report { fps: 8.0 }, 0);
    assert_eq!(view.quality(), Quality::Low);
    (1..9).for_each(|k| view.on_report(Report { fps: 60.0 }, (10 + k) * SECOND));
    assert_eq!(view.quality(), Quality::Low, "a better frame rate alone lifts nothing");
    let seen = run(&mut view, L::Normal, &[(20, 0), (28, 0), (36, 0), (44, 0)]);
    assert_eq!(seen.last(), Some(&Quality::Medium));
}

#[test]
fn a_paused_view_still_hears_of_what_somebody_watches() {
    assert_eq!(Quality::Paused.flush_ms(A::High), Some(TRICKLE_MS));
    assert_eq!(Quality::Paused.flush_ms(A::Medium), Some(TRICKLE_MS));
    assert_eq!(Quality::Paused.flush_ms(A::None), None);
}
