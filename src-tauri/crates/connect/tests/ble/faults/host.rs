//! Faults of the machine: its adapter, its Bluetooth service, its bus, its clock.

use super::steady::{Room, Setting, fault};
use crate::adapter::wait_unavailable;
use crate::bench::{STRAP, config};
use model::AdapterState;
use testkit::bluez::{DeviceScript, FakeBluez};

const CUT: &str = "The link to the device was cut.";
const NO_ADAPTER: &str = "No Bluetooth adapter was found.";
const NO_SERVICE: &str = "The Bluetooth service is not running.";

fn told_unavailable(room: &Room<'_>, expected: &str) {
    assert_eq!(wait_unavailable(room.bench).0, expected);
    room.bench.wait_link(STRAP, "lost");
}

fn told_off(room: &Room<'_>) {
    room.bench.wait("off", |log| matches!(log.adapter_now(), AdapterState::Off { .. }));
    room.bench.wait_link(STRAP, "lost");
}

#[test]
fn adapter_unplugged_and_plugged_in_again() {
    fault(|room| {
        room.fake.remove_adapter();
        told_unavailable(room, NO_ADAPTER);
        room.fake.add_adapter();
        ["The link to the device was cut.|No Bluetooth adapter was found."]
    });
}

#[test]
fn adapter_unplugged_for_a_moment() {
    fault(|room| {
        room.fake.remove_adapter();
        room.fake.add_adapter();
        room.bench.wait_link(STRAP, "lost");
        ["The link to the device was cut."]
    });
}

#[test]
fn adapter_switched_off_and_on() {
    fault(|room| {
        room.fake.set_powered(false);
        told_off(room);
        room.fake.set_powered(true);
        ["The link to the device was cut.|Bluetooth is switched off."]
    });
}

#[test]
fn adapter_blocked_by_the_radio_switch() {
    fault(|room| {
        room.fake.set_blocked(true);
        told_off(room);
        room.fake.set_blocked(false);
        room.fake.set_powered(true);
        ["The link to the device was cut.|Bluetooth is switched off."]
    });
}

#[test]
fn adapter_that_flickers() {
    fault(|room| {
        for _ in 0..20 {
            room.fake.set_powered(false);
            room.fake.set_powered(true);
        }
        room.bench.wait_link(STRAP, "lost");
        ["The link to the device was cut.|Bluetooth is switched off."]
    });
}

#[test]
fn service_stopped_and_started() {
    fault(|room| {
        room.fake.quit_service();
        told_unavailable(room, NO_SERVICE);
        room.fake.restart_service().unwrap();
        [NO_SERVICE]
    });
}

#[test]
fn service_restarted_between_two_looks() {
    fault(|room| {
        room.fake.quit_service();
        room.fake.restart_service().unwrap();
        room.bench.wait_link(STRAP, "lost");
        [CUT]
    });
}

#[test]
fn bus_restarted() {
    Setting { spare: true, ..Setting::default() }.run(|room| {
        room.fake.kill_bus();
        room.bench.wait_link(STRAP, "lost");
        let spare = room.spare.take().unwrap();
        spare.add_device(DeviceScript::heart_rate_strap(STRAP, "Polar H10 00000001").known());
        room.bench.attach(&spare);
        room.spare = Some(std::mem::replace(&mut room.fake, spare));
        ["The system's message bus (D-Bus) can't be reached."]
    });
}

#[test]
fn bus_that_grants_no_more_match_rules() {
    Setting { match_rules: 4, ..Setting::default() }.run(|room| {
        // Three rules are the baseline; another device takes the last, and a third finds none.
        for number in 2..=3 {
            let address = format!("C0:FF:EE:00:00:0{number}");
            room.fake.add_device(DeviceScript::heart_rate_strap(&address, "Other").known());
            room.bench.connect(&address);
        }
        room.bench.wait_link(STRAP, "lost");
        for number in 2..=3 {
            room.bench.disconnect(&format!("C0:FF:EE:00:00:0{number}"));
        }
        ["The message bus (D-Bus) grants no more match rules."]
    });
}

#[test]
fn permission_denied() {
    fault(|room| {
        room.fake.set_denied(true);
        told_unavailable(room, "This program may not use Bluetooth.");
        room.fake.set_denied(false);
        ["This program may not use Bluetooth."]
    });
}

#[test]
fn machine_suspended_and_links_dropped_at_resume() {
    fault(|room| {
        room.bench.clock.sleep_s(8 * 3600);
        room.fake.drop_link(STRAP);
        room.bench.wait_link(STRAP, "lost");
        [CUT]
    });
}

#[test]
fn machine_suspended_and_links_held() {
    fault(|room| {
        room.bench.clock.sleep_s(8 * 3600);
        room.flows(std::time::Duration::from_secs(2));
        []
    });
}

#[test]
fn machine_suspended_and_the_service_restarted_at_resume() {
    fault(|room| {
        room.fake.quit_service();
        room.bench.clock.sleep_s(8 * 3600);
        room.fake.restart_service().unwrap();
        room.bench.wait_link(STRAP, "lost");
        ["The link to the device was cut.|The Bluetooth service is not running."]
    });
}

#[test]
fn date_set_back_and_forth() {
    fault(|room| {
        for seconds in [-86_400, 2 * 86_400, -86_400] {
            room.bench.clock.set_wall_s(seconds);
            room.flows(std::time::Duration::from_secs(2));
        }
        []
    });
}

#[test]
fn adapter_absent_at_the_start() {
    crate::bench::alone(|bench| {
        let fake = FakeBluez::without_adapter().unwrap();
        fake.add_device(DeviceScript::heart_rate_strap(STRAP, "Polar H10").known());
        bench.attach(&fake);
        bench.run(config());
        bench.connect(STRAP);
        assert_eq!(wait_unavailable(bench).0, NO_ADAPTER);
        bench.wait_link(STRAP, "lost");
        assert_eq!(bench.log.reasons(STRAP), [NO_ADAPTER]);
        fake.add_adapter();
        crate::adapter::goes_on(bench, &fake);
        fake
    });
}
