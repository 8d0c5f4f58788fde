//! While children start or stop, everything else waits, as in OTP's mailbox.

use crate::rig::{Rig, child, flags};
use policy::supervise::RestartType::{Permanent, Temporary};
use policy::supervise::{ChildKey, Event, Exit, State, Status, Strategy};

fn crashed(key: u64) -> Event {
    Event::Exited(ChildKey(key), Exit::Crashed)
}

fn obeyed(key: u64) -> Event {
    Event::Exited(ChildKey(key), Exit::Shutdown)
}

#[test]
fn each_stop_waits_for_the_one_before_it() {
    let mut rig = Rig::of_three(Strategy::OneForOne);
    assert_eq!(rig.feed(Event::Shutdown), ["stop 3"]);
    assert_eq!(rig.feed(obeyed(3)), ["stop 2"]);
    assert_eq!(rig.feed(obeyed(2)), ["stop 1"]);
    assert_eq!(rig.feed(obeyed(1)), ["ended Shutdown"]);
}

#[test]
fn each_start_waits_for_the_one_before_it() {
    let mut rig = Rig::new(flags(Strategy::OneForOne), vec![child(1, Permanent), child(2, Permanent)]);
    assert_eq!(rig.feed(Event::Boot), ["start 1"]);
    assert_eq!(rig.machine.state(), State::Booting);
    assert_eq!(rig.feed(Event::Started(ChildKey(1))), ["start 2"]);
    assert_eq!(rig.feed(Event::Started(ChildKey(2))), ["booted"]);
}

#[test]
fn a_crash_during_the_boot_is_looked_at_after_it() {
    let mut rig = Rig::new(flags(Strategy::OneForOne), vec![child(1, Permanent), child(2, Permanent)]);
    rig.feed(Event::Boot);
    rig.feed(Event::Started(ChildKey(1)));
    assert!(rig.feed(crashed(1)).is_empty());
    assert_eq!(rig.feed(Event::Started(ChildKey(2))), ["booted", "start 1"]);
}

#[test]
fn a_child_that_ends_before_its_start_is_reported_is_looked_at_afterwards() {
    let mut rig = Rig::of_three(Strategy::OneForOne);
    assert_eq!(rig.feed(crashed(1)), ["start 1"]);
    assert!(rig.feed(crashed(1)).is_empty());
    assert_eq!(rig.feed(Event::Started(ChildKey(1))), ["start 1"]);
}

#[test]
fn a_child_that_is_dead_already_is_not_told_to_stop_and_its_end_is_not_looked_at_again() {
    let mut rig = Rig::of_three(Strategy::OneForAll);
    assert_eq!(rig.feed(crashed(1)), ["stop 3"]);
    assert!(rig.feed(crashed(2)).is_empty());
    let told = rig.play(obeyed(3));
    assert_eq!(told, ["start 1", "start 2", "start 3"]);
    assert_eq!(rig.machine.child(ChildKey(2)).unwrap().status, Status::Running);
}

#[test]
fn the_end_of_a_new_run_is_not_taken_for_the_end_of_the_old_one() {
    let mut rig = Rig::of_three(Strategy::OneForAll);
    rig.feed(crashed(1));
    rig.feed(crashed(2));
    rig.feed(obeyed(3));
    rig.feed(Event::Started(ChildKey(1)));
    assert_eq!(rig.feed(Event::Started(ChildKey(2))), ["start 3"]);
    assert!(rig.feed(crashed(2)).is_empty());
    assert_eq!(rig.feed(Event::Started(ChildKey(3))), ["stop 3"], "the second crash of 2 counts");
}

#[test]
fn requests_are_answered_in_their_order_once_the_restart_is_over() {
    let mut rig = Rig::of_three(Strategy::OneForOne);
    assert_eq!(rig.feed(crashed(1)), ["start 1"]);
    assert!(rig.feed(Event::Terminate(ChildKey(9))).is_empty());
    assert!(rig.feed(Event::Delete(ChildKey(2))).is_empty());
    let told = rig.feed(Event::Started(ChildKey(1)));
    assert_eq!(told, ["refused 9: there is no such child", "refused 2: the child is running"]);
}

#[test]
fn a_failed_restart_is_tried_again_behind_what_waits_already() {
    let mut rig = Rig::of_three(Strategy::OneForOne);
    rig.feed(crashed(1));
    rig.feed(Event::Restart(ChildKey(1)));
    rig.feed(Event::Terminate(ChildKey(1)));
    let told = rig.feed(Event::StartFailed(ChildKey(1)));
    assert_eq!(told, ["refused 1: the child is being restarted", "done 1"], "terminated: not tried again");
}

#[test]
fn a_child_that_misses_its_deadline_is_abandoned_and_the_rest_goes_on() {
    let mut rig = Rig::of_three(Strategy::OneForAll);
    assert_eq!(rig.feed(crashed(1)), ["stop 3"]);
    assert_eq!(rig.feed(Event::StopDeadline(ChildKey(3))), ["abandon 3", "stop 2"]);
    assert_eq!(rig.feed(obeyed(2)), ["start 1"]);
}

#[test]
fn what_nobody_waits_for_is_ignored() {
    let mut rig = Rig::of_three(Strategy::OneForOne);
    for event in [
        Event::Started(ChildKey(1)),
        Event::StartFailed(ChildKey(1)),
        Event::Ignored(ChildKey(9)),
        Event::StopDeadline(ChildKey(2)),
        Event::Boot,
        crashed(9),
    ] {
        assert!(rig.feed(event).is_empty(), "{event:?}");
    }
    assert_eq!(rig.machine.child(ChildKey(1)).unwrap().status, Status::Running);
}

#[test]
fn a_request_that_comes_too_late_is_refused() {
    let mut rig = Rig::of_three(Strategy::OneForOne);
    rig.feed(Event::Shutdown);
    rig.feed(Event::Add(child(4, Temporary)));
    let told = rig.play(obeyed(3));
    let expected = ["stop 2", "stop 1", "ended Shutdown", "refused 4: the supervisor has ended"];
    assert_eq!(told, expected);
    assert_eq!(rig.feed(Event::Terminate(ChildKey(1))), ["refused 1: the supervisor has ended"]);
}

#[test]
fn before_the_boot_requests_wait_but_the_end_does_not() {
    let mut rig = Rig::new(flags(Strategy::SimpleOneForOne), Vec::new());
    assert!(rig.feed(Event::Add(child(1, Permanent))).is_empty());
    assert_eq!(rig.machine.clone().on(Event::Shutdown, 0).len(), 2);
    assert_eq!(rig.feed(Event::Boot), ["booted", "start 1"]);
}

#[test]
fn counts_how_often_each_child_was_started_again() {
    let mut rig = Rig::of_three(Strategy::RestForOne);
    rig.crash(2);
    rig.crash(3);
    let restarts: Vec<u64> = rig.machine.children().map(|state| state.restarts).collect();
    assert_eq!(restarts, [0, 1, 2]);
}

#[test]
fn a_thousand_children_that_crash_at_once_are_each_looked_at_once() {
    let mut rig = Rig::new(flags(Strategy::SimpleOneForOne), Vec::new());
    rig.play(Event::Boot);
    for key in 0..1000 {
        rig.play(Event::Add(child(key, Temporary)));
    }
    rig.feed(Event::Terminate(ChildKey(0)));
    for key in 1..1000 {
        assert!(rig.feed(crashed(key)).is_empty());
    }
    assert_eq!(rig.feed(obeyed(0)).len(), 2 + 999);
    assert_eq!(rig.machine.children().count(), 0);
}
