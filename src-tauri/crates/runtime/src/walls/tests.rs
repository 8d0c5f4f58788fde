//! Walls around calls that hang, fail and panic; only the breaker's time is invented.

use super::*;
use crossbeam_channel::bounded;
use testkit::{FakeClock, wait_until};

const SOON: Duration = Duration::from_secs(10);
const SEC: i64 = 1_000_000_000;

fn wall(deadline: Duration, width: u32) -> (Wall, Tree, Arc<FakeClock>) {
    let clock = Arc::new(FakeClock::default());
    let tree = Tree::new(Arc::new(connect::SystemClock), Box::new(|_| {})).unwrap();
    let config = WallConfig { deadline, width, breaker: BreakerRule::default() };
    let wall = Wall::start("disk", Arc::clone(&clock) as Arc<dyn Clock>, config, &tree, Tier::Storage);
    (wall.unwrap(), tree, clock)
}

fn answer(wall: &Wall, answer: Result<u32, String>) -> Result<u32, WallError<String>> {
    wall.call("test", move || answer, |error| error != "harmless")
}

#[test]
fn a_call_that_hangs_gives_its_caller_a_time_out_and_keeps_its_place_until_it_ends() {
    let (wall, _tree, _) = wall(Duration::from_millis(20), 1);
    let (release, held) = bounded::<()>(0);
    let hangs = wall.call("hangs", move || held.recv().map_err(|_| "released".to_owned()), |_| true);
    assert_eq!(hangs, Err(WallError::TimedOut));
    assert_eq!(answer(&wall, Ok(1)), Err(WallError::Full));
    assert_eq!((wall.view().under_way, wall.view().refused, wall.view().timed_out), ((1, 1), 1, 1));
    drop(release);
    wait_until(SOON, "the place", || wall.view().under_way.0 == 0);
    assert_eq!(answer(&wall, Ok(1)), Ok(1));
}

#[test]
fn the_breaker_opens_after_five_failures_and_closes_after_three_good_tries() {
    let (wall, _tree, clock) = wall(SOON, 1);
    for _ in 0..5 {
        assert!(matches!(answer(&wall, Err("away".to_owned())), Err(WallError::Failed(_))));
    }
    assert_eq!(answer(&wall, Ok(1)), Err(WallError::Open { retry_after_ns: 30 * SEC }));
    assert_eq!(wall.closed_for_ns(), 30 * SEC);
    clock.advance_ns(30 * SEC);
    (0..3).for_each(|_| assert_eq!(answer(&wall, Ok(1)), Ok(1)));
    let view = wall.view();
    assert_eq!((view.state, view.openings, view.calls), (BreakerState::Closed, 1, (3, 5)));
    assert_eq!(view.last_error, "away");
}

#[test]
fn an_error_that_is_not_its_fault_does_not_open_it() {
    let (wall, _tree, _) = wall(SOON, 1);
    for _ in 0..20 {
        assert_eq!(answer(&wall, Err("harmless".to_owned())), Err(WallError::Failed("harmless".to_owned())));
    }
    assert_eq!(wall.view().state, BreakerState::Closed);
}

#[test]
fn a_panic_is_a_failure_and_leaves_the_wall_usable() {
    let (wall, _tree, _) = wall(SOON, 1);
    let panics: Result<(), WallError<String>> = wall.call("bad", || panic!("planted"), |_| true);
    assert_eq!(panics, Err(WallError::Panicked("panicked: planted".to_owned())));
    assert_eq!((answer(&wall, Ok(1)), wall.view().failures), (Ok(1), 1));
}

#[test]
fn one_slow_dependency_fills_only_its_own_wall() {
    let (slow, tree, clock) = wall(Duration::from_millis(20), 2);
    let config = WallConfig { deadline: SOON, width: 2, breaker: BreakerRule::default() };
    let other = Wall::start("other", clock as Arc<dyn Clock>, config, &tree, Tier::Storage).unwrap();
    let (release, held) = bounded::<()>(0);
    for _ in 0..2 {
        let held = held.clone();
        let stuck: Result<(), _> =
            slow.call("stuck", move || held.recv().map_err(|e| e.to_string()), |_| true);
        assert_eq!(stuck, Err(WallError::TimedOut));
    }
    assert_eq!(answer(&slow, Ok(1)), Err(WallError::Full));
    assert_eq!(answer(&other, Ok(1)), Ok(1));
    drop(release);
}
