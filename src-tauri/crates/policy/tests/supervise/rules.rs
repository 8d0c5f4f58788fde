//! One sentence of OTP's documentation, one test.

use crate::rig::{Rig, SECOND_NS, child, flags, significant};
use policy::restart::Intensity;
use policy::supervise::RestartType::{Permanent, Temporary, Transient};
use policy::supervise::{
    Action, AutoShutdown, ChildKey, Event, Exit, Flags, Shutdown, SpecError, State, Status, Strategy,
    Supervisor,
};

#[test]
fn starts_left_to_right_and_stops_in_reverse() {
    let mut rig = Rig::of_three(Strategy::OneForOne);
    assert_eq!(rig.play(Event::Shutdown), ["stop 3", "stop 2", "stop 1", "ended Shutdown"]);
    assert_eq!(rig.machine.state(), State::Ended);
}

#[test]
fn a_failed_start_at_boot_stops_those_before_it_in_reverse_and_fails_the_boot() {
    let specs = (1..=4).map(|key| child(key, Permanent)).collect();
    let mut rig = Rig::new(flags(Strategy::OneForAll), specs);
    rig.broken.insert(3);
    let told = rig.play(Event::Boot);
    assert_eq!(told, ["start 1", "start 2", "start 3", "stop 2", "stop 1", "boot failed"]);
    assert_eq!(rig.machine.state(), State::Ended);
}

#[test]
fn one_for_one_restarts_the_child_alone() {
    assert_eq!(Rig::of_three(Strategy::OneForOne).crash(2), ["start 2"]);
}

#[test]
fn one_for_all_stops_the_siblings_in_reverse_and_starts_all_in_order() {
    let told = Rig::of_three(Strategy::OneForAll).crash(2);
    assert_eq!(told, ["stop 3", "stop 1", "start 1", "start 2", "start 3"]);
}

#[test]
fn rest_for_one_restarts_the_child_and_those_behind_it() {
    let told = Rig::of_three(Strategy::RestForOne).crash(2);
    assert_eq!(told, ["stop 3", "start 2", "start 3"]);
}

#[test]
fn a_permanent_child_is_restarted_after_every_end() {
    let mut rig = Rig::of_three(Strategy::OneForOne);
    for exit in [Exit::Normal, Exit::Shutdown, Exit::Crashed] {
        assert_eq!(rig.play(Event::Exited(ChildKey(1), exit)), ["start 1"]);
    }
}

#[test]
fn a_transient_child_is_restarted_after_a_crash_only() {
    for (exit, led_to) in [(Exit::Normal, 0), (Exit::Shutdown, 0), (Exit::Crashed, 1)] {
        let mut rig = Rig::new(flags(Strategy::OneForOne), vec![child(1, Transient)]);
        rig.play(Event::Boot);
        assert_eq!(rig.play(Event::Exited(ChildKey(1), exit)).len(), led_to, "{exit:?}");
    }
}

#[test]
fn a_transient_child_that_is_done_can_be_started_again_on_request() {
    let mut rig = Rig::new(flags(Strategy::OneForOne), vec![child(1, Transient)]);
    rig.play(Event::Boot);
    rig.play(Event::Exited(ChildKey(1), Exit::Normal));
    assert_eq!(rig.machine.child(ChildKey(1)).unwrap().status, Status::Stopped);
    assert_eq!(rig.play(Event::Restart(ChildKey(1))), ["start 1", "done 1"]);
}

#[test]
fn a_temporary_child_is_forgotten_after_every_end() {
    for exit in [Exit::Normal, Exit::Shutdown, Exit::Crashed] {
        let mut rig = Rig::new(flags(Strategy::OneForOne), vec![child(1, Temporary)]);
        rig.play(Event::Boot);
        assert_eq!(rig.play(Event::Exited(ChildKey(1), exit)), ["removed 1"]);
    }
}

#[test]
fn a_temporary_child_does_not_come_back_with_its_siblings() {
    let specs = vec![child(1, Permanent), child(2, Temporary), child(3, Permanent)];
    let mut rig = Rig::new(flags(Strategy::OneForAll), specs);
    rig.play(Event::Boot);
    assert_eq!(rig.crash(1), ["stop 3", "stop 2", "removed 2", "start 1", "start 3"]);
}

#[test]
fn one_restart_more_than_the_intensity_ends_it_with_shutdown() {
    let mut rig = Rig::of_three(Strategy::OneForOne);
    for _ in 0..3 {
        assert_eq!(rig.crash(2), ["start 2"]);
    }
    assert_eq!(rig.crash(2), ["gave up over 2", "stop 3", "stop 1", "ended Shutdown"]);
}

#[test]
fn restarts_older_than_the_period_are_forgiven() {
    let mut rig = Rig::of_three(Strategy::OneForOne);
    for _ in 0..3 {
        rig.crash(2);
    }
    rig.now_ns = 5 * SECOND_NS + 1;
    assert_eq!(rig.crash(2), ["start 2"]);
}

