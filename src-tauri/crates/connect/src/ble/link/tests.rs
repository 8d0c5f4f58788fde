//! The link's ways with invented time, and a random walk over all inputs.

use super::*;

const MS: i64 = 1_000_000;

fn link() -> Link {
    let backoff = Backoff { first_ns: 500 * MS, cap_ns: 15_000 * MS, jitter: 0.0 };
    Link::new(backoff)
}

fn present() -> Link {
    let mut link = link();
    assert_eq!(link.on(Input::Present, 0, 0.0), []);
    link
}

fn lost(reason: &str) -> Action {
    Action::Announce(LinkState::Lost { reason: reason.to_owned() })
}

/// Takes the inputs of a link that comes up, at `now_ns`.
fn go_live(link: &mut Link, now_ns: i64) {
    for input in [Input::Turn, Input::Connected, Input::Discovered, Input::Subscribed] {
        link.on(input, now_ns, 0.0);
    }
    assert!(link.is_live(), "{:?}", link.stage());
}

fn cut(link: &mut Link, now_ns: i64) -> Vec<Action> {
    link.on(Input::Cut("cut".to_owned()), now_ns, 0.0)
}

#[test]
fn a_wanted_device_comes_up_step_by_step() {
    let mut link = present();
    let connecting = Action::Announce(LinkState::Connecting);
    assert_eq!(link.on(Input::Want, 0, 0.0), [connecting, Action::AskTurn]);
    assert_eq!(link.on(Input::Turn, 1, 0.0), [Action::Connect]);
    assert_eq!(link.on(Input::Connected, 2, 0.0), [Action::Discover]);
    assert_eq!(link.on(Input::Discovered, 3, 0.0), [Action::Subscribe]);
    let live = Action::Announce(LinkState::Live);
    assert_eq!(link.on(Input::Subscribed, 4, 0.0), [Action::EndTurn, live]);
}

#[test]
fn a_wanted_device_that_is_not_there_waits_and_says_why() {
    let mut link = link();
    link.on(Input::Absent("not in range".to_owned()), 0, 0.0);
    let connecting = Action::Announce(LinkState::Connecting);
    assert_eq!(link.on(Input::Want, 0, 0.0), [connecting, lost("not in range")]);
    assert_eq!(link.on(Input::Tick, 3600 * 1000 * MS, 0.0), []);
    assert_eq!(link.on(Input::Present, 5, 0.0), [Action::AskTurn]);
}

#[test]
fn before_the_first_look_at_the_adapter_nothing_is_called_lost() {
    let mut link = link();
    assert_eq!(link.on(Input::Want, 0, 0.0), [Action::Announce(LinkState::Connecting)]);
    assert_eq!(link.on(Input::Absent("off".to_owned()), 1, 0.0), [lost("off")]);
    assert_eq!(link.on(Input::Absent("off".to_owned()), 2, 0.0), []);
}

#[test]
fn a_cut_link_is_let_go_of_and_tried_again_after_half_a_second() {
    let mut link = present();
    link.on(Input::Want, 0, 0.0);
    go_live(&mut link, 0);
    assert_eq!(cut(&mut link, 1000 * MS), [Action::Release, lost("cut")]);
    assert_eq!(link.on(Input::Released, 1010 * MS, 0.0), [Action::EndTurn]);
    assert_eq!(link.on(Input::Tick, 1499 * MS, 0.0), []);
    assert_eq!(link.on(Input::Tick, 1500 * MS, 0.0), [Action::AskTurn]);
    let connecting = Action::Announce(LinkState::Connecting);
    assert_eq!(link.on(Input::Turn, 1500 * MS, 0.0), [connecting, Action::Connect]);
}

/// How long a link waits that was let go of at `now_ns`, to the half second.
fn wait_ms(link: &mut Link, now_ns: i64) -> i64 {
    link.on(Input::Released, now_ns, 0.0);
    let is_over = |ms: &i64| link.on(Input::Tick, now_ns + ms * MS, 0.0) == [Action::AskTurn];
    (0..100).map(|step| step * 500).find(is_over).unwrap()
}

