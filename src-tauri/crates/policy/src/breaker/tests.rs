//! The breaker at invented times, and against what must hold at any time.

use super::*;
use proptest::prelude::*;

const SEC: i64 = 1_000_000_000;

fn breaker() -> Breaker {
    Breaker::new(BreakerRule::default())
}

fn fail(breaker: &mut Breaker, now_ns: i64) {
    let pass = breaker.ask(now_ns).unwrap();
    breaker.on_failure(pass, now_ns);
}

fn opened_at(now_ns: i64) -> Breaker {
    let mut breaker = breaker();
    (0..5).for_each(|_| fail(&mut breaker, now_ns));
    breaker
}

#[test]
fn opens_at_the_fifth_failure_for_thirty_seconds() {
    let mut breaker = breaker();
    for _ in 0..4 {
        fail(&mut breaker, SEC);
    }
    assert_eq!(breaker.state(), BreakerState::Closed);
    fail(&mut breaker, SEC);
    assert_eq!(breaker.state(), BreakerState::Open { until_ns: 31 * SEC });
    assert_eq!(breaker.ask(11 * SEC), Err(Refused { retry_after_ns: 20 * SEC }));
    assert!(breaker.ask(31 * SEC).is_ok());
}

#[test]
fn failures_halve_every_sixty_seconds_from_the_first() {
    let mut breaker = breaker();
    (0..4).for_each(|k| fail(&mut breaker, 10 * SEC + k));
    assert_eq!([69, 70, 130, 190].map(|s| breaker.failures(s * SEC)), [4, 2, 1, 0]);
    fail(&mut breaker, 71 * SEC);
    assert_eq!(breaker.failures(71 * SEC), 3);
    assert_eq!(breaker.failures(130 * SEC), 1, "the halvings keep their rhythm");
}

#[test]
fn a_failure_a_minute_never_opens_it() {
    let mut breaker = breaker();
    (0..10_000).for_each(|minute| fail(&mut breaker, minute * 60 * SEC));
    assert_eq!(breaker.openings(), 0);
}

#[test]
fn three_good_tries_one_after_the_other_close_it() {
    let mut breaker = opened_at(0);
    for k in 0..3 {
        let pass = breaker.ask(30 * SEC + k).unwrap();
        assert!(breaker.ask(30 * SEC + k).is_err(), "one at a time");
        breaker.on_success(pass);
    }
    assert_eq!((breaker.state(), breaker.failures(30 * SEC)), (BreakerState::Closed, 0));
}

#[test]
fn one_bad_try_on_probation_opens_it_again() {
    let mut breaker = opened_at(0);
    let pass = breaker.ask(30 * SEC).unwrap();
    breaker.on_success(pass);
    fail(&mut breaker, 31 * SEC);
    assert_eq!(breaker.state(), BreakerState::Open { until_ns: 61 * SEC });
    assert_eq!(breaker.openings(), 2);
}

#[test]
fn a_try_that_never_answers_gives_its_place_up() {
    let mut breaker = opened_at(0);
    let lost = breaker.ask(30 * SEC).unwrap();
    assert_eq!(breaker.ask(40 * SEC), Err(Refused { retry_after_ns: 20 * SEC }));
    let second = breaker.ask(60 * SEC).unwrap();
    breaker.on_success(lost);
    assert_eq!(breaker.state(), BreakerState::HalfOpen { good: 0, trial_ns: Some(60 * SEC) });
    breaker.on_success(second);
    assert_eq!(breaker.state(), BreakerState::HalfOpen { good: 1, trial_ns: None });
}

#[test]
fn an_answer_from_before_the_opening_neither_helps_nor_harms() {
    let mut breaker = breaker();
    let (good, bad) = (breaker.ask(0).unwrap(), breaker.ask(0).unwrap());
    (0..5).for_each(|_| fail(&mut breaker, 0));
    let trial = breaker.ask(30 * SEC).unwrap();
    breaker.on_success(good);
    breaker.on_failure(bad, 30 * SEC);
    assert_eq!(breaker.state(), BreakerState::HalfOpen { good: 0, trial_ns: Some(30 * SEC) });
    breaker.on_not_called(trial);
    assert!(breaker.ask(30 * SEC).is_ok(), "a call that was not made leaves its place");
}

#[test]
fn a_clock_that_steps_back_or_far_ahead_does_no_harm() {
    let mut breaker = breaker();
    for now_ns in [0, i64::MAX, i64::MIN, 5, -5, i64::MAX] {
        if let Ok(pass) = breaker.ask(now_ns) {
            breaker.on_failure(pass, now_ns);
        }
    }
    assert!(breaker.failures(i64::MAX) <= 6);
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Call { good: bool },
    Wait(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let call = any::<bool>().prop_map(|good| Step::Call { good });
    let wait = (0..40 * SEC).prop_map(Step::Wait);
    prop::collection::vec(prop_oneof![3 => call, 1 => wait], 0..300)
}

proptest! {
    /// A reference that keeps the whole story: open means 30 s without a call
    /// since the failure that opened it, and closed again means three good ones.
    #[test]
    fn agrees_with_a_reference_that_remembers_everything(steps in steps()) {
        let (mut breaker, mut now_ns) = (breaker(), 0);
        let (mut opened_ns, mut good_since) = (None::<i64>, 0);
        let mut failures: Vec<i64> = Vec::new();
        for step in steps {
            let good = match step {
                Step::Wait(ns) => { now_ns += ns; continue }
                Step::Call { good } => good,
            };
            let shut = opened_ns.is_some_and(|at| good_since == 0 && now_ns < at + 30 * SEC);
            let asked = breaker.ask(now_ns);
            prop_assert_eq!(asked.is_err(), shut, "at {}", now_ns);
            let Ok(pass) = asked else { continue };
            match (good, opened_ns) {
                (true, Some(_)) => {
                    breaker.on_success(pass);
                    good_since += 1;
                    if good_since == 3 { (opened_ns, good_since) = (None, 0); failures.clear(); }
                }
                (true, None) => breaker.on_success(pass),
                (false, was_open) => {
                    breaker.on_failure(pass, now_ns);
                    failures.push(now_ns);
                    if was_open.is_some() || breaker.openings() > 0 && breaker.state() != BreakerState::Closed {
                        (opened_ns, good_since) = (Some(now_ns), 0);
                        prop_assert!(was_open.is_some() || failures.len() >= 5, "opened after {failures:?}");
                    }
                }
            }
        }
    }
}