#[test]
fn a_failed_restart_is_tried_again_and_counts_again() {
    let mut rig = Rig::of_three(Strategy::OneForOne);
    rig.broken.insert(2);
    let told = rig.crash(2);
    assert_eq!(
        told,
        ["start 2", "start 2", "start 2", "gave up over 2", "stop 3", "stop 1", "ended Shutdown"]
    );
}

#[test]
fn when_one_of_many_fails_to_start_again_those_that_have_are_stopped_and_all_is_tried_again() {
    let mut rig = Rig::of_three(Strategy::OneForAll);
    rig.broken.insert(2);
    let told = rig.feed(Event::Exited(ChildKey(1), Exit::Crashed));
    assert_eq!(told, ["stop 3"]);
    rig.feed(Event::Exited(ChildKey(3), Exit::Shutdown));
    rig.feed(Event::Exited(ChildKey(2), Exit::Shutdown));
    assert_eq!(rig.feed(Event::Started(ChildKey(1))), ["start 2"]);
    rig.broken.clear();
    let told = rig.play(Event::StartFailed(ChildKey(2)));
    assert_eq!(told, ["stop 1", "start 1", "start 2", "start 3"]);
}

#[test]
fn a_start_that_is_ignored_is_no_failure() {
    let mut rig = Rig::new(flags(Strategy::OneForOne), vec![child(1, Permanent), child(2, Temporary)]);
    rig.idle.extend([1, 2]);
    assert_eq!(rig.play(Event::Boot), ["start 1", "start 2", "removed 2", "booted"]);
    assert_eq!(rig.machine.child(ChildKey(1)).unwrap().status, Status::Stopped);
}

#[test]
fn a_terminated_child_stays_down_until_it_is_asked_for() {
    let mut rig = Rig::of_three(Strategy::OneForOne);
    assert_eq!(rig.play(Event::Restart(ChildKey(2))), ["refused 2: the child is running"]);
    assert_eq!(rig.play(Event::Terminate(ChildKey(2))), ["stop 2", "done 2"]);
    assert_eq!(rig.play(Event::Terminate(ChildKey(2))), ["done 2"]);
    assert_eq!(rig.play(Event::Restart(ChildKey(2))), ["start 2", "done 2"]);
}

#[test]
fn a_terminated_child_comes_back_when_a_sibling_takes_all_along() {
    let mut rig = Rig::of_three(Strategy::OneForAll);
    rig.play(Event::Terminate(ChildKey(2)));
    assert_eq!(rig.crash(1), ["stop 3", "start 1", "start 2", "start 3"]);
}

#[test]
fn only_a_stopped_child_can_be_deleted() {
    let mut rig = Rig::of_three(Strategy::OneForOne);
    assert_eq!(rig.play(Event::Delete(ChildKey(2))), ["refused 2: the child is running"]);
    rig.play(Event::Terminate(ChildKey(2)));
    assert_eq!(rig.play(Event::Delete(ChildKey(2))), ["removed 2", "done 2"]);
    assert_eq!(rig.play(Event::Delete(ChildKey(2))), ["refused 2: there is no such child"]);
}

#[test]
fn an_added_child_goes_behind_all_others() {
    let mut rig = Rig::of_three(Strategy::OneForOne);
    assert_eq!(rig.play(Event::Add(child(0, Permanent))), ["start 0", "done 0"]);
    assert_eq!(rig.play(Event::Shutdown), ["stop 0", "stop 3", "stop 2", "stop 1", "ended Shutdown"]);
}

#[test]
fn an_added_child_that_does_not_start_is_not_kept() {
    let mut rig = Rig::of_three(Strategy::OneForOne);
    rig.broken.insert(4);
    let told = rig.play(Event::Add(child(4, Permanent)));
    assert_eq!(told, ["start 4", "removed 4", "refused 4: the child could not be started"]);
    assert!(rig.machine.child(ChildKey(4)).is_none());
}

#[test]
fn a_child_is_not_added_twice() {
    let mut rig = Rig::of_three(Strategy::OneForOne);
    assert_eq!(rig.play(Event::Add(child(2, Permanent))), ["refused 2: the child is running"]);
    rig.play(Event::Terminate(ChildKey(2)));
    let told = rig.play(Event::Add(child(2, Permanent)));
    assert_eq!(told, ["refused 2: a child of this name is there already, stopped"]);
}

fn shutting_itself_down(auto_shutdown: AutoShutdown) -> Rig {
    let specs = vec![significant(1, Transient), significant(2, Temporary), child(3, Permanent)];
    let mut rig = Rig::new(Flags { auto_shutdown, ..flags(Strategy::OneForOne) }, specs);
    rig.play(Event::Boot);
    rig
}