#[test]
fn failing_tries_wait_longer_and_longer_up_to_the_cap_and_never_end() {
    let mut link = present();
    link.on(Input::Want, 0, 0.0);
    let mut now_ns = 0;
    let mut waits_ms = Vec::new();
    for _ in 0..8 {
        link.on(Input::Turn, now_ns, 0.0);
        link.on(Input::Failed("no answer".to_owned()), now_ns, 0.0);
        let waited_ms = wait_ms(&mut link, now_ns);
        now_ns += waited_ms * MS;
        waits_ms.push(waited_ms);
    }
    assert_eq!(waits_ms, [500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
}

#[test]
fn only_a_link_that_held_starts_the_waits_from_the_shortest_again() {
    let mut link = present();
    link.on(Input::Want, 0, 0.0);
    for expected_ms in [500, 1000] {
        go_live(&mut link, 0);
        cut(&mut link, STABLE_NS - 1);
        assert_eq!(wait_ms(&mut link, STABLE_NS - 1), expected_ms);
    }
    go_live(&mut link, 0);
    cut(&mut link, STABLE_NS);
    assert_eq!(wait_ms(&mut link, STABLE_NS), 500);
}

#[test]
fn letting_go_is_announced_at_once_and_wins_over_tries_under_way() {
    for steps in 0..=4 {
        let mut link = present();
        link.on(Input::Want, 0, 0.0);
        let way = [Input::Turn, Input::Connected, Input::Discovered, Input::Subscribed];
        for input in way.into_iter().take(steps) {
            link.on(input, 0, 0.0);
        }
        let first = if steps == 0 { Action::EndTurn } else { Action::Release };
        assert_eq!(link.on(Input::Unwant, 1, 0.0), [first, Action::Announce(LinkState::Stopped)]);
        link.on(Input::Released, 2, 0.0);
        assert_eq!(link.stage(), Stage::Idle);
        assert_eq!(link.on(Input::Tick, i64::MAX, 0.0), []);
    }
}

#[test]
fn wanted_again_while_it_is_let_go_of_it_comes_back() {
    let mut link = present();
    link.on(Input::Want, 0, 0.0);
    go_live(&mut link, 0);
    link.on(Input::Unwant, 1, 0.0);
    assert_eq!(link.on(Input::Want, 2, 0.0), [Action::Announce(LinkState::Connecting)]);
    assert_eq!(link.on(Input::Released, 3, 0.0), [Action::EndTurn, Action::AskTurn]);
}

#[test]
fn an_adapter_that_goes_takes_the_link_with_it_and_brings_it_back_without_a_wait() {
    let mut link = present();
    link.on(Input::Want, 0, 0.0);
    go_live(&mut link, 0);
    let off = Input::Absent("Bluetooth is switched off".to_owned());
    assert_eq!(link.on(off, 1, 0.0), [Action::Release, lost("Bluetooth is switched off")]);
    assert_eq!(link.on(Input::Released, 2, 0.0), [Action::EndTurn]);
    assert_eq!(link.stage(), Stage::Absent);
    assert_eq!(link.on(Input::Present, 3, 0.0), [Action::AskTurn]);
}

#[test]
fn the_operator_can_cut_a_wait_short() {
    let mut link = present();
    link.on(Input::Want, 0, 0.0);
    go_live(&mut link, 0);
    cut(&mut link, 0);
    link.on(Input::Released, 0, 0.0);
    assert_eq!(link.on(Input::Tick, 1, 0.0), []);
    assert_eq!(link.on(Input::Hurry, 1, 0.0), [Action::AskTurn]);
}

#[test]
fn a_turn_that_comes_too_late_is_given_back() {
    let mut link = present();
    assert_eq!(link.on(Input::Turn, 0, 0.0), [Action::EndTurn]);
}

/// What a driver knows of a link: whether it has a turn, what was announced.
#[derive(Default)]
struct Driver {
    queued: bool,
    holds: bool,
    busy: bool,
    told: Vec<LinkState>,
}

impl Driver {
    fn take(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::AskTurn => {
                    assert!(!self.queued && !self.holds, "asked twice for a turn");
                    self.queued = true;
                }
                Action::EndTurn => (self.queued, self.holds) = (false, false),
                Action::Connect | Action::Discover | Action::Subscribe => {
                    assert!(self.holds, "{action:?} without a turn");
                    self.busy = true;
                }
                Action::Release => self.busy = false,
                Action::Announce(state) => self.tell(state),
            }
        }
    }

    fn tell(&mut self, next: LinkState) {
        use LinkState::{Connecting, Live, Lost, Stopped};
        let fits = matches!(
            (self.told.last(), &next),
            (None | Some(Stopped | Lost { .. }), Connecting)
                | (Some(Connecting), Live)
                | (Some(Connecting | Live), Lost { .. })
                | (Some(Connecting | Live | Lost { .. }), Stopped)
        );
        assert!(fits, "{next:?} after {:?}", self.told.last());
        self.told.push(next);
    }
}

fn any_input(dice: u64) -> Input {
    match dice % 14 {
        0 => Input::Want,
        1 => Input::Unwant,
        2 => Input::Present,
        3 => Input::Absent("away".to_owned()),
        4 => Input::Turn,
        5 => Input::Connected,
        6 => Input::Discovered,
        7 => Input::Subscribed,
        8 => Input::Failed("failed".to_owned()),
        9 => Input::Cut("cut".to_owned()),
        10 => Input::Released,
        11 => Input::Hurry,
        12 => Input::Unsure,
        _ => Input::Tick,
    }
}

/// What brings a link on from where it stands.
fn forward(stage: Stage) -> Input {
    match stage {
        Stage::Idle => Input::Want,
        Stage::Absent => Input::Present,
        Stage::Queued => Input::Turn,
        Stage::Connecting => Input::Connected,
        Stage::Discovering => Input::Discovered,
        Stage::Subscribing => Input::Subscribed,
        Stage::Releasing => Input::Released,
        Stage::Live { .. } | Stage::BackingOff => Input::Tick,
    }
}

/// A small generator of chance with a seed, so that a failure can be repeated.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

#[test]
fn no_order_of_inputs_breaks_the_order_of_states_or_works_without_a_turn() {
    let mut lives = 0;
    for seed in 0..400 {
        let (mut dice, mut link, mut driver) = (seed, link(), Driver::default());
        for now_s in 0..400 {
            let chance = next(&mut dice);
            let input = if chance.is_multiple_of(2) { forward(link.stage()) } else { any_input(chance / 2) };
            if input == Input::Turn {
                if !driver.queued {
                    continue; // Nobody grants a turn that was not asked for.
                }
                (driver.queued, driver.holds) = (false, true);
            }
            driver.take(link.on(input, now_s * 1000 * MS, 0.5));
            lives += u32::from(link.is_live());
        }
        driver.take(link.on(Input::Unwant, i64::MAX, 0.5));
        driver.take(link.on(Input::Released, i64::MAX, 0.5));
        assert_eq!(link.stage(), Stage::Idle, "seed {seed}");
        assert!(!driver.queued && !driver.holds && !driver.busy, "seed {seed}");
    }
    assert!(lives > 1000, "the walk was live only {lives} times and proves little");
}
