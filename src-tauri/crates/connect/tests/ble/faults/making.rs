//! Faults while a link is being made: at its connection, its services, its subscription.

use super::steady::{Room, Setting, fault};
use crate::bench::{SOON, STRAP, config};
use connect::ble::BleConfig;
use std::time::Duration;
use testkit::bluez::{ConnectMode, OnCall};
use testkit::wait_until;

const CUT: &str = "The link to the device was cut.";
const OUT_OF_RANGE: &str = "The device is not in range.";
const SILENT: &str = "Connecting failed: the device did not answer within 1.5 s.";
const REFUSED: &str = "Connecting failed. Bluetooth reports: le-connection-abort-by-local";
const START_NOTIFY: &str = "GattCharacteristic1.StartNotify";

/// How many times the link was called lost.
fn losses(room: &Room<'_>) -> usize {
    room.bench.log.reasons(STRAP).len()
}

/// Sets a trap for the next try, and cuts the link.
fn cut_into(room: &Room<'_>, method: &'static str, then: OnCall) {
    room.fake.on_call(STRAP, method, then);
    room.fake.drop_link(STRAP);
    wait_until(SOON, "the trap", || room.fake.traps_are_sprung());
}

/// Waits for as many losses as the cut and the failures behind it.
fn lost_times(room: &Room<'_>, count: usize) {
    wait_until(SOON, "the losses", || losses(room) >= count);
}

#[test]
fn connect_refused() {
    fault(|room| {
        room.fake.connect_mode(STRAP, ConnectMode::Fail("le-connection-abort-by-local"));
        room.fake.drop_link(STRAP);
        lost_times(room, 4);
        room.fake.connect_mode(STRAP, ConnectMode::Ok);
        [CUT, REFUSED]
    });
}

#[test]
fn connect_hangs_for_ever() {
    fault(|room| {
        room.fake.connect_mode(STRAP, ConnectMode::Hang);
        room.fake.drop_link(STRAP);
        lost_times(room, 2);
        room.fake.connect_mode(STRAP, ConnectMode::Ok);
        [CUT, SILENT]
    });
}

#[test]
fn connect_that_succeeds_after_the_time_out() {
    fault(|room| {
        room.fake.connect_mode(STRAP, ConnectMode::SlowMs(1600));
        room.fake.drop_link(STRAP);
        lost_times(room, 3);
        room.fake.connect_mode(STRAP, ConnectMode::Ok);
        [CUT, SILENT]
    });
}

#[test]
fn connect_answered_after_the_time_out() {
    fault(|room| {
        cut_into(room, "Device1.Connect", OnCall::AnswerAfterMs(1600));
        lost_times(room, 2);
        [CUT, SILENT]
    });
}

#[test]
fn connect_never_answered_although_the_link_is_up() {
    fault(|room| {
        cut_into(room, "Device1.Connect", OnCall::NeverAnswer);
        lost_times(room, 2);
        [CUT, SILENT]
    });
}

#[test]
fn services_never_resolved() {
    fault(|room| {
        room.fake.connect_mode(STRAP, ConnectMode::NeverResolves);
        room.fake.drop_link(STRAP);
        lost_times(room, 2);
        room.fake.connect_mode(STRAP, ConnectMode::Ok);
        [CUT, SILENT]
    });
}

#[test]
fn link_lost_before_services_are_resolved() {
    fault(|room| {
        room.fake.connect_mode(STRAP, ConnectMode::DropsBeforeResolved);
        room.fake.drop_link(STRAP);
        lost_times(room, 4);
        room.fake.connect_mode(STRAP, ConnectMode::Ok);
        [CUT]
    });
}

#[test]
fn device_vanishes_during_connect() {
    fault(|room| {
        cut_into(room, "Device1.Connect", OnCall::Vanish);
        room.fake.reappear(STRAP);
        [CUT, OUT_OF_RANGE]
    });
}

#[test]
fn device_vanishes_during_discovery() {
    fault(|room| {
        cut_into(room, "Introspectable.Introspect", OnCall::Vanish);
        lost_times(room, 2);
        room.fake.reappear(STRAP);
        ["The link to the device was cut.", "The link to the device was cut.|The device is not in range."]
    });
}

#[test]
fn link_lost_during_discovery() {
    fault(|room| {
        cut_into(room, "Introspectable.Introspect", OnCall::DropLink);
        [CUT]
    });
}

#[test]
fn device_vanishes_during_subscription() {
    fault(|room| {
        cut_into(room, START_NOTIFY, OnCall::Vanish);
        lost_times(room, 2);
        room.fake.reappear(STRAP);
        ["The link to the device was cut.", "The link to the device was cut.|The device is not in range."]
    });
}

#[test]
fn link_lost_during_subscription() {
    fault(|room| {
        cut_into(room, START_NOTIFY, OnCall::DropLink);
        [CUT]
    });
}

#[test]
fn subscription_refused() {
    fault(|room| {
        cut_into(room, START_NOTIFY, OnCall::Refuse("Operation failed with ATT error: 0x0e"));
        [CUT, "Subscribing failed. Bluetooth reports: Operation failed with ATT error: 0x0e"]
    });
}

#[test]
fn subscription_never_answered() {
    let subscribe_deadline = Duration::from_millis(800);
    let config = BleConfig { subscribe_deadline, ..config() };
    Setting { config, ..Setting::default() }.run(|room| {
        cut_into(room, START_NOTIFY, OnCall::NeverAnswer);
        lost_times(room, 2);
        [CUT, "Subscribing failed: the device did not answer within 0.8 s."]
    });
}

#[test]
fn notifications_before_the_subscription_answers() {
    fault(|room| {
        room.fake.on_call(STRAP, START_NOTIFY, OnCall::AnswerAfterMs(600));
        room.fake.drop_link(STRAP);
        wait_until(SOON, "the session", || {
            room.fake.traps_are_sprung() && room.fake.is_notifying(STRAP, "2A37")
        });
        (0..20).for_each(|_| room.beat());
        room.arrived(Duration::from_millis(400));
        [CUT]
    });
}