#[test]
fn the_first_significant_child_to_end_shuts_an_any_significant_supervisor_down() {
    let mut rig = shutting_itself_down(AutoShutdown::AnySignificant);
    assert_eq!(rig.crash(1), ["start 1"]);
    let told = rig.play(Event::Exited(ChildKey(1), Exit::Normal));
    assert_eq!(told, ["stop 3", "stop 2", "removed 2", "ended Shutdown"]);
}

#[test]
fn the_last_significant_child_to_end_shuts_an_all_significant_supervisor_down() {
    let mut rig = shutting_itself_down(AutoShutdown::AllSignificant);
    assert!(rig.play(Event::Exited(ChildKey(1), Exit::Normal)).is_empty());
    assert_eq!(rig.crash(2), ["removed 2", "stop 3", "ended Shutdown"]);
}

#[test]
fn a_request_to_stop_a_significant_child_does_not_shut_the_supervisor_down() {
    let mut rig = shutting_itself_down(AutoShutdown::AnySignificant);
    assert_eq!(rig.play(Event::Terminate(ChildKey(1))), ["stop 1", "done 1"]);
    assert_eq!(rig.machine.state(), State::Running);
}

#[test]
fn a_specification_that_makes_no_sense_is_refused() {
    let any = Flags { auto_shutdown: AutoShutdown::AnySignificant, ..flags(Strategy::OneForOne) };
    let dynamic = flags(Strategy::SimpleOneForOne);
    let refused = |flags, children| Supervisor::new(flags, children).unwrap_err();
    let one = ChildKey(1);
    assert_eq!(refused(any, vec![significant(1, Permanent)]), SpecError::PermanentSignificant(one));
    let never = flags(Strategy::OneForOne);
    assert_eq!(refused(never, vec![significant(1, Transient)]), SpecError::SignificantForNothing(one));
    assert_eq!(refused(any, vec![child(1, Permanent), child(1, Transient)]), SpecError::Twice(one));
    assert_eq!(refused(dynamic, vec![child(1, Permanent)]), SpecError::NotDynamic(one));
}

fn dynamic(restart: policy::supervise::RestartType) -> Rig {
    let mut rig = Rig::new(flags(Strategy::SimpleOneForOne), Vec::new());
    assert_eq!(rig.play(Event::Boot), ["booted"]);
    for key in 1..=3 {
        assert_eq!(rig.play(Event::Add(child(key, restart))).len(), 2);
    }
    rig
}

#[test]
fn dynamic_children_are_stopped_all_at_once() {
    let mut rig = dynamic(Permanent);
    assert_eq!(rig.feed(Event::Shutdown), ["stop 3", "stop 2", "stop 1"]);
    for key in [2, 1] {
        assert_eq!(rig.feed(Event::Exited(ChildKey(key), Exit::Shutdown)), [format!("removed {key}")]);
    }
    assert_eq!(rig.feed(Event::StopDeadline(ChildKey(3))), ["abandon 3", "removed 3", "ended Shutdown"]);
}

#[test]
fn a_dynamic_child_is_restarted_alone_and_forgotten_when_done() {
    let mut rig = dynamic(Transient);
    assert_eq!(rig.crash(2), ["start 2"]);
    assert_eq!(rig.play(Event::Exited(ChildKey(2), Exit::Normal)), ["removed 2"]);
    assert_eq!(rig.play(Event::Terminate(ChildKey(3))), ["stop 3", "removed 3", "done 3"]);
    assert_eq!(rig.play(Event::Terminate(ChildKey(3))), ["done 3"]);
}

#[test]
fn dynamic_children_are_not_restarted_or_deleted_on_request() {
    let mut rig = dynamic(Permanent);
    for request in [Event::Restart(ChildKey(1)), Event::Delete(ChildKey(1))] {
        assert!(rig.play(request)[0].starts_with("refused 1"), "{request:?}");
    }
}

#[test]
fn a_child_is_stopped_in_the_way_that_it_asks_for() {
    let brutal = policy::supervise::Child { shutdown: Shutdown::Brutal, ..child(1, Permanent) };
    let mut rig = Rig::new(flags(Strategy::OneForOne), vec![brutal]);
    rig.play(Event::Boot);
    let actions = rig.machine.on(Event::Shutdown, 0);
    assert_eq!(actions, [Action::Stop { key: ChildKey(1), shutdown: Shutdown::Brutal }]);
}

#[test]
fn an_intensity_of_zero_gives_up_at_the_first_failure() {
    let never = Intensity { restarts_max: 0, window_ns: SECOND_NS };
    let specs = vec![child(1, Permanent), child(2, Permanent)];
    let mut rig = Rig::new(Flags { intensity: never, ..flags(Strategy::OneForAll) }, specs);
    rig.play(Event::Boot);
    assert_eq!(rig.crash(1), ["gave up over 1", "stop 2", "ended Shutdown"]);
}
